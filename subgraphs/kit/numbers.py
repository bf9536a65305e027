"""Numbers as people write them: hours out of minutes, no zeros that say nothing."""

from decimal import Decimal, InvalidOperation
from typing import Final

_HOUR: Final = Decimal(60)


def plain(value: Decimal) -> Decimal:
    """Return the value without zeros at its end: 6.5 for 6.50, 120 for 1.2E+2."""
    return value.quantize(Decimal(1)) if value == value.to_integral_value() else value.normalize()


def hours(minutes: int | None) -> Decimal | None:
    """Turn minutes into hours, to four decimals."""
    return None if minutes is None else plain(round(Decimal(minutes) / _HOUR, 4))


def number(text: str | None) -> Decimal | None:
    """Read a number that somebody wrote into a field of text; None where it is none."""
    try:
        read = None if text is None else Decimal(text)
    except InvalidOperation:
        return None
    return None if read is None or not read.is_finite() else plain(read)

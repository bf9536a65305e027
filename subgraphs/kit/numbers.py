"""Conversions of vendors' numbers, without trailing zeros."""

from decimal import Decimal, InvalidOperation
from typing import Final

_HOUR: Final = Decimal(60)


def strip_zeros(value: Decimal) -> Decimal:
    """Return the value without trailing zeros: 6.5 for 6.50, 120 for 1.2E+2."""
    return value.quantize(Decimal(1)) if value == value.to_integral_value() else value.normalize()


def convert_minutes_to_hours(minutes: int | None) -> Decimal | None:
    """Convert minutes to hours, rounded to four decimals."""
    return None if minutes is None else strip_zeros(round(Decimal(minutes) / _HOUR, 4))


def parse_number(text: str | None) -> Decimal | None:
    """Parse a number from a text field, None if it is not one."""
    try:
        read = None if text is None else Decimal(text)
    except InvalidOperation:
        return None
    return None if read is None or not read.is_finite() else strip_zeros(read)

"""Conversions of vendors' numbers, without trailing zeros."""

from decimal import Decimal, InvalidOperation
from typing import Final

HOUR_DECIMALS: Final = 10
"""Decimals of hours: three times 20 minutes are an hour when the sum is rounded, and an amount is exact to the cent."""
_MINUTES: Final = Decimal(60)


def strip_zeros(value: Decimal) -> Decimal:
    """Return the value without trailing zeros: 6.5 for 6.50, 120 for 1.2E+2."""
    return value.quantize(Decimal(1)) if value == value.to_integral_value() else value.normalize()


def round_hours(hours: Decimal) -> Decimal:
    """Round hours to ten decimals, far below a second: whoever adds hours up rounds the sum."""
    return strip_zeros(round(hours, HOUR_DECIMALS))


def convert_minutes_to_hours(minutes: int | None) -> Decimal | None:
    """Convert minutes to hours, rounded to ten decimals."""
    return None if minutes is None else round_hours(Decimal(minutes) / _MINUTES)


def parse_number(text: str | None) -> Decimal | None:
    """Parse a number from a text field, None if it is not one."""
    try:
        read = None if text is None else Decimal(text)
    except InvalidOperation:
        return None
    return None if read is None or not read.is_finite() else strip_zeros(read)

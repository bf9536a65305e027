"""Vendors' numbers: one bounded parser, conversions without trailing zeros, and what is no number of a firm."""

import re
from decimal import Decimal
from typing import Any, Final

from gateway.canonical.values import Money
from subgraphs.kit.failures import UnreadableValueError

MAX_NUMBER: Final = Decimal(10) ** 18
"""No hours, rates or amounts of a firm are as large, in any currency."""
MAX_DECIMALS: Final = 24
HOUR_DECIMALS: Final = 10
"""Decimals of hours: three times 20 minutes are an hour when the sum is rounded, and an amount is exact to the cent."""
_MINUTES: Final = Decimal(60)
_NUMBER: Final = re.compile(r"[+-]?(?:[0-9]{1,40}(?:\.[0-9]{0,40})?|\.[0-9]{1,40})(?:[eE][+-]?[0-9]{1,3})?")


def is_plausible(value: Decimal | Money | Any) -> bool:
    """Return whether a number or an amount is finite and between -10^18 and 10^18; any other value is."""
    number = value.amount if isinstance(value, Money) else value
    return not isinstance(number, Decimal) or (number.is_finite() and -MAX_NUMBER < number < MAX_NUMBER)


def strip_zeros(value: Decimal) -> Decimal:
    """Return the value without trailing zeros: 6.5 for 6.50, 120 for 1.2E+2, 0 for -0.0.

    Raises SourceError(CONTRACT_MISMATCH) for a number that is not plausible.
    """
    if not is_plausible(value):
        raise UnreadableValueError("a number of at most 18 digits", value)
    if not value:
        return Decimal(0)
    return value.quantize(Decimal(1)) if value == value.to_integral_value() else value.normalize()


def round_hours(hours: Decimal) -> Decimal:
    """Round hours to ten decimals, far below a second: whoever adds hours up rounds the sum."""
    return strip_zeros(round(hours, HOUR_DECIMALS))


def convert_minutes_to_hours(minutes: int | None) -> Decimal | None:
    """Convert minutes to hours, rounded to ten decimals."""
    return None if minutes is None else round_hours(Decimal(minutes) / _MINUTES)


def parse_number(text: str | None) -> Decimal | None:
    """Parse a number from a text field; None for None or an empty text.

    Raises SourceError(CONTRACT_MISMATCH), without the text, for anything else that is no plausible number.
    """
    if text is None or not text.strip():
        return None
    if not _NUMBER.fullmatch(text.strip()):
        raise UnreadableValueError("a number", text)
    number = Decimal(text.strip())
    exponent = number.as_tuple().exponent
    if not is_plausible(number) or (isinstance(exponent, int) and exponent < -MAX_DECIMALS):
        raise UnreadableValueError("a number of at most 18 digits", text)
    return strip_zeros(number)

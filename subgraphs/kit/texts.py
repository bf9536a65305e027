"""Texts in vendors' untyped values."""

from decimal import Decimal
from typing import Any

from subgraphs.kit.failures import UnreadableValueError
from subgraphs.kit.numbers import strip_zeros


def to_text(value: Any) -> str | None:
    """Return a text, or a number as text without trailing zeros ("12" for 12.0); None for None or an empty text.

    Raises SourceError(CONTRACT_MISMATCH) for a flag, a list or an object.
    """
    if value is None or value == "":
        return None
    if isinstance(value, (float, Decimal)):
        return format(strip_zeros(Decimal(str(value))), "f")
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        raise UnreadableValueError("a text", value)
    return str(value)

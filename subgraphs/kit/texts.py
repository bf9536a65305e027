"""Texts in vendors' untyped values."""

from decimal import Decimal
from typing import Any

from subgraphs.kit.failures import UnreadableValueError


def to_text(value: Any) -> str | None:
    """Return a text or a number as text; None for None or an empty text.

    Raises SourceError(CONTRACT_MISMATCH) for a flag, a list or an object.
    """
    if value is None or value == "":
        return None
    if isinstance(value, bool) or not isinstance(value, (str, int, Decimal)):
        raise UnreadableValueError("a text", value)
    return str(value)

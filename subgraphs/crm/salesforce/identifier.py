"""Record ids: 15 case-sensitive characters, or 18 with a three-character suffix that encodes the case."""

import re

_SHORT = re.compile(r"[A-Za-z0-9]{15}")
_SUFFIX = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
_SHORT_LENGTH = 15
_LONG_LENGTH = 18


def to_long_id(raw: str) -> str | None:
    """Return the 18-character form, or None for an invalid id (which would make the service reject the whole query).

    Each suffix character encodes which of five characters are upper-case, the first character in the lowest bit.
    """
    short = raw[:_SHORT_LENGTH]
    if not _SHORT.fullmatch(short) or len(raw) not in (_SHORT_LENGTH, _LONG_LENGTH):
        return None
    groups = (short[start : start + 5] for start in range(0, _SHORT_LENGTH, 5))
    full = short + "".join(
        _SUFFIX[sum(1 << position for position, letter in enumerate(group) if letter.isupper())] for group in groups
    )
    return full if len(raw) == _SHORT_LENGTH or raw == full else None

"""Record ids: 15 case-sensitive characters, or the same with three that make them safe where case is lost."""

import re

_SHORT = re.compile(r"[A-Za-z0-9]{15}")
_SUFFIX = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
_SHORT_LENGTH = 15
_LONG_LENGTH = 18


def long_form(raw: str) -> str | None:
    """Return the 18-character form, or None for what cannot be an id (the service would refuse the whole query for it).

    Each suffix character encodes which letters of a group of five are capitals, first letter in the lowest bit.
    """
    short = raw[:_SHORT_LENGTH]
    if not _SHORT.fullmatch(short) or len(raw) not in (_SHORT_LENGTH, _LONG_LENGTH):
        return None
    groups = (short[start : start + 5] for start in range(0, _SHORT_LENGTH, 5))
    full = short + "".join(
        _SUFFIX[sum(1 << place for place, letter in enumerate(group) if letter.isupper())] for group in groups
    )
    return full if len(raw) == _SHORT_LENGTH or raw == full else None

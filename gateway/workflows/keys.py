"""The keys of runs and writes: derived from what they are for, so that the same act has the same key."""

import hashlib
from typing import Any, Final

import msgspec

_RUN_DIGITS: Final = 20
_ITEM_DIGITS: Final = 12
_SHARED_DIGITS: Final = 24


def digest(value: Any) -> str:
    """Return the SHA-256 of a value's JSON with sorted keys, in hexadecimal."""
    return hashlib.sha256(msgspec.json.encode(value, order="deterministic")).hexdigest()


def build_run_id(tenant: str, kind: str, subject: str, revision: str) -> str:
    """Return the id of the run of a business act: a second start of the same act is the same run."""
    initials = "".join(word[0] for word in kind.split("_")).lower()
    return f"{initials}-{digest([tenant, kind, subject, revision])[:_RUN_DIGITS]}"


def build_write_key(run: str, tenant: str, step: str, item: str, *, across_runs: bool = False) -> str:
    """Return the key of a write's first generation.

    With `across_runs` the key does not contain the run: an item such as a time entry is written by one run only.
    """
    if across_runs:
        return f"psg-{digest([tenant, step, item])[:_SHARED_DIGITS]}"
    return f"psg-{run}-{step}" + (f"-{digest(item)[:_ITEM_DIGITS]}" if item else "")

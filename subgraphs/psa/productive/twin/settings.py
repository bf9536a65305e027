"""The settings of a twin: its organization, token, limits and the permissions of the token's user."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

UNLIMITED = 1_000_000_000
"""A limit that is never reached."""


@dataclass(frozen=True, kw_only=True)
class TwinSettings:
    """One organization.

    A token may send `requests` per window of `seconds`. `denied`: resource types that the token's user may not read.
    `clock` measures the windows, `now` returns the times of change.
    """

    token: str = field(repr=False)
    organization: str = "1067"
    requests: int = 100
    seconds: int = 10
    denied: frozenset[str] = frozenset()
    clock: Callable[[], float] = time.monotonic
    now: Callable[[], datetime] = lambda: datetime.now(UTC)

"""What an organization is: its number, the token that reaches it, its limits, and what the token's user may not see."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

ENDLESS = 1_000_000_000
"""A limit that nobody reaches."""


@dataclass(frozen=True, kw_only=True)
class TwinSettings:
    """One organization. `requests` are allowed per window of `seconds`, as the vendor does per token; `denied` holds types that the token's user may not read.

    `clock` counts the window's seconds, `now` dates what changes.
    """

    token: str = field(repr=False)
    organization: str = "1067"
    requests: int = 100
    seconds: int = 10
    denied: frozenset[str] = frozenset()
    clock: Callable[[], float] = time.monotonic
    now: Callable[[], datetime] = lambda: datetime.now(UTC)

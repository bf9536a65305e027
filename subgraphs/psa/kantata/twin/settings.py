"""What an account is: the token of its registered application, its limit, and what the token's user may not see."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, kw_only=True)
class TwinSettings:
    """One account. `denied` holds resources that the token's user may not read; without `financial_access` money is missing from projects and resources.

    A page has at most `most_rows`. `events` tells whether it has the add-on of subscribed events; `now` is its clock.
    """

    token: str = field(repr=False)
    concurrency: int = 10
    denied: frozenset[str] = frozenset()
    financial_access: bool = True
    most_rows: int = 200
    events: bool = True
    now: Callable[[], datetime] = field(default=_now, repr=False)

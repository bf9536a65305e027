"""The settings of a twin: its token, limits and the permissions of the token's user."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime


def _get_time() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, kw_only=True)
class TwinSettings:
    """One account. `denied`: resources that the token's user may not read.

    Without `financial_access`, projects and resources have no money. A page has at most `most_rows`. `events`: the
    account has the add-on subscribed events. `now` is its clock.
    """

    token: str = field(repr=False)
    concurrency: int = 10
    denied: frozenset[str] = frozenset()
    financial_access: bool = True
    most_rows: int = 200
    events: bool = True
    now: Callable[[], datetime] = field(default=_get_time, repr=False)

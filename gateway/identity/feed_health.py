"""How the change feeds went, as the store remembers it: what lists have to say of what they may miss."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec

from gateway.canonical.fault import Fault, FaultCode
from gateway.ports.base import SystemPort


class FeedHealth(msgspec.Struct, frozen=True, kw_only=True):
    """How a connection's feeds last went; None before the first attempt. `filled`: every feed has been followed to its end once."""

    succeeded_at: datetime | None = None
    failed_at: datetime | None = None
    failure: str | None = None
    filled: bool = False


def health_of(rows: Sequence[Mapping[str, Any]], feeds: Collection[str]) -> FeedHealth:
    """Return how the feeds of a connection went by their watermark rows: the oldest success, the newest failure."""
    good = {row["feed"]: row["succeeded_at"] for row in rows if row["succeeded_at"]}
    bad = [
        row for row in rows if row["failed_at"]
    ]  # a success takes it away; to compare times would be to trust a clock that may have been set
    worst = max(bad, key=lambda row: row["failed_at"], default=None)
    return FeedHealth(
        succeeded_at=min(good.values(), default=None),
        failed_at=worst["failed_at"] if worst else None,
        failure=worst["failure"] if worst else None,
        filled=good.keys() >= set(feeds),
    )


def fault_of(health: FeedHealth, port: SystemPort, correlation_id: str, *, broken: bool) -> Fault | None:
    """Return why lists may miss rows of a connection; None when they do not. `broken`: the last round failed inside, before the store could be told."""
    if broken:
        code, why = FaultCode.UNKNOWN, "could not be followed"
    elif health.failed_at is not None:
        code = FaultCode(health.failure) if health.failure else FaultCode.UNKNOWN
        why = "could not be followed"
    elif not health.filled:
        code, why = FaultCode.UNAVAILABLE, "has not been read to the end yet"
    else:
        return None
    return Fault(
        system=port.role,
        code=code,
        message=f"The {port.role.value} {why}; rows may be missing.",
        correlation_id=correlation_id,
        connection=port.connection,
    )

"""The health of the change feeds as the store records it, and the faults that lists report when rows may be missing."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec

from gateway.canonical.fault import Fault, FaultCode, describe_fault
from gateway.identity.unreadable_records import UnreadableEntry, parse_entries
from gateway.ports.base import SystemPort


class FeedHealth(msgspec.Struct, frozen=True, kw_only=True):
    """The last outcomes of a connection's feeds; None before the first attempt.

    `filled`: every feed was read to its end at least once. `unreadable`: the records and values that cannot be read.
    """

    succeeded_at: datetime | None = None
    failed_at: datetime | None = None
    failure: str | None = None
    filled: bool = False
    unreadable: tuple[UnreadableEntry, ...] = ()


def summarise_feeds(rows: Sequence[Mapping[str, Any]], feeds: Collection[str]) -> FeedHealth:
    """Return the health of a connection from its watermark rows: the oldest success and the newest failure."""
    good = {row["feed"]: row["succeeded_at"] for row in rows if row["succeeded_at"]}
    # A success clears `failed_at`; comparing both times would depend on a clock that may have been changed.
    bad = [row for row in rows if row["failed_at"]]
    latest = max(bad, key=lambda row: row["failed_at"], default=None)
    return FeedHealth(
        succeeded_at=min(good.values(), default=None),
        failed_at=latest["failed_at"] if latest else None,
        failure=latest["failure"] if latest else None,
        filled=good.keys() >= set(feeds),
        unreadable=tuple(parse_entries(rows)),
    )


def build_feed_fault(health: FeedHealth, port: SystemPort, correlation_id: str, *, failed_inside: bool) -> Fault | None:
    """Return why lists may miss rows of a connection; None if none are missing.

    `failed_inside`: the last round failed inside the gateway before its outcome was stored.
    """
    if failed_inside or health.failed_at is not None:
        code = FaultCode.UNKNOWN if failed_inside or health.failure is None else FaultCode(health.failure)
        reason = describe_fault(code, f"The {port.role.value}")
    elif not health.filled:
        code, reason = FaultCode.UNAVAILABLE, f"The {port.role.value} has not been read completely yet"
    else:
        return None
    return Fault(
        system=port.role,
        code=code,
        message=f"{reason}; rows may be missing.",
        correlation_id=correlation_id,
        connection=port.connection,
    )

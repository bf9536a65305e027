"""Computes the watermarks of a change feed. Pure.

Feeds read rows by `SystemModstamp`, which changes with every update, including those by the system. Salesforce sets it
when a transaction writes, not when it commits, so each run reads the most recent minutes again.
"""

from datetime import UTC, datetime, timedelta

from gateway.canonical.fault import FaultCode
from gateway.errors import SourceError

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
OVERLAP = timedelta(minutes=5)
_DELETION_RETENTION = timedelta(days=30)
_RETENTION_MARGIN = timedelta(minutes=10)
_MIN_RANGE = timedelta(minutes=2)


def parse_watermark(watermark: str) -> datetime:
    """Return the instant to read from; raise SourceError(CONTRACT_MISMATCH) for a watermark of another format."""
    try:
        instant = datetime.fromisoformat(watermark)
    except ValueError:
        instant = None
    if instant is None or instant.tzinfo is None:
        raise SourceError(FaultCode.CONTRACT_MISMATCH, "The watermark is not an ISO 8601 instant with an offset.")
    return instant


def format_watermark(instant: datetime) -> str:
    """Return an instant as a watermark: ISO 8601 in UTC, whole seconds."""
    return instant.astimezone(UTC).isoformat(timespec="seconds")


def compute_interim_watermark(last: datetime, now: datetime, deletions_until: datetime) -> datetime:
    """Return the watermark between two batches.

    It is the last timestamp read, but never within the overlap before `now` and never after `deletions_until`, the
    instant up to which the service has reported deletions.
    """
    return min(last, now - OVERLAP, deletions_until)


def compute_final_watermark(start: datetime | None, now: datetime, deletions_until: datetime) -> datetime:
    """Return the watermark after the last batch.

    It is `now` less the overlap, at most `deletions_until`, and never before `start`.
    """
    end = min(now - OVERLAP, deletions_until)
    return end if start is None else max(start, end)


def compute_deletions_start(start: datetime, now: datetime) -> datetime:
    """Return the start of the time range of deletions: at least a minute ago, within the retention of the service."""
    earliest = now - _DELETION_RETENTION + _RETENTION_MARGIN
    return max(min(start, now) - _MIN_RANGE, earliest)

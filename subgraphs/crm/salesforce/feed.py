"""How far a change feed has got. Pure.

Rows are followed by `SystemModstamp`, which moves on every change, also on those of the system. The stamp is set when a transaction writes, not when it
commits, so the newest stretch of time is read again on the next turn.
"""

from datetime import UTC, datetime, timedelta

from gateway.canonical.fault import FaultCode
from gateway.errors import SourceError

OVERLAP = timedelta(minutes=5)
_DELETIONS_KEPT = timedelta(days=30)
_SAFETY = timedelta(minutes=10)
_SPAN = timedelta(minutes=2)


def started_at(watermark: str) -> datetime:
    """Return the instant from which on rows must be read; raise SourceError(CONTRACT_MISMATCH) for a watermark of another kind."""
    try:
        instant = datetime.fromisoformat(watermark)
    except ValueError:
        instant = None
    if instant is None or instant.tzinfo is None:
        raise SourceError(FaultCode.CONTRACT_MISMATCH, "The watermark is not an instant.")
    return instant


def watermark_of(instant: datetime) -> str:
    """Return an instant as a watermark."""
    return instant.astimezone(UTC).isoformat(timespec="seconds")


def progress(last: datetime, now: datetime, covered: datetime) -> datetime:
    """Return the watermark in the middle of a feed: the last stamp seen, but never inside the overlap before `now` nor past until when deletions are told."""
    return min(last, now - OVERLAP, covered)


def finish(start: datetime | None, now: datetime, covered: datetime) -> datetime:
    """Return the watermark at the end of a feed: the overlap before `now`, or until when deletions are told; it never goes back."""
    end = min(now - OVERLAP, covered)
    return end if start is None else max(start, end)


def deletions_from(start: datetime, now: datetime) -> datetime:
    """Return from when on to ask for deletions: at least a minute back, and no further than the service remembers."""
    earliest = now - _DELETIONS_KEPT + _SAFETY
    return max(min(start, now) - _SPAN, earliest)

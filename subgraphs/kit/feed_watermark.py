"""Watermarks of change feeds by time of change, for services whose answers have a Date header. Pure."""

from datetime import datetime, timedelta

import msgspec

from gateway.canonical.fault import FaultCode
from gateway.errors import SourceError


class Watermark(msgspec.Struct, frozen=True):
    """Where to resume: `since` in the service's clock, `full_read_at` (the last full read) in this machine's."""

    since: datetime
    full_read_at: datetime

    def __str__(self) -> str:
        return msgspec.json.encode(self).decode()


def parse_watermark(watermark: str | None) -> Watermark | None:
    """Parse a stored watermark; raise SourceError(CONTRACT_MISMATCH) for that of another feed."""
    if watermark is None:
        return None
    try:
        mark = msgspec.json.decode(watermark, type=Watermark)
    except msgspec.MsgspecError as error:
        raise SourceError(FaultCode.CONTRACT_MISMATCH, "a watermark of another feed") from error
    if mark.since.tzinfo is None or mark.full_read_at.tzinfo is None:
        raise SourceError(FaultCode.CONTRACT_MISMATCH, "a watermark without a zone")
    return mark


def compute_next_start(before: datetime | None, now: datetime, last: datetime | None, overlap: timedelta) -> datetime:
    """Return where the next run starts: `overlap` before the service's time, so that late commits are read.

    `last` is the newest time of change; if it is later than `now`, it counts instead. Never earlier than `before`,
    where this run started.
    """
    start = max(now, last or now) - overlap
    return start if before is None else max(before, start)

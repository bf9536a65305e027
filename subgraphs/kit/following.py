"""How far a feed by time of change has got, for services whose answers tell the time by their Date header. Pure."""

from datetime import datetime, timedelta

import msgspec

from gateway.canonical.fault import FaultCode
from gateway.errors import SourceError


class Mark(msgspec.Struct, frozen=True):
    """Where to go on: rows changed after `since`, by the service's clock. `swept` is when everything was last looked at, by this machine's."""

    since: datetime
    swept: datetime

    def __str__(self) -> str:
        return msgspec.json.encode(self).decode()


def mark_of(watermark: str | None) -> Mark | None:
    """Read a stored watermark; raise SourceError(CONTRACT_MISMATCH) for one that no such feed has given."""
    if watermark is None:
        return None
    try:
        mark = msgspec.json.decode(watermark, type=Mark)
    except msgspec.MsgspecError as error:
        raise SourceError(FaultCode.CONTRACT_MISMATCH, "a watermark that is none of this feed's") from error
    if mark.since.tzinfo is None or mark.swept.tzinfo is None:
        raise SourceError(FaultCode.CONTRACT_MISMATCH, "a watermark without a zone")
    return mark


def following(before: datetime | None, now: datetime, last: datetime | None, overlap: timedelta) -> datetime:
    """Return from when on the next run reads: `overlap` before the service's now, so that what commits late is seen.

    A stamp later than now says that the service's clock is ahead of what it tells: then that one counts. Never before where this run began.
    """
    start = max(now, last or now) - overlap
    return start if before is None else max(before, start)

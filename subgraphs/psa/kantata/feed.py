"""What changed in an account, oldest first.

Projects and clients have a time of change, people have none. Deletions leave nothing behind: they are found by looking at everything from time to time, or
by the account's subscribed events, an add-on. Events may come twice and out of order, so that one only says which records to read again; what is not
there any more is gone. An idle feed costs one call, but for people without events: their whole list, ceil(people / 200).
"""

from collections.abc import AsyncIterator, Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple, TypeVar

from gateway.canonical.records.base import Record
from gateway.ports.base import Changes
from subgraphs.kit.compared import compared, is_digest, themselves
from subgraphs.kit.following import Mark, following, mark_of
from subgraphs.psa.kantata.client import Client, Listing
from subgraphs.psa.kantata.kinds import Kind
from subgraphs.psa.kantata.options import KantataOptions
from subgraphs.psa.kantata.reads import Reads
from subgraphs.psa.kantata.wire import EventRow

RecordT = TypeVar("RecordT", bound=Record)

PAGE: Final = 200
EVENTS: Final = "subscribed_events"
_KEPT: Final = timedelta(days=8)
"""How old a watermark may be: events are kept for nine days."""
_NEVER: Final = datetime(1970, 1, 1, tzinfo=UTC)


class _Turn(NamedTuple):
    """One run: where it starts, and what its pages bring."""

    mark: Mark | None
    listing: Listing
    swept: datetime


class Feeds:
    """The feeds of one account."""

    def __init__(self, client: Client, reads: Reads, options: KantataOptions, now: Callable[[], datetime]) -> None:
        self._client = client
        self._reads = reads
        self._options = options
        self._now = now

    async def changed(self, kind: Kind[RecordT], watermark: str | None) -> AsyncIterator[Changes[RecordT]]:
        """Yield what changed after a watermark; the first run tells everything, and so does one after the account came by its events, or lost them."""
        if self._options.events or kind.stamped:
            pages = self._followed(kind, None if is_digest(watermark) else mark_of(watermark))
        else:
            pages = self._compared(kind, watermark if is_digest(watermark) or mark_of(watermark) is None else None)
        async for page in pages:
            yield page

    async def _followed(self, kind: Kind[RecordT], mark: Mark | None) -> AsyncIterator[Changes[RecordT]]:
        now = self._now()
        if mark is None or self._due(mark, now):
            listing = await self._reads.listing(kind, ())
            pages = self._told(kind, await kind.build(listing), _Turn(mark, listing, now), whole=True)
        elif self._options.events:
            pages = self._by_events(kind, mark)
        else:
            listing = await self._reads.listing(kind, (("updated_after", _iso(mark.since)),))
            pages = self._told(kind, await kind.build(listing), _Turn(mark, listing, mark.swept))
        async for page in pages:
            yield page

    def _due(self, mark: Mark, now: datetime) -> bool:
        """Whether it is time to look at everything: with events only when they are no longer kept."""
        return now - mark.swept >= self._options.sweep if not self._options.events else now - mark.since > _KEPT

    async def _told(
        self, kind: Kind[RecordT], built: Sequence[RecordT], turn: _Turn, *, whole: bool = False
    ) -> AsyncIterator[Changes[RecordT]]:
        """Yield records, oldest change first; the watermark goes with the rows, and past them at the end."""
        records = sorted(built, key=_place)
        present = tuple(record.native.id for record in records) if whole else None
        for start in range(0, len(records), PAGE) or (0,):
            rows = tuple(records[start : start + PAGE])
            last = start + PAGE >= len(records)
            end = self._end(turn, records) if last else self._within(turn, rows[-1], stamped=kind.stamped)
            # Until everything has been told, nothing may count as looked at.
            swept = turn.swept if last or turn.mark is None else turn.mark.swept
            told = str(Mark(end, swept))
            yield Changes(rows=rows, present=present if last else None, watermark=told, total=len(records))

    def _end(self, turn: _Turn, records: Sequence[Record]) -> datetime:
        last = max((record.modified_at for record in records if record.modified_at), default=None)
        before = None if turn.mark is None else turn.mark.since
        return following(before, turn.listing.told_at or self._now(), last, self._options.overlap)

    def _within(self, turn: _Turn, last: Record, *, stamped: bool) -> datetime:
        """Return where a run that breaks off goes on: what has no time of change is told from its start again."""
        before = _NEVER if turn.mark is None else turn.mark.since
        return max(before, _place(last)[0] - self._options.overlap) if stamped else before

    async def _by_events(self, kind: Kind[RecordT], mark: Mark) -> AsyncIterator[Changes[RecordT]]:
        """Read again what events are about: one call for the events, one per 200 records."""
        asked = (
            ("created_after", _iso(mark.since)),
            ("event_types", ",".join(kind.events)),
            ("order", "created_at:asc"),
        )
        events = await self._client.every(EVENTS, asked)
        ids = list(dict.fromkeys(str(row.about) for row in events.rows(EventRow) if row.about is not None))
        found = await self._reads.by_ids(kind, ids) if ids else {}
        end = following(mark.since, events.told_at or self._now(), None, self._options.overlap)
        yield Changes(
            rows=tuple(sorted(found.values(), key=_place)),
            deleted=tuple(each for each in ids if each not in found),
            watermark=str(Mark(end, mark.swept)),
            total=len(found),
        )

    async def _compared(self, kind: Kind[RecordT], watermark: str | None) -> AsyncIterator[Changes[RecordT]]:
        async for page in compared(await self._reads.where(kind, ()), watermark, themselves, PAGE):
            yield page


def _place(record: Record) -> tuple[datetime, int]:
    return record.modified_at or _NEVER, int(record.native.id)


def _iso(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"

"""The change feed of an account, oldest change first.

Projects and clients have a time of change, users have none. Deletions are found by full reads at an interval, or by the
account's subscribed events, an add-on. Events may repeat and arrive out of order, so an event only says which records
to read again; records that are missing then are deleted. An idle feed costs one call, or without events, for users,
their whole list: ceil(users / 200).
"""

from collections.abc import AsyncIterator, Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final, NamedTuple, TypeVar

from gateway.canonical.records.base import Record
from gateway.ports.base import Changes
from subgraphs.kit.feed_watermark import Watermark, compute_next_start, parse_watermark
from subgraphs.kit.identifiers import IdKey, build_sort_key
from subgraphs.kit.psa.reads import RecordReader
from subgraphs.kit.snapshot_feed import is_digest, list_snapshot_changes, return_unchanged
from subgraphs.psa.kantata.client import Client, Listing
from subgraphs.psa.kantata.kinds import KantataKind
from subgraphs.psa.kantata.options import KantataOptions
from subgraphs.psa.kantata.wire import EventRow

RecordT = TypeVar("RecordT", bound=Record)

PAGE: Final = 200
EVENTS: Final = "subscribed_events"
_EVENT_RETENTION: Final = timedelta(days=8)
"""The maximum age of a watermark: Kantata keeps events for nine days."""
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class _Run(NamedTuple):
    """One run: the watermark that it starts from, what it read, and when all records were last read."""

    start: Watermark | None
    listing: Listing
    full_read_at: datetime


class ChangeFeed:
    """The change feeds of one account."""

    def __init__(
        self, client: Client, reader: RecordReader, options: KantataOptions, now: Callable[[], datetime]
    ) -> None:
        self._client = client
        self._reader = reader
        self._options = options
        self._now = now

    async def read_changes(self, kind: KantataKind[RecordT], watermark: str | None) -> AsyncIterator[Changes[RecordT]]:
        """Yield the changes after a watermark.

        The first run yields all records, as does the first one after the option `events` was switched on or off.
        """
        if self._options.events or kind.timestamped:
            pages = self._read_by_time(kind, None if is_digest(watermark) else parse_watermark(watermark))
        else:
            pages = self._compare(
                kind, watermark if is_digest(watermark) or parse_watermark(watermark) is None else None
            )
        async for page in pages:
            yield page

    async def _read_by_time(
        self, kind: KantataKind[RecordT], start: Watermark | None
    ) -> AsyncIterator[Changes[RecordT]]:
        now = self._now()
        if start is None or self._is_full_read_due(start, now):
            listing = await self._reader.read_listing(kind)
            pages = self._paginate(kind, await kind.build(listing), _Run(start, listing, now), complete=True)
        elif self._options.events:
            pages = self._read_by_events(kind, start)
        else:
            listing = await self._reader.read_listing(kind, (("updated_after", _format_time(start.since)),))
            pages = self._paginate(kind, await kind.build(listing), _Run(start, listing, start.full_read_at))
        async for page in pages:
            yield page

    def _is_full_read_due(self, start: Watermark, now: datetime) -> bool:
        """Return whether to read all records: with events only once events since the watermark may be gone."""
        if self._options.events:
            return now - start.since > _EVENT_RETENTION
        return now - start.full_read_at >= self._options.full_read_interval

    async def _paginate(
        self, kind: KantataKind[Any], built: Sequence[RecordT], run: _Run, *, complete: bool = False
    ) -> AsyncIterator[Changes[RecordT]]:
        """Yield records, oldest change first, each page with the watermark to resume from."""
        records = sorted(built, key=_get_sort_key)
        present = tuple(record.native.id for record in records) if complete else None
        for start in range(0, len(records), PAGE) or (0,):
            rows = tuple(records[start : start + PAGE])
            last = start + PAGE >= len(records)
            since = self._end_run(run, records) if last else self._resume_from(run, rows[-1], kind)
            # The full read counts only once its last page has been yielded.
            full_read_at = run.full_read_at if last or run.start is None else run.start.full_read_at
            yield Changes(
                rows=rows,
                present=present if last else None,
                watermark=str(Watermark(since, full_read_at)),
                total=len(records),
            )

    def _end_run(self, run: _Run, records: Sequence[Record]) -> datetime:
        last = max((record.modified_at for record in records if record.modified_at), default=None)
        before = None if run.start is None else run.start.since
        return compute_next_start(before, run.listing.read_at or self._now(), last, self._options.overlap)

    def _resume_from(self, run: _Run, last: Record, kind: KantataKind[Any]) -> datetime:
        """Return where the next run starts if this one is interrupted: without times of change, where this one did."""
        before = _EPOCH if run.start is None else run.start.since
        return max(before, _get_sort_key(last)[0] - self._options.overlap) if kind.timestamped else before

    async def _read_by_events(self, kind: KantataKind[RecordT], start: Watermark) -> AsyncIterator[Changes[RecordT]]:
        """Read the records of the events since the watermark: one call for the events, one per 200 records."""
        parameters = (
            ("created_after", _format_time(start.since)),
            ("event_types", ",".join(kind.events)),
            ("order", "created_at:asc"),
        )
        events = await self._client.read_all(EVENTS, parameters)
        ids = list(
            dict.fromkeys(str(row.record_id) for row in events.parse_rows(EventRow) if row.record_id is not None)
        )
        records = await self._reader.read_by_ids(kind, ids) if ids else {}
        since = compute_next_start(start.since, events.read_at or self._now(), None, self._options.overlap)
        yield Changes(
            rows=tuple(sorted(records.values(), key=_get_sort_key)),
            deleted=tuple(each for each in ids if each not in records),
            watermark=str(Watermark(since, start.full_read_at)),
            total=len(records),
        )

    async def _compare(self, kind: KantataKind[RecordT], watermark: str | None) -> AsyncIterator[Changes[RecordT]]:
        async for page in list_snapshot_changes(await self._reader.read_all(kind), watermark, return_unchanged, PAGE):
            yield page


def _get_sort_key(record: Record) -> tuple[datetime, IdKey]:
    return record.modified_at or _EPOCH, build_sort_key(record.native.id)


def _format_time(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"

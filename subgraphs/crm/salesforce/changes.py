"""Follows what changed in an org: rows by their modification stamp and, in the same call, what was deleted. An idle feed costs one call.

Deletions come before all rows: a run that breaks off in the middle does not ask for them again. Those from before the service's memory are made up for by all
ids that there are.
"""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Final, TypeVar

from gateway.canonical.records.base import Record
from gateway.ports.base import Changes
from subgraphs.crm.salesforce import feed
from subgraphs.crm.salesforce.kinds import Kind
from subgraphs.crm.salesforce.reading import Reader
from subgraphs.crm.salesforce.rest import Rest, Span
from subgraphs.crm.salesforce.soql import Compare, Operator, Select
from subgraphs.crm.salesforce.wire import IdRow, QueryPage, Row, page_of
from subgraphs.kit.dates import instant

RowT = TypeVar("RowT", bound=Row)
RecordT = TypeVar("RecordT", bound=Record)

_STAMP: Final = "SystemModstamp"


class Feed:
    """The feeds of one org."""

    def __init__(self, rest: Rest, reader: Reader) -> None:
        self._rest = rest
        self._reader = reader

    async def first(self, kind: Kind[RowT, RecordT]) -> AsyncIterator[Changes[RecordT]]:
        """Yield everything that there is; nothing is known yet, so nothing is gone."""
        select = kind.select(order_by=(_STAMP, "Id"))
        async for batch, now in self._reader.batches(kind, select):
            yield _changes(kind, batch, _end(None, batch, now, now))

    async def since(self, kind: Kind[RowT, RecordT], start: datetime) -> AsyncIterator[Changes[RecordT]]:
        """Yield what changed since an instant of the service's clock; the first batch tells what was deleted."""
        # Before the first answer of this process the service's clock is unknown; then this machine's has to do.
        now = self._rest.now or datetime.now(UTC)
        select = kind.select(Compare(_STAMP, Operator.AT_LEAST, start), order_by=(_STAMP, "Id"))
        batches, gone = await self._reader.changes(kind, select, Span(feed.deletions_from(start, now), now))
        covered = instant(gone.latest)
        if start < instant(gone.earliest):
            yield Changes(rows=(), present=await self._ids(kind), watermark=feed.watermark_of(start))
        deleted = tuple(row.id for row in gone.records)
        async for batch in batches:
            yield _changes(kind, batch, _end(start, batch, now, covered), deleted)
            deleted = ()

    async def _ids(self, kind: Kind[RowT, RecordT]) -> tuple[str, ...]:
        """Return every id that there is: one call per 2,000."""
        select = Select(columns=("Id",), source=kind.object, order_by=("Id",))
        return tuple(row.id for row in await self._reader.rows(select, page_of(IdRow)))


def _end(start: datetime | None, batch: QueryPage[RowT], now: datetime, covered: datetime) -> datetime:
    """Return the watermark behind a batch."""
    if batch.done:
        return feed.finish(start, now, covered)
    return feed.progress(instant(batch.records[-1].stamp), now, covered)


def _changes(
    kind: Kind[RowT, RecordT], batch: QueryPage[RowT], end: datetime, deleted: tuple[str, ...] = ()
) -> Changes[RecordT]:
    records = map(kind.build, batch.records)
    return Changes(
        rows=tuple(record for record in records if record is not None),
        deleted=deleted,
        watermark=feed.watermark_of(end),
        total=batch.total_size,
    )

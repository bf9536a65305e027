"""Reads the changes of an org: rows by their modification timestamp and, in the same call, the deleted rows.

A feed without changes costs one call. Deletions come before all rows, so a run that stops half-way has delivered them.
If the watermark is older than Salesforce keeps deletions, or Salesforce refuses the time range
(INVALID_REPLICATION_DATE), the feed sends all existing ids instead.
"""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Final, TypeVar

from gateway.canonical.records.base import Record
from gateway.errors import SourceError
from gateway.ports.base import Changes
from subgraphs.crm.salesforce import watermarks
from subgraphs.crm.salesforce.client import Client, TimeRange
from subgraphs.crm.salesforce.kinds import Kind
from subgraphs.crm.salesforce.reads import Reader
from subgraphs.crm.salesforce.soql import Comparison, Operator, Select
from subgraphs.crm.salesforce.wire import IdRow, QueryPage, Row, build_page_type
from subgraphs.kit.dates import parse_instant, parse_optional_instant

RowT = TypeVar("RowT", bound=Row)
RecordT = TypeVar("RecordT", bound=Record)

_MODIFIED: Final = "SystemModstamp"


class ChangeFeed:
    """The change feeds of one org."""

    def __init__(self, client: Client, reader: Reader) -> None:
        self._client = client
        self._reader = reader

    async def read_all(self, kind: Kind[RowT, RecordT]) -> AsyncIterator[Changes[RecordT]]:
        """Yield every record: the initial read, which needs no deletions."""
        select = kind.build_query(order_by=(_MODIFIED, "Id"))
        async for batch, now in self._reader.read_batches(kind, select):
            yield _build_changes(kind, batch, _compute_watermark(None, batch, now, now))

    async def read_since(self, kind: Kind[RowT, RecordT], start: datetime) -> AsyncIterator[Changes[RecordT]]:
        """Yield the changes since an instant of the service's clock; the first batch carries the deletions."""
        # The service's time is unknown before the first response of this process; use the local clock until then.
        now = self._client.server_time or datetime.now(UTC)
        select = kind.build_query(Comparison(_MODIFIED, Operator.AT_LEAST, start), order_by=(_MODIFIED, "Id"))
        batches, deletions = await self._reader.read_changes(
            kind, select, TimeRange(watermarks.compute_deletions_start(start, now), now)
        )
        deletions_until = now if deletions is None else parse_instant(deletions.latest)
        if deletions is None or start < parse_instant(deletions.earliest):
            yield Changes(rows=(), present=await self._read_ids(kind), watermark=watermarks.format_watermark(start))
        deleted_ids = () if deletions is None else tuple(row.id for row in deletions.records)
        async for batch in batches:
            yield _build_changes(kind, batch, _compute_watermark(start, batch, now, deletions_until), deleted_ids)
            deleted_ids = ()

    async def _read_ids(self, kind: Kind[RowT, RecordT]) -> tuple[str, ...]:
        """Return all existing ids: one call per 2,000."""
        select = Select(columns=("Id",), source=kind.object_name, order_by=("Id",))
        return tuple(row.id for row in await self._reader.read_rows(select, build_page_type(IdRow)))


def _compute_watermark(
    start: datetime | None, batch: QueryPage[RowT], now: datetime, deletions_until: datetime
) -> datetime:
    """Return the watermark after a batch."""
    if batch.done:
        return watermarks.compute_final_watermark(start, now, deletions_until)
    times = [moment for row in batch.records if (moment := _parse_modified(row)) is not None]
    last = max(times, default=start or watermarks.EPOCH)
    return watermarks.compute_interim_watermark(last, now, deletions_until)


def _parse_modified(row: Row) -> datetime | None:
    try:
        return parse_optional_instant(row.modified)
    except SourceError:
        return None


def _build_changes(
    kind: Kind[RowT, RecordT], batch: QueryPage[RowT], end: datetime, deleted: tuple[str, ...] = ()
) -> Changes[RecordT]:
    return Changes(
        rows=tuple(kind.map_rows(batch.records)),
        deleted=deleted,
        watermark=watermarks.format_watermark(end),
        total=batch.total_size,
    )

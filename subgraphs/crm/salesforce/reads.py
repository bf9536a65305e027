"""Reads records: by id in as few calls as the service allows, and queries to their last batch."""

from collections.abc import AsyncIterator, Iterator, Sequence
from datetime import datetime
from typing import Any, Final, TypeVar

import msgspec

from gateway.canonical.records.base import Record
from gateway.errors import SourceError
from gateway.ports.base import Read
from subgraphs.crm.salesforce.client import MAX_QUERIES, Client, TimeRange
from subgraphs.crm.salesforce.identifier import to_long_id
from subgraphs.crm.salesforce.kinds import Kind
from subgraphs.crm.salesforce.soql import Membership, Select
from subgraphs.crm.salesforce.wire import DeletedRows, QueryPage, Row
from subgraphs.kit.decoding import decode_rows

RowT = TypeVar("RowT", bound=Row)
AnyRowT = TypeVar("AnyRowT", bound=msgspec.Struct)
RecordT = TypeVar("RecordT", bound=Record)
T = TypeVar("T")

IDS_PER_QUERY: Final = 200


class Reader:
    """Runs queries and maps their rows to records; raises SourceError if a call fails."""

    def __init__(self, client: Client) -> None:
        self._client = client

    async def read_by_ids(self, kind: Kind[RowT, RecordT], ids: Sequence[str]) -> Read[RecordT]:
        """Return records by the given ids, which may have 15 or 18 characters.

        A failed query affects only its own ids.
        """
        long_ids = {identifier: to_long_id(identifier) for identifier in ids}
        wanted = list(dict.fromkeys(filter(None, long_ids.values())))
        results: dict[str, RecordT | SourceError] = {}
        for group in split_into_chunks(list(split_into_chunks(wanted, IDS_PER_QUERY)), MAX_QUERIES):
            bodies = await self._client.run_queries(
                [kind.build_projected_query(Membership("Id", chunk)) for chunk in group]
            )
            for chunk, body in zip(group, bodies, strict=True):
                results |= (
                    dict.fromkeys(chunk, body) if isinstance(body, SourceError) else await self._map_rows(kind, body)
                )
        return {
            identifier: results[long_id]
            for identifier, long_id in long_ids.items()
            if long_id is not None and long_id in results
        }

    async def read_batches(
        self, kind: Kind[RowT, RecordT], select: Select
    ) -> AsyncIterator[tuple[QueryPage[RowT], datetime]]:
        """Yield a query's batches, with all children of their rows, and the service's time when the query ran."""
        async for batch, started in self._client.run_query(select, kind.page_type):
            rows = [await self._complete_row(kind, row) for row in batch.records]
            yield msgspec.structs.replace(batch, records=tuple(rows)), started

    async def read_changes(
        self, kind: Kind[RowT, RecordT], select: Select, deleted_in: TimeRange
    ) -> tuple[AsyncIterator[QueryPage[RowT]], DeletedRows | None]:
        """Return a query's batches, with all children of their rows, and the deleted rows, None for a refused range.

        One call returns the first batch and the deletions.
        """
        batches, deleted = await self._client.run_query_with_deletions(select, kind.page_type, deleted_in)
        return self._complete_batches(kind, batches), deleted

    async def _complete_batches(
        self, kind: Kind[RowT, RecordT], batches: AsyncIterator[QueryPage[RowT]]
    ) -> AsyncIterator[QueryPage[RowT]]:
        async for batch in batches:
            rows = [await self._complete_row(kind, row) for row in batch.records]
            yield msgspec.structs.replace(batch, records=tuple(rows))

    async def read_rows(self, select: Select, page: type[QueryPage[AnyRowT]]) -> tuple[AnyRowT, ...]:
        """Return all rows of one query, over all its batches."""
        (body,) = await self._client.run_queries([select])
        if isinstance(body, SourceError):
            raise body
        batch = decode_rows(body, page, select.source, "records")
        return await self.collect_rows(batch, page, select.source)

    async def collect_rows(
        self, batch: QueryPage[AnyRowT], page: type[QueryPage[AnyRowT]], object_name: str
    ) -> tuple[AnyRowT, ...]:
        """Return all rows of a result, given its first batch."""
        return await self._client.collect_rows(batch, page, object_name)

    async def _map_rows(self, kind: Kind[RowT, RecordT], body: bytes) -> dict[str, RecordT]:
        batch = decode_rows(body, kind.page_type, kind.object_name, "records")
        rows = await self._client.collect_rows(batch, kind.page_type, kind.object_name)
        complete = [await self._complete_row(kind, row) for row in rows]
        return {record.native.id: record for record in kind.map_rows(complete)}

    async def _complete_row(self, kind: Kind[RowT, RecordT], row: RowT) -> RowT:
        """Return the row with all its children, as a long sub-query has batches of its own."""
        for each in kind.sub_queries:
            page: QueryPage[Any] | None = getattr(row, each.attribute)
            if page is None or page.done:
                continue
            records = await self._client.collect_rows(page, each.page_type, each.select.source)
            complete: QueryPage[Any] = QueryPage(total_size=page.total_size, done=True, records=records)
            row = msgspec.structs.replace(row, **{each.attribute: complete})
        return row


def split_into_chunks(items: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    """Yield slices of at most `size` items."""
    return (items[start : start + size] for start in range(0, len(items), size))

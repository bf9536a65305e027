"""Reading records: by id in as few calls as the service allows, and following every batch to its end."""

from collections.abc import AsyncIterator, Iterator, Sequence
from datetime import datetime
from typing import Any, Final, TypeVar

import msgspec

from gateway.canonical.records.base import Record
from gateway.errors import SourceError
from gateway.ports.base import Read
from subgraphs.crm.salesforce.identifier import long_form
from subgraphs.crm.salesforce.kinds import Kind
from subgraphs.crm.salesforce.rest import MOST_QUERIES, Rest, Span
from subgraphs.crm.salesforce.soql import Among, Select
from subgraphs.crm.salesforce.wire import Deleted, QueryPage, Row
from subgraphs.kit.decode import decode

RowT = TypeVar("RowT", bound=Row)
AnyRowT = TypeVar("AnyRowT", bound=msgspec.Struct)
RecordT = TypeVar("RecordT", bound=Record)
T = TypeVar("T")

IDS_PER_QUERY: Final = 200


class Reader:
    """Turns queries into records; raises SourceError when a call fails."""

    def __init__(self, rest: Rest) -> None:
        self._rest = rest

    async def by_ids(self, kind: Kind[RowT, RecordT], ids: Sequence[str]) -> Read[RecordT]:
        """Return the records of the given ids (15 or 18 characters), by the ids as asked; a refused query costs only its own ids."""
        asked = {identifier: long_form(identifier) for identifier in ids}
        wanted = list(dict.fromkeys(found for found in asked.values() if found is not None))
        read: dict[str, RecordT | SourceError] = {}
        for group in chunks(list(chunks(wanted, IDS_PER_QUERY)), MOST_QUERIES):
            bodies = await self._rest.queries([kind.projected(Among("Id", chunk)) for chunk in group])
            for chunk, body in zip(group, bodies, strict=True):
                read |= dict.fromkeys(chunk, body) if isinstance(body, SourceError) else await self._read(kind, body)
        return {identifier: read[found] for identifier, found in asked.items() if found is not None and found in read}

    async def batches(
        self, kind: Kind[RowT, RecordT], select: Select
    ) -> AsyncIterator[tuple[QueryPage[RowT], datetime]]:
        """Yield a query's batches, their rows with all of their children, and the service's time when the query ran."""
        async for batch, started in self._rest.batches(select, kind.page):
            rows = [await self._whole(kind, row) for row in batch.records]
            yield msgspec.structs.replace(batch, records=tuple(rows)), started

    async def changes(
        self, kind: Kind[RowT, RecordT], select: Select, gone: Span
    ) -> tuple[AsyncIterator[QueryPage[RowT]], Deleted]:
        """Return a query's batches, their rows with all of their children, and what was deleted: one call for the first batch and the deletions."""
        batches, deleted = await self._rest.changes(select, kind.page, gone)
        return self._whole_batches(kind, batches), deleted

    async def _whole_batches(
        self, kind: Kind[RowT, RecordT], batches: AsyncIterator[QueryPage[RowT]]
    ) -> AsyncIterator[QueryPage[RowT]]:
        async for batch in batches:
            rows = [await self._whole(kind, row) for row in batch.records]
            yield msgspec.structs.replace(batch, records=tuple(rows))

    async def rows(self, select: Select, page: type[QueryPage[AnyRowT]]) -> tuple[AnyRowT, ...]:
        """Return all rows of one query, however long it is."""
        (body,) = await self._rest.queries([select])
        if isinstance(body, SourceError):
            raise body
        return await self.rest_of(decode(body, page), page)

    async def rest_of(self, batch: QueryPage[AnyRowT], page: type[QueryPage[AnyRowT]]) -> tuple[AnyRowT, ...]:
        """Return all rows of a result whose first batch is there."""
        return await self._rest.rest_of(batch, page)

    async def _read(self, kind: Kind[RowT, RecordT], body: bytes) -> dict[str, RecordT | SourceError]:
        read: dict[str, RecordT | SourceError] = {}
        for row in await self._rest.rest_of(decode(body, kind.page), kind.page):
            try:
                record = kind.build(await self._whole(kind, row))
            except SourceError as broken:
                read[row.id] = broken
                continue
            if record is not None:
                read[row.id] = record
        return read

    async def _whole(self, kind: Kind[RowT, RecordT], row: RowT) -> RowT:
        """Return the row with all of its children: a long sub-query comes in batches of its own."""
        if kind.child is None:
            return row
        page: QueryPage[Any] | None = getattr(row, kind.child.attribute)
        if page is None or page.done:
            return row
        records = await self._rest.rest_of(page, kind.child.page)
        whole: QueryPage[Any] = QueryPage(total_size=page.total_size, done=True, records=records)
        return msgspec.structs.replace(row, **{kind.child.attribute: whole})


def chunks(items: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    """Cut a sequence into pieces of at most `size`."""
    return (items[start : start + size] for start in range(0, len(items), size))

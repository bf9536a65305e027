"""Reads of records by id, by reference and below parents, from lists that are read whole."""

from collections.abc import Coroutine, Mapping, Sequence
from typing import Any, TypeVar

from gateway.canonical.records.base import Record
from gateway.ports.base import Children, PageRequest
from gateway.ports.where import Where
from subgraphs.kit.concurrent_calls import read_in_batches
from subgraphs.kit.conditions import is_match
from subgraphs.kit.identifiers import select_ids
from subgraphs.kit.memory_paging import paginate_in_memory
from subgraphs.kit.psa.kinds import Kind, ListClient, Parameters
from subgraphs.kit.psa.relations import Relation

RecordT = TypeVar("RecordT", bound=Record)


class RecordReader:
    """Reads records of any kind. `id_filter` is the query parameter that takes at most `batch` ids."""

    def __init__(self, client: ListClient, *, id_filter: str, batch: int) -> None:
        self._client = client
        self._id_filter = id_filter
        self._batch = batch

    async def read_listing(self, kind: Kind[RecordT], parameters: Parameters = ()) -> Any:
        """Return a complete list as the vendor's listing."""
        return await self._client.read_all(kind.resource, (*kind.parameters, *parameters), kind.select_include())

    async def read_all(self, kind: Kind[RecordT], parameters: Parameters = ()) -> Sequence[RecordT]:
        """Return all records of a list."""
        return await kind.build(await self.read_listing(kind, parameters))

    async def read_by_ids(self, kind: Kind[RecordT], ids: Sequence[str]) -> Mapping[str, RecordT]:
        """Return records by id, unknown ids omitted: one list per `batch` ids, and the calls of the kind's `build`."""

        def read(some: Sequence[str]) -> Coroutine[Any, Any, Sequence[RecordT]]:
            return self.read_all(kind, ((self._id_filter, ",".join(some)),))

        records = await read_in_batches(read, select_ids(ids), self._batch)
        return {record.native.id: record for record in records}

    async def find_by_reference(self, kind: Kind[RecordT], parameters: Parameters, reference: str) -> Sequence[RecordT]:
        """Return the records with an external reference; `parameters` filter by it.

        Vendors' filters take comma-separated lists: what a comma in the reference finds besides is dropped.
        """
        records = await self.read_all(kind, parameters)
        return [record for record in records if reference in {value for _, value in record.references}]

    async def read_children(
        self, relation: Relation[RecordT], parents: Sequence[str], parameters: Parameters = ()
    ) -> Sequence[RecordT]:
        """Return all records below some parents: one list per `relation.batch` parents."""

        def read(some: Sequence[str]) -> Coroutine[Any, Any, Sequence[RecordT]]:
            return self.read_all(relation.kind, ((relation.filter, ",".join(some)), *parameters))

        return await read_in_batches(read, select_ids(parents), relation.batch)

    async def paginate_children(
        self, relation: Relation[RecordT], parents: Sequence[str], page: PageRequest, where: Where | None = None
    ) -> Children[RecordT]:
        """Return a page per parent of all records below the parents; an unknown parent has an empty page."""
        relation.order.parse_start(page)
        records = await self.read_children(relation, parents)
        return paginate_in_memory(
            relation.order, parents, records, page, lambda record: where is None or is_match(record, where)
        )

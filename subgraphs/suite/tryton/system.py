"""The part of the port that every role shares."""

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any, TypeVar

from gateway.canonical.records.base import Record
from gateway.ports.base import Capabilities, Changes, Finding
from gateway.ports.connection import Connection, Upstream
from subgraphs.suite.tryton.checks import check_models
from subgraphs.suite.tryton.children import PARENT_BATCH
from subgraphs.suite.tryton.kinds import Kinds
from subgraphs.suite.tryton.mapping import TrytonMapping
from subgraphs.suite.tryton.options import TrytonOptions
from subgraphs.suite.tryton.reads import READ_BATCH, Reader
from subgraphs.suite.tryton.rest import PAGE, RestClient

RecordT = TypeVar("RecordT", bound=Record)


class TrytonSystem:
    """One database, in one role. Subclasses set the lineage and the feeds."""

    vendor = "tryton"
    api_version = "8.2 REST"

    def __init__(
        self,
        connection: Connection,
        mapping: TrytonMapping,
        options: TrytonOptions,
        upstream: Upstream,
        rest: RestClient,
        kinds: Kinds,
        filters: Mapping[str, frozenset[str]],
    ) -> None:
        self.connection = connection.name
        self.capabilities = Capabilities(
            read_batch=READ_BATCH,
            parent_batch=PARENT_BATCH,
            page_cap=PAGE,
            concurrency=options.concurrency,
            search_by_external_id=True,
            filters=filters,
        )
        self._mapping = mapping
        self._upstream = upstream
        self._rest = rest
        self._kinds = kinds
        self._reads = Reader(rest, options.overlap)

    async def list_changes(self, kind: type[RecordT], watermark: str | None) -> AsyncIterator[Changes[RecordT]]:
        """Yield changes by modification time, oldest first, without deletions. Kinds without a feed yield nothing."""
        followed = self._kinds.get(kind)
        if followed is None:
            return
        async for page in self._reads.read_changes(followed, watermark):
            yield page

    async def find_by_reference(self, kind: type[RecordT], reference: str) -> Sequence[RecordT]:
        """Return the records with a code or number; time by the reference in its description, if it is mapped."""
        sought = self._kinds.get(kind)
        found: Sequence[Any] = () if sought is None else await self._reads.find_by_reference(sought, reference)
        return found

    async def check(self) -> Sequence[Finding]:
        """Read one record of every kind, and check the names in the mapping file."""
        return await check_models(self._rest, self._kinds, self._mapping)

    async def aclose(self) -> None:
        """Release connections."""
        await self._upstream.aclose()

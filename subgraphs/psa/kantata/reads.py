"""Reading records: by id, by filter and by reference."""

from collections.abc import Mapping, Sequence
from typing import TypeVar

from gateway.canonical.records.base import Record
from subgraphs.kit.identifiers import only_ids
from subgraphs.kit.together import in_batches
from subgraphs.psa.kantata.client import Client, Listing, Parameters
from subgraphs.psa.kantata.kinds import ONLY, Kind

RecordT = TypeVar("RecordT", bound=Record)


class Reads:
    """The reads that are alike for every kind."""

    def __init__(self, client: Client, service: str) -> None:
        self._client = client
        self._service = service

    async def by_ids(self, kind: Kind[RecordT], ids: Sequence[str]) -> Mapping[str, RecordT]:
        """Read records: one call per 200 ids; unknown ones are simply left out."""
        records = await in_batches(lambda some: self.where(kind, (("only", ",".join(some)),)), only_ids(ids), ONLY)
        return {record.native.id: record for record in records}

    async def where(self, kind: Kind[RecordT], parameters: Parameters) -> Sequence[RecordT]:
        """Return every record of a list: one call for up to 200, and one more per 199."""
        return await kind.build(await self.listing(kind, parameters))

    async def listing(self, kind: Kind[RecordT], parameters: Parameters) -> Listing:
        """Return a list as it came."""
        return await self._client.every(kind.resource, (*kind.parameters, *parameters), kind.included())

    async def by_reference(self, kind: Kind[RecordT], reference: str) -> Sequence[RecordT]:
        """Return the records that the firm's own service calls so. The filter takes a list: what a comma in the reference finds besides is left out."""
        if kind.model is None:
            return ()
        parameters = (
            ("external_reference_service_name", self._service),
            ("external_reference_service_model", kind.model),
            ("external_reference_service_model_refs", reference),
        )
        found = await self.where(kind, parameters)
        return [record for record in found if reference in {value for _, value in record.references}]

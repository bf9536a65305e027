"""Reading records: by id, by reference, and what changed."""

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Final, TypeVar

from gateway.canonical.records.base import Record
from gateway.ports.base import Changes
from subgraphs.kit.compared import compared, require_digest, themselves
from subgraphs.kit.identifiers import only_ids
from subgraphs.kit.together import in_batches
from subgraphs.psa.productive.client import PAGE, Client, Parameters
from subgraphs.psa.productive.fields import CustomFields
from subgraphs.psa.productive.kinds import Kind

RecordT = TypeVar("RecordT", bound=Record)

CHANGES_PAGE: Final = 200


class Reads:
    """The reads that are alike for every kind."""

    def __init__(self, client: Client, fields: CustomFields) -> None:
        self._client = client
        self._fields = fields

    async def by_ids(self, kind: Kind[RecordT], ids: Sequence[str]) -> Mapping[str, RecordT]:
        """Read records: one call per 200 ids, and what a kind reads besides; unknown ids are simply left out."""
        found = await in_batches(lambda some: self.where(kind, (("filter[id]", ",".join(some)),)), only_ids(ids), PAGE)
        return {record.native.id: record for record in found}

    async def where(self, kind: Kind[RecordT], parameters: Parameters) -> Sequence[RecordT]:
        """Return every record of a list."""
        return await kind.build(await self._client.every(kind.resource, (*kind.parameters, *parameters), kind.include))

    async def by_reference(self, kind: Kind[RecordT], reference: str) -> Sequence[RecordT]:
        """Return the records that bear the firm's own code. Filters take lists: what a comma in the reference finds besides is left out."""
        asked = await self._filter(kind)
        if asked is None:
            return ()
        found = await self.where(kind, ((asked, reference),))
        return [record for record in found if reference in {value for _, value in record.references}]

    async def _filter(self, kind: Kind[RecordT]) -> str | None:
        if kind.coded is None or isinstance(kind.coded, str):
            return None if kind.coded is None else f"filter[{kind.coded}]"
        field = (await self._fields.covering((), kind.coded[0])).find(*kind.coded)
        return None if field is None else f"filter[custom_fields][{field.id}][eq]"

    async def changed(self, kind: Kind[RecordT], watermark: str | None) -> AsyncIterator[Changes[RecordT]]:
        """Yield everything again when anything is different: the resources that are followed have no time of change that can be relied on."""
        require_digest(watermark)
        async for page in compared(await self.where(kind, ()), watermark, themselves, CHANGES_PAGE):
            yield page

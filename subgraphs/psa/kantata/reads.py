"""Reading records: by id, by reference, and what changed."""

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final, TypeVar

from gateway.canonical.records.base import Record
from gateway.ports.base import Changes
from subgraphs.kit.compared import compared, require_digest
from subgraphs.kit.dates import instant
from subgraphs.kit.together import together
from subgraphs.psa.kantata.client import Client, Parameters
from subgraphs.psa.kantata.kinds import ONLY, Kind

RecordT = TypeVar("RecordT", bound=Record)

CHANGES_PAGE: Final = 200
_START: Final = "1970-01-01T00:00:00+00:00"


class Reads:
    """The reads that are alike for every kind."""

    def __init__(self, client: Client, overlap: timedelta, service: str) -> None:
        self._client = client
        self._overlap = overlap
        self._service = service

    async def by_ids(self, kind: Kind[RecordT], ids: Sequence[str]) -> Mapping[str, RecordT]:
        """Read records: one call per 200 ids; unknown ones are simply left out."""
        wanted = only_ids(ids)
        chunks = [wanted[start : start + ONLY] for start in range(0, len(wanted), ONLY)]
        groups = await together(self.where(kind, (("only", ",".join(chunk)),)) for chunk in chunks)
        return {record.native.id: record for group in groups for record in group}

    async def where(self, kind: Kind[RecordT], parameters: Parameters) -> Sequence[RecordT]:
        """Return every record of a list: one call for up to 200, and one more per 199."""
        listing = await self._client.every(kind.resource, (*kind.parameters, *parameters), kind.include)
        return await kind.build(listing)

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

    async def changed(self, kind: Kind[RecordT], watermark: str | None) -> AsyncIterator[Changes[RecordT]]:
        """Yield what changed: by time where the resource has one, else everything when anything is different."""
        pages = self._stamped(kind, watermark) if kind.stamped else self._compared(kind, watermark)
        async for page in pages:
            yield page

    async def _stamped(self, kind: Kind[RecordT], watermark: str | None) -> AsyncIterator[Changes[RecordT]]:
        since = () if watermark is None else (("updated_after", _iso(instant(watermark) - self._overlap)),)
        records = sorted(await self.where(kind, since), key=_place)
        if not records:
            yield Changes(rows=(), watermark=watermark or _START, total=0)
        for start in range(0, len(records), CHANGES_PAGE):
            told = records[start : start + CHANGES_PAGE]
            end = _place(told[-1])[0].isoformat()
            yield Changes(rows=tuple(told), watermark=max(end, watermark or end), total=len(records))

    async def _compared(self, kind: Kind[RecordT], watermark: str | None) -> AsyncIterator[Changes[RecordT]]:
        require_digest(watermark)
        async for page in compared(await self.where(kind, ()), watermark, _themselves, CHANGES_PAGE):
            yield page


def only_ids(texts: Sequence[str]) -> list[str]:
    """Return the distinct texts that have the form of an id: digits."""
    return [text for text in dict.fromkeys(texts) if text.isascii() and text.isdigit() and len(text) <= 18]  # noqa: PLR2004 -- 64 bits


async def _themselves(records: Sequence[RecordT]) -> Sequence[RecordT]:
    return records


def _place(record: Record) -> tuple[datetime, int]:
    return record.modified_at or datetime.fromisoformat(_START), int(record.native.id)


def _iso(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"

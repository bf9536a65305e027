"""Reads of records: by id, by reference, by domain, and changes."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, Generic, TypeVar

from gateway.canonical.records.base import Record
from gateway.errors import SourceError
from gateway.ports.base import Changes, Read
from subgraphs.kit.dates import parse_instant
from subgraphs.kit.record_mapping import RecordMapper
from subgraphs.suite.tryton.domain import Domain, is_id, match_any, match_ids
from subgraphs.suite.tryton.rest import RestClient
from subgraphs.suite.tryton.wire import Row

RowT = TypeVar("RowT", bound=Row)
RecordT = TypeVar("RecordT", bound=Record)

READ_BATCH: Final = 200
CHANGES_PAGE: Final = 200
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_START: Final = _EPOCH.isoformat()


@dataclass(frozen=True, kw_only=True)
class Kind(Generic[RowT, RecordT]):
    """One record kind: its model and domain, and the function that builds records from rows.

    `reference` returns the domain of an external id. `stamps` are the change timestamps of the record.
    """

    model: str
    row: type[RowT]
    build: Callable[[Sequence[RowT]], Awaitable[Sequence[RecordT]]]
    domain: Domain = ()
    reference: Callable[[str], Domain] | None = None
    stamps: Sequence[str] = ("last_modified_at",)


def build_each(
    mapper: RecordMapper[RecordT], build: Callable[[RowT], RecordT]
) -> Callable[[Sequence[RowT]], Awaitable[Sequence[RecordT]]]:
    """Return a function that builds the records of rows; a row that is none is reported."""

    async def build_rows(rows: Sequence[RowT]) -> Sequence[RecordT]:
        return mapper.map_rows(rows, build)

    return build_rows


class Reader:
    """The reads that every record kind shares."""

    def __init__(self, rest: RestClient, overlap: timedelta) -> None:
        self._rest = rest
        self._overlap = overlap

    async def read_by_ids(self, kind: Kind[RowT, RecordT], ids: Sequence[str]) -> Read[RecordT]:
        """Read records by id: one call per 200 ids."""
        wanted = [identifier for identifier in dict.fromkeys(ids) if is_id(identifier)]
        found: dict[str, RecordT] = {}
        for start in range(0, len(wanted), READ_BATCH):
            chunk = wanted[start : start + READ_BATCH]
            rows = await self._rest.search(kind.model, kind.row, (*kind.domain, match_ids("id", chunk)))
            found |= {record.native.id: record for record in await kind.build(rows)}
        return found

    async def find_by_reference(self, kind: Kind[RowT, RecordT], reference: str) -> Sequence[RecordT]:
        """Return the records of an external id; none if the kind has no external id."""
        if kind.reference is None:
            return ()
        return await self.read_domain(kind, kind.reference(reference))

    async def read_domain(self, kind: Kind[RowT, RecordT], domain: Domain) -> Sequence[RecordT]:
        """Return every record of a domain."""
        return await kind.build(await self._rest.search_all(kind.model, kind.row, (*kind.domain, *domain)))

    async def read_changes(self, kind: Kind[RowT, RecordT], watermark: str | None) -> AsyncIterator[Changes[RecordT]]:
        """Yield changes, oldest first: floor(changed / 500) + 1 calls.

        All rows are read before the first page, so that pages are in order. Rows without a readable time of change come
        first and move no watermark.
        """
        domain = kind.domain
        if watermark is not None:
            since = parse_instant(watermark) - self._overlap
            domain = (*domain, match_any([stamp, ">=", since.replace(tzinfo=None)] for stamp in kind.stamps))
        rows = await self._rest.search_all(kind.model, kind.row, domain)
        rows.sort(key=_get_position)
        if not rows:
            yield Changes(rows=(), watermark=watermark or _START, total=0)
        for start in range(0, len(rows), CHANGES_PAGE):
            page = rows[start : start + CHANGES_PAGE]
            end = _get_position(page[-1])[0].isoformat()
            records = await kind.build(page)
            yield Changes(rows=tuple(records), watermark=max(end, watermark or end), total=len(rows))


def _get_position(row: Row) -> tuple[datetime, int]:
    try:
        changed = row.get_modified_at()
    except SourceError:
        changed = None
    return changed or _EPOCH, row.id

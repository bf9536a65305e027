"""Reading records: by id, by reference, and what changed."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Generic, TypeVar

from gateway.canonical.fault import FaultCode
from gateway.canonical.records.base import Record
from gateway.errors import SourceError
from gateway.ports.base import Changes, Read
from subgraphs.kit.dates import instant
from subgraphs.suite.tryton.domain import Domain, among, any_of, is_id
from subgraphs.suite.tryton.rest import Rest
from subgraphs.suite.tryton.wire import Row

RowT = TypeVar("RowT", bound=Row)
RecordT = TypeVar("RecordT", bound=Record)

READ_BATCH: Final = 200
CHANGES_PAGE: Final = 200
_START: Final = "1970-01-01T00:00:00+00:00"


@dataclass(frozen=True, kw_only=True)
class Kind(Generic[RowT, RecordT]):
    """One kind of record: the model and the domain that hold it, and what builds records from rows.

    `reference` makes the domain of an external id. `stamps` are the fields whose change is a change of the record.
    """

    model: str
    row: type[RowT]
    build: Callable[[Sequence[RowT]], Awaitable[Sequence[RecordT | SourceError]]]
    domain: Domain = ()
    reference: Callable[[str], Domain] | None = None
    stamps: Sequence[str] = ("last_modified_at",)


def each(build: Callable[[RowT], RecordT]) -> Callable[[Sequence[RowT]], Awaitable[Sequence[RecordT | SourceError]]]:
    """Return a builder of many from a builder of one; a row with a value that cannot be is an error of its own."""

    async def built(rows: Sequence[RowT]) -> Sequence[RecordT | SourceError]:
        return [attempt(build, row) for row in rows]

    return built


def attempt(build: Callable[..., RecordT], *of: Any) -> RecordT | SourceError:
    """Build a record; give CONTRACT_MISMATCH for a value that is not what its field promises."""
    try:
        return build(*of)
    except SourceError as failed:
        return failed
    except ValueError:
        return SourceError(FaultCode.CONTRACT_MISMATCH, "a day or an instant that does not exist")


class Reads:
    """The reads that are alike for every kind."""

    def __init__(self, rest: Rest, overlap: timedelta) -> None:
        self._rest = rest
        self._overlap = overlap

    async def by_ids(self, kind: Kind[RowT, RecordT], ids: Sequence[str]) -> Read[RecordT]:
        """Read records by id: one call per 200 ids."""
        wanted = [identifier for identifier in dict.fromkeys(ids) if is_id(identifier)]
        found: dict[str, RecordT | SourceError] = {}
        for start in range(0, len(wanted), READ_BATCH):
            chunk = wanted[start : start + READ_BATCH]
            rows = await self._rest.search(kind.model, kind.row, (*kind.domain, among("id", chunk)))
            found |= {str(row.id): record for row, record in zip(rows, await kind.build(rows), strict=True)}
        return found

    async def by_reference(self, kind: Kind[RowT, RecordT], reference: str) -> Sequence[RecordT]:
        """Return the records of an external id; none for a kind that has no such field."""
        if kind.reference is None:
            return ()
        return await self.where(kind, kind.reference(reference))

    async def where(self, kind: Kind[RowT, RecordT], domain: Domain) -> Sequence[RecordT]:
        """Return every record of a domain; raise SourceError for one that breaks the contract."""
        return _sound(await kind.build(await self._rest.every(kind.model, kind.row, (*kind.domain, *domain))))

    async def changed(self, kind: Kind[RowT, RecordT], watermark: str | None) -> AsyncIterator[Changes[RecordT]]:
        """Yield what changed, oldest first: floor(changed / 500) + 1 calls. Everything is read before the first page, so that none is out of order."""
        domain = kind.domain
        if watermark is not None:
            since = instant(watermark) - self._overlap
            domain = (*domain, any_of([stamp, ">=", since.replace(tzinfo=None)] for stamp in kind.stamps))
        rows = await self._rest.every(kind.model, kind.row, domain)
        rows.sort(key=_stamp)
        if not rows:
            yield Changes(rows=(), watermark=watermark or _START, total=0)
        for start in range(0, len(rows), CHANGES_PAGE):
            page = rows[start : start + CHANGES_PAGE]
            end = _stamp(page[-1])[0].isoformat()
            told = _sound(await kind.build(page))
            yield Changes(rows=told, watermark=max(end, watermark or end), total=len(rows))


def _stamp(row: Row) -> tuple[datetime, int]:
    return row.modified_at(), row.id


def _sound(built: Sequence[RecordT | SourceError]) -> tuple[RecordT, ...]:
    """Return the records; raise the first error: a feed that skipped a row would never show it again."""
    records: list[RecordT] = []
    for record in built:
        if isinstance(record, SourceError):
            raise record
        records.append(record)
    return tuple(records)

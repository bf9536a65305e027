"""The calls to one account: every list is one resource with filters, paged, with what it includes beside it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple, TypeVar

import msgspec

from gateway.canonical.fault import FaultCode
from gateway.errors import SourceError
from gateway.net.message import Request
from gateway.ports.connection import Upstream
from subgraphs.kit.dates import told_at
from subgraphs.kit.decode import decode
from subgraphs.psa.kantata.wire import Result, Row, Tables

RowT = TypeVar("RowT", bound=Row)
Parameters = Sequence[tuple[str, str]]

PAGE: Final = 200
"""The most records of a page."""
_ATTEMPTS: Final = 3


class _Page(NamedTuple):
    """One answer: how many records there are in all, which these are, the records by name and id, and the service's time."""

    total: int
    results: Sequence[Result]
    tables: Tables
    at: datetime | None


class Listing:
    """What a list gave: the ids in order, and all records by plural name and id."""

    def __init__(self, resource: str) -> None:
        self._resource = resource
        self.ids: list[str] = []
        self.tables: Tables = {}
        self.told_at: datetime | None = None
        """The service's time when the list began."""

    def add(self, results: Sequence[Result], tables: Tables, at: datetime | None = None) -> None:
        """Take a page."""
        self.told_at = self.told_at or at
        self.ids += [str(result.id) for result in results if result.key == self._resource]
        for name, records in tables.items():
            self.tables.setdefault(name, {}).update(records)

    def rows(self, kind: type[RowT]) -> list[RowT]:
        """Return the records that were asked for, in order; raise SourceError for one that is not as the contract says."""
        return self.side(self._resource, self.ids, kind)

    def side(self, resource: str, ids: Sequence[Any], kind: type[RowT]) -> list[RowT]:
        """Return records by id; those that did not come are left out."""
        held = self.tables.get(resource, {})
        return [typed(held[str(each)], kind) for each in ids if str(each) in held]


class Client:
    """Reads. Every read is safe to repeat. Raises SourceError as the upstream does, and CONTRACT_MISMATCH for answers of another form."""

    def __init__(self, upstream: Upstream) -> None:
        self._upstream = upstream

    async def every(self, resource: str, parameters: Parameters, include: str = "") -> Listing:
        """Return a whole list: ceil(records / 200) calls. Records that change between pages start the read again, at most twice; then UNAVAILABLE."""
        for _ in range(_ATTEMPTS):
            listing, whole = await self._read(resource, parameters, include)
            if whole:
                return listing
        raise SourceError(FaultCode.UNAVAILABLE, "records changed between pages", retryable=True)

    async def _read(self, resource: str, parameters: Parameters, include: str) -> tuple[Listing, bool]:
        """Read page by page; tell whether the pages fit together: one count, and every record once."""
        listing, counts, page = Listing(resource), set[int](), 1
        while True:
            got = await self._page(resource, parameters, include, page)
            listing.add(got.results, got.tables, got.at)
            counts.add(got.total)
            if not got.results or len(listing.ids) >= got.total:
                break
            page += 1
        return listing, counts == {len(listing.ids)} and len(set(listing.ids)) == len(listing.ids)

    async def first(self, resource: str, parameters: Parameters, include: str) -> tuple[Listing, int]:
        """Return the first 200 records of a list, and how many there are: one call."""
        listing = Listing(resource)
        got = await self._page(resource, parameters, include, 1)
        listing.add(got.results, got.tables, got.at)
        return listing, got.total

    async def count(self, resource: str, parameters: Parameters = ()) -> int:
        """Return how many records a list has: one call for the smallest page."""
        return (await self._page(resource, parameters, "", 1, size=1)).total

    async def _page(self, resource: str, parameters: Parameters, include: str, page: int, *, size: int = PAGE) -> _Page:
        query = [*parameters, ("page", str(page)), ("per_page", str(size))]
        if include:
            query.append(("include", include))
        request = Request(method="GET", path=f"/api/v1/{resource}.json", operation=resource, query=query, safe=True)
        response = await self._upstream.fetch(request)
        body = decode(response.body, dict[str, Any])
        try:
            count = msgspec.convert(body.get("count"), int)
            results = msgspec.convert(body.get("results"), tuple[Result, ...])
            tables = msgspec.convert({name: body[name] for name in body if _is_table(name, body[name])}, Tables)
        except msgspec.ValidationError:
            raise SourceError(FaultCode.CONTRACT_MISMATCH, "the envelope") from None
        return _Page(count, results, tables, told_at(response.headers))


def typed(record: dict[str, Any], kind: type[RowT]) -> RowT:
    """Return a record as a struct; raise SourceError that names the place, never the value."""
    given = {name: value for name, value in record.items() if value is not None}
    try:
        return msgspec.convert(given, kind, strict=False)
    except msgspec.ValidationError as error:
        raise SourceError(FaultCode.CONTRACT_MISMATCH, str(error).rpartition(" - at ")[2] or kind.__name__) from None


def _is_table(name: str, value: Any) -> bool:
    return name not in {"count", "meta", "results"} and isinstance(value, dict)

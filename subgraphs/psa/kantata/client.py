"""The calls to one account: every list is one resource with filters, paged, with what it includes beside it."""

from collections.abc import Sequence
from typing import Any, Final, TypeVar

import msgspec

from gateway.canonical.fault import FaultCode
from gateway.errors import SourceError
from gateway.net.message import Request
from gateway.ports.connection import Upstream
from subgraphs.kit.decode import decode
from subgraphs.kit.overlapping import overlapping
from subgraphs.psa.kantata.wire import Result, Row, Tables

RowT = TypeVar("RowT", bound=Row)
Parameters = Sequence[tuple[str, str]]

PAGE: Final = 200
"""The most records of a page."""
_ORDER: Final = ("order", "created_at:asc")
"""An order that work on the records does not change."""


class Listing:
    """What a list gave: the ids in order, and all records by plural name and id."""

    def __init__(self, resource: str) -> None:
        self._resource = resource
        self.ids: list[str] = []
        self.tables: Tables = {}

    def take(self, results: Sequence[Result], tables: Tables) -> list[str]:
        """Keep the records of a page; return the ids of those that were asked for."""
        for name, records in tables.items():
            self.tables.setdefault(name, {}).update(records)
        return [str(result.id) for result in results if result.key == self._resource]

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
        """Return a whole list, whatever happens to it meanwhile: one call for up to 200 records, and one more per 199."""
        listing = Listing(resource)

        async def read(offset: int) -> tuple[Sequence[str], int]:
            count, results, tables = await self._page(resource, (*parameters, _ORDER), include, offset)
            return listing.take(results, tables), count

        listing.ids = await overlapping(read, str, PAGE)
        return listing

    async def first(self, resource: str, parameters: Parameters, include: str) -> tuple[Listing, int]:
        """Return the first 200 records of a list, and how many there are: one call."""
        listing = Listing(resource)
        count, results, tables = await self._page(resource, parameters, include, 0)
        listing.ids = listing.take(results, tables)
        return listing, count

    async def count(self, resource: str, parameters: Parameters = ()) -> int:
        """Return how many records a list has: one call for the smallest page."""
        count, _, _ = await self._page(resource, parameters, "", 0, size=1)
        return count

    async def _page(
        self, resource: str, parameters: Parameters, include: str, offset: int, *, size: int = PAGE
    ) -> tuple[int, Sequence[Result], Tables]:
        query = [*parameters, ("limit", str(size)), ("offset", str(offset))]
        if include:
            query.append(("include", include))
        request = Request(method="GET", path=f"/api/v1/{resource}.json", operation=resource, query=query, safe=True)
        body = decode((await self._upstream.fetch(request)).body, dict[str, Any])
        try:
            count = msgspec.convert(body.get("count"), int)
            results = msgspec.convert(body.get("results"), tuple[Result, ...])
            tables = msgspec.convert({name: body[name] for name in body if _is_table(name, body[name])}, Tables)
        except msgspec.ValidationError:
            raise SourceError(FaultCode.CONTRACT_MISMATCH, "the envelope") from None
        return count, results, tables


def typed(record: dict[str, Any], kind: type[RowT]) -> RowT:
    """Return a record as a struct; raise SourceError that names the place, never the value."""
    given = {name: value for name, value in record.items() if value is not None}
    try:
        return msgspec.convert(given, kind, strict=False)
    except msgspec.ValidationError as error:
        raise SourceError(FaultCode.CONTRACT_MISMATCH, str(error).rpartition(" - at ")[2] or kind.__name__) from None


def _is_table(name: str, value: Any) -> bool:
    return name not in {"count", "meta", "results"} and isinstance(value, dict)

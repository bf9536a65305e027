"""The calls to one account: every list is one resource with filters, paged, with what it includes beside it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple, TypeVar

import msgspec

from gateway.canonical.fault import FaultCode
from gateway.errors import SourceError
from gateway.net.message import Request
from gateway.ports.connection import Upstream
from subgraphs.kit.dates import told_at
from subgraphs.kit.decode import decode, typed
from subgraphs.kit.overlapping import overlapping
from subgraphs.psa.kantata.wire import Result, Row, Tables

RowT = TypeVar("RowT", bound=Row)
Parameters = Sequence[tuple[str, str]]

PAGE: Final = 200
"""The most records of a page."""
_ORDERS: Final[Mapping[str, str]] = {
    **dict.fromkeys(
        ("workspace_groups", "workspaces", "stories", "workspace_resources", "time_entries", "expenses"),
        "created_at:asc",
    ),
    "workspace_allocations": "updated_at:asc",
}
"""The documented order of a list that work on its records changes least; users, staffing demands and custom fields can be given none."""


class Page(NamedTuple):
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

    def take(self, page: Page) -> list[str]:
        """Keep the records of a page; return the ids of those that were asked for."""
        self.told_at = self.told_at or page.at
        for name, records in page.tables.items():
            self.tables.setdefault(name, {}).update(records)
        return [str(result.id) for result in page.results if result.key == self._resource]

    def join(self, other: "Listing") -> None:
        """Take all that another list of the resource gave."""
        self.ids += other.ids
        for name, records in other.tables.items():
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
        """Return a whole list, whatever happens to it meanwhile: one call for up to 200 records, and one more per 199."""
        listing = Listing(resource)
        order = [("order", _ORDERS[resource])] if resource in _ORDERS else []

        async def read(offset: int) -> tuple[Sequence[str], int]:
            page = await self._page(resource, (*parameters, *order), include, offset)
            return listing.take(page), page.total

        listing.ids = await overlapping(read, str, PAGE)
        return listing

    async def first(self, resource: str, parameters: Parameters, include: str) -> tuple[Listing, int]:
        """Return the first 200 records of a list, and how many there are: one call."""
        listing = Listing(resource)
        page = await self._page(resource, parameters, include, 0)
        listing.ids = listing.take(page)
        return listing, page.total

    async def count(self, resource: str, parameters: Parameters = ()) -> int:
        """Return how many records a list has: one call for the smallest page."""
        return (await self._page(resource, parameters, "", 0, size=1)).total

    async def _page(
        self, resource: str, parameters: Parameters, include: str, offset: int, *, size: int = PAGE
    ) -> Page:
        query = [*parameters, ("limit", str(size)), ("offset", str(offset))]
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
        return Page(count, results, tables, told_at(response.headers))


def _is_table(name: str, value: Any) -> bool:
    return name not in {"count", "meta", "results"} and isinstance(value, dict)

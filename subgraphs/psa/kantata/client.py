"""The calls to one account. Every list is one resource with filters and pages, and its included associations."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple, TypeVar

import msgspec

from gateway.canonical.fault import FaultCode
from gateway.errors import SourceError
from gateway.net.message import UpstreamRequest
from gateway.ports.connection import Upstream
from gateway.ports.unreadable import UnreadableRecord, report_unreadable
from subgraphs.kit.dates import parse_date_header
from subgraphs.kit.decoding import convert_rows, decode
from subgraphs.kit.overlap_paging import read_with_overlap
from subgraphs.kit.psa.kinds import Parameters
from subgraphs.psa.kantata.wire import RecordTables, Result, Row

RowT = TypeVar("RowT", bound=Row)

PAGE: Final = 200
"""The maximum number of records of a page."""
_ORDERS: Final[Mapping[str, str]] = {
    **dict.fromkeys(
        ("workspace_groups", "workspaces", "stories", "workspace_resources", "time_entries", "expenses"),
        "created_at:asc",
    ),
    "workspace_allocations": "updated_at:asc",
}
"""The documented order of a list that changes least while its records are edited.

Users, staffing demands and custom fields cannot be ordered.
"""


class Page(NamedTuple):
    """One answer: the number of all records, the page's records, all records by name and id, the service's time."""

    total: int
    results: Sequence[Result]
    tables: RecordTables
    at: datetime | None


class Listing:
    """The content of a list: its ids in order, and all records, included ones too, by plural name and id."""

    def __init__(self, resource: str) -> None:
        self._resource = resource
        self.ids: list[str] = []
        self.tables: RecordTables = {}
        self.read_at: datetime | None = None
        """The service's time when the read began."""

    def add_page(self, page: Page) -> list[str]:
        """Store the records of a page; return the ids of those that belong to the list."""
        self.read_at = self.read_at or page.at
        for name, records in page.tables.items():
            self.tables.setdefault(name, {}).update(records)
        return [str(result.id) for result in page.results if result.key == self._resource]

    def list_raw_rows(self) -> list[Mapping[str, Any]]:
        """Return the records of the list, in order, as the service sent them."""
        records = self.tables.get(self._resource, {})
        return [records[each] for each in self.ids if each in records]

    def parse_rows(self, row: type[RowT]) -> list[RowT]:
        """Return the rows of the list, in order, without those that cannot be read: they are reported."""
        records = self.tables.get(self._resource, {})
        listed = [each for each in self.ids if each in records]
        for each in listed:
            if not isinstance(records[each], dict):
                report_unreadable(UnreadableRecord(object=self._resource, id=each))
        objects = (records[each] for each in listed if isinstance(records[each], dict))
        return convert_rows(objects, row, self._resource)


class Client:
    """Reads lists; all reads are safe to repeat.

    Raises SourceError as the upstream does, and CONTRACT_MISMATCH for answers of another form.
    """

    def __init__(self, upstream: Upstream) -> None:
        self._upstream = upstream

    async def read_all(self, resource: str, parameters: Parameters, include: str = "") -> Listing:
        """Return a complete list, consistent under concurrent changes.

        Costs one call for up to 200 records and one more per 199.
        """
        listing = Listing(resource)
        order = [("order", _ORDERS[resource])] if resource in _ORDERS else []

        async def read(offset: int) -> tuple[Sequence[str], int]:
            page = await self._read_page(resource, (*parameters, *order), include, offset)
            return listing.add_page(page), page.total

        listing.ids = await read_with_overlap(read, str, PAGE)
        return listing

    async def read_first(self, resource: str, parameters: Parameters, include: str = "") -> tuple[Listing, int]:
        """Return the first 200 records of a list, and the number of all, in one call."""
        listing = Listing(resource)
        page = await self._read_page(resource, parameters, include, 0)
        listing.ids = listing.add_page(page)
        return listing, page.total

    async def count(self, resource: str) -> int:
        """Return the number of records of a list, in one call for the smallest page."""
        return (await self._read_page(resource, (), "", 0, size=1)).total

    async def _read_page(
        self, resource: str, parameters: Parameters, include: str, offset: int, *, size: int = PAGE
    ) -> Page:
        query = [*parameters, ("limit", str(size)), ("offset", str(offset))]
        if include:
            query.append(("include", include))
        request = UpstreamRequest(
            method="GET", path=f"/api/v1/{resource}.json", operation=resource, query=query, safe=True
        )
        response = await self._upstream.fetch(request)
        body = decode(response.body, dict[str, Any])
        try:
            count = msgspec.convert(body.get("count"), int)
            results = msgspec.convert(body.get("results"), tuple[Result, ...])
        except msgspec.ValidationError:
            raise SourceError(FaultCode.CONTRACT_MISMATCH, "the envelope") from None
        tables = {name: body[name] for name in body if _is_table(name, body[name])}
        return Page(count, results, tables, parse_date_header(response.headers))


def _is_table(name: str, value: Any) -> bool:
    return name not in {"count", "meta", "results"} and isinstance(value, dict)

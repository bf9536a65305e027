"""The calls to one organization: every list is one type of resource with filters, paged, with what it includes beside it."""

from collections.abc import Iterator, Sequence
from typing import Any, Final, TypeVar
from urllib.parse import parse_qs, urlsplit

from gateway.net.message import Request
from gateway.ports.connection import Upstream
from subgraphs.kit.decode import decode, typed
from subgraphs.kit.failures import mismatch
from subgraphs.psa.productive.wire import Document, Id, Identifier, Resource, Row

RowT = TypeVar("RowT", bound=Row)
Parameters = Sequence[tuple[str, str]]

PAGE: Final = 200
"""The most resources of a page."""
_MEDIA: Final = "application/vnd.api+json"
_CURSOR: Final = "page[after]"


class Listing:
    """What a list gave: the resources in order, and all that came with them."""

    def __init__(self) -> None:
        self._asked: dict[str, Resource] = {}
        self._known: dict[tuple[str, str], Resource] = {}

    def add(self, document: Document) -> None:
        """Take a page."""
        self._asked |= {str(resource.id): resource for resource in document.data}
        for resource in (*document.data, *document.included):
            self._known.setdefault((resource.type, str(resource.id)), resource)

    def __len__(self) -> int:
        return len(self._asked)

    def rows(self, kind: type[RowT]) -> list[RowT]:
        """Return the resources that were asked for, in order; raise SourceError for one that is not as the reference says."""
        return [_row(resource, kind) for resource in self._asked.values()]

    def one(self, resource: str, identifier: Id | None, kind: type[RowT]) -> RowT | None:
        """Return a resource that came with the list; None where it did not."""
        found = self._known.get((resource, str(identifier)))
        return None if found is None else _row(found, kind)

    def many(self, identifier: Id, resource: str, relationship: str, kind: type[RowT]) -> Iterator[RowT]:
        """Yield what a resource's relationship to many names, where it came with the list."""
        link = self._known[resource, str(identifier)].relationships.get(relationship)
        named = link.data if link is not None and isinstance(link.data, tuple) else ()
        for each in named:
            found = self._known.get((each.type, str(each.id)))
            if found is not None:
                yield _row(found, kind)


class Client:
    """Reads. Every read is safe to repeat. Raises SourceError as the upstream does, and CONTRACT_MISMATCH for answers of another form."""

    def __init__(self, upstream: Upstream, organization: str) -> None:
        self._upstream = upstream
        self._headers = {"accept": _MEDIA, "content-type": _MEDIA, "x-organization-id": organization}

    async def every(self, resource: str, parameters: Parameters, include: str = "") -> Listing:
        """Return a whole list: ceil(resources / 200) calls, one at least. Its cursors hold their place when resources come and go meanwhile."""
        listing, seen, cursor = Listing(), set[str](), ""
        while True:
            document = await self._page(resource, (*parameters, (_CURSOR, cursor)), include, PAGE)
            listing.add(document)
            if document.links.next is None:
                return listing
            seen.add(cursor)
            cursor = _cursor_of(document.links.next)
            if cursor in seen:
                raise mismatch(f"{resource}: a page that leads back to another")

    async def first(self, resource: str, parameters: Parameters, include: str) -> tuple[Listing, int]:
        """Return the first 200 resources of a sorted list, and how many there are: one call."""
        document = await self._page(resource, (*parameters, ("page[number]", "1")), include, PAGE)
        listing = Listing()
        listing.add(document)
        return listing, _count_of(document, resource)

    async def count(self, resource: str) -> int:
        """Return how many resources a list has: one call for the smallest page."""
        return _count_of(await self._page(resource, (("page[number]", "1"),), "", 1), resource)

    async def _page(self, resource: str, parameters: Parameters, include: str, size: int) -> Document:
        query = [*parameters, ("page[size]", str(size))]
        if include:
            query.append(("include", include))
        request = Request(
            method="GET", path=f"/api/v2/{resource}", operation=resource, query=query, headers=self._headers, safe=True
        )
        return decode((await self._upstream.fetch(request)).body, Document)


def _row(resource: Resource, kind: type[RowT]) -> RowT:
    named = {
        f"{name}_id": link.data.id for name, link in resource.relationships.items() if isinstance(link.data, Identifier)
    }
    given: dict[str, Any] = {**resource.attributes, **named, "id": resource.id}
    return typed(given, kind)


def _cursor_of(address: str) -> str:
    """Read the cursor out of the address of the next page: nothing else of an answer leads anywhere."""
    (cursor, *more) = parse_qs(urlsplit(address).query).get(_CURSOR, [""])
    if not cursor or more:
        raise mismatch("links.next without a cursor")
    return cursor


def _count_of(document: Document, resource: str) -> int:
    if document.meta.total_count is None:
        raise mismatch(f"{resource}: meta.total_count is missing")
    return document.meta.total_count

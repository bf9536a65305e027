"""The calls to one organization. Every list is one resource type with filters and pages, and its included resources."""

from collections.abc import Iterator, Mapping
from typing import Any, Final, TypeVar
from urllib.parse import parse_qs, urlsplit

from gateway.errors import SourceError
from gateway.net.message import UpstreamRequest
from gateway.ports.connection import Upstream
from gateway.ports.unreadable import UnreadableRecord, report_unreadable
from subgraphs.kit.decoding import convert_included, convert_row, decode
from subgraphs.kit.failures import build_mismatch
from subgraphs.kit.psa.kinds import Parameters
from subgraphs.psa.productive.recovery import recover_document
from subgraphs.psa.productive.wire import Document, Id, Identifier, Resource, Row

RowT = TypeVar("RowT", bound=Row)

PAGE: Final = 200
"""The maximum number of resources of a page."""
_MEDIA: Final = "application/vnd.api+json"
_CURSOR: Final = "page[after]"
_UNREADABLE: Final[list[str]] = []
"""A value that is no id."""


class Listing:
    """The content of a list: its resources in order, and the included ones."""

    def __init__(self) -> None:
        self._resources: dict[str, Resource] = {}
        self._index: dict[tuple[str, str], Resource] = {}

    def add(self, document: Document) -> None:
        """Add a page."""
        self._resources |= {str(resource.id): resource for resource in document.data}
        for resource in (*document.data, *document.included):
            self._index.setdefault((resource.type, str(resource.id)), resource)

    def __len__(self) -> int:
        return len(self._resources)

    def parse_rows(self, kind: type[RowT]) -> list[RowT]:
        """Return the rows of the list, in order, without those that cannot be read: they are reported."""
        rows = (_parse_row(each, kind) for each in self._resources.values())
        return [row for row in rows if row is not None]

    def list_raw_rows(self) -> list[Mapping[str, Any]]:
        """Return the attributes of the list's resources, in order, as the service sent them."""
        return [resource.attributes or {} for resource in self._resources.values()]

    def find(self, resource: str, identifier: Id | None, kind: type[RowT]) -> RowT | None:
        """Return a resource of the list or an included one, None if it is neither.

        Raises SourceError(CONTRACT_MISMATCH) for one that cannot be read.
        """
        found = self._index.get((resource, str(identifier)))
        return None if found is None else convert_included(_collect_values(found), kind, resource)

    def find_related(self, identifier: Id, resource: str, relationship: str, kind: type[RowT]) -> Iterator[RowT]:
        """Yield the included resources of a to-many relationship."""
        relationships = self._index[resource, str(identifier)].relationships
        link = relationships.get(relationship)
        if link is None and relationship in relationships:
            raise build_mismatch(f"{resource}: {relationship}")
        identifiers = link.data if link is not None and isinstance(link.data, tuple) else ()
        for each in identifiers:
            found = self._index.get((each.type, str(each.id)))
            if found is not None:
                yield convert_included(_collect_values(found), kind, each.type)


class Client:
    """Reads lists; all reads are safe to repeat.

    Raises SourceError as the upstream does, and CONTRACT_MISMATCH for answers of another form.
    """

    def __init__(self, upstream: Upstream, organization: str) -> None:
        self._upstream = upstream
        self._headers = {"accept": _MEDIA, "content-type": _MEDIA, "x-organization-id": organization}

    async def read_all(self, resource: str, parameters: Parameters, include: str = "") -> Listing:
        """Return a complete list in ceil(resources / 200) calls, one at least.

        Cursors keep their position when resources are added or removed meanwhile.
        """
        listing, seen, cursor = Listing(), set[str](), ""
        while True:
            document = await self._read_page(resource, (*parameters, (_CURSOR, cursor)), include, PAGE)
            listing.add(document)
            if document.links.next is None:
                return listing
            seen.add(cursor)
            cursor = _parse_cursor(document.links.next)
            if cursor in seen:
                raise build_mismatch(f"{resource}: the cursor of the next page repeats")

    async def read_first(self, resource: str, parameters: Parameters, include: str = "") -> tuple[Listing, int]:
        """Return the first 200 resources of a sorted list, and the number of all, in one call."""
        document = await self._read_page(resource, (*parameters, ("page[number]", "1")), include, PAGE)
        listing = Listing()
        listing.add(document)
        return listing, _get_count(document, resource)

    async def count(self, resource: str) -> int:
        """Return the number of resources of a list, in one call for the smallest page."""
        return _get_count(await self._read_page(resource, (("page[number]", "1"),), "", 1), resource)

    async def _read_page(self, resource: str, parameters: Parameters, include: str, size: int) -> Document:
        query = [*parameters, ("page[size]", str(size))]
        if include:
            query.append(("include", include))
        request = UpstreamRequest(
            method="GET", path=f"/api/v2/{resource}", operation=resource, query=query, headers=self._headers, safe=True
        )
        body = (await self._upstream.fetch(request)).body
        try:
            return decode(body, Document)
        except SourceError:
            return recover_document(body, resource)


def _parse_row(resource: Resource, kind: type[RowT]) -> RowT | None:
    if resource.attributes is None:
        report_unreadable(UnreadableRecord(object=resource.type, id=str(resource.id), field="attributes"))
        return None
    return convert_row(_collect_values(resource), kind, resource.type)


def _collect_values(resource: Resource) -> dict[str, Any]:
    """Return a resource's attributes and the ids of its relationships; an unreadable relationship has a wrong value."""
    if resource.attributes is None:
        raise build_mismatch(f"{resource.type}: attributes")
    references: dict[str, Any] = {}
    for name, link in resource.relationships.items():
        if link is None:
            references[f"{name}_id"] = _UNREADABLE
        elif isinstance(link.data, Identifier):
            references[f"{name}_id"] = link.data.id
    return {**resource.attributes, **references, "id": resource.id}


def _parse_cursor(address: str) -> str:
    """Return the cursor of the next page's URL. The rest of the URL is not used: it comes from the answer."""
    (cursor, *more) = parse_qs(urlsplit(address).query).get(_CURSOR, [""])
    if not cursor or more:
        raise build_mismatch("links.next without a cursor")
    return cursor


def _get_count(document: Document, resource: str) -> int:
    if document.meta.total_count is None:
        raise build_mismatch(f"{resource}: meta.total_count is missing")
    return document.meta.total_count

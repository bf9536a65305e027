"""Lists and single resources of one organization: filters, sorting, both kinds of pages, and included resources.

As the vendor's guides say, a page has 30 rows by default and at most 200, cursors exclude sorting and page numbers, a
relationship that is not included has no data, and unknown parameters are errors. Not in the guides: the titles of the
errors for an unknown `include` and for cursors, which are invented, and the links of numbered pages, which follow
existing clients.
"""

import base64
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from subgraphs.kit.twin.table_store import StoredRow, TableStore
from subgraphs.psa.productive.twin.conditions import select_rows
from subgraphs.psa.productive.twin.refusals import RefusalError
from subgraphs.psa.productive.twin.resources import TYPES
from subgraphs.psa.productive.twin.settings import TwinSettings

PAGE, MAX_PAGE = 30, 200
_AFTER, _NUMBER, _SIZE = "page[after]", "page[number]", "page[size]"

Query = Mapping[str, str]


class QueryService:
    """The resources of one organization."""

    def __init__(self, tables: TableStore, settings: TwinSettings) -> None:
        self._tables = tables
        self._settings = settings

    def list_resources(self, resource: str, query: Query, address: str) -> dict[str, Any]:
        """Return a page of a resource type; `address` is the URL of the list."""
        self._require_permission(resource)
        rows = select_rows(self._tables, resource, query)
        size = min(_parse_positive(query, _SIZE, PAGE), MAX_PAGE)
        page = _build_cursor_page if _AFTER in query else _build_numbered_page
        shown, around = page(resource, _sort_rows(resource, rows, query.get("sort")), query, size, address)
        return {**self._build_document(resource, shown, query), **around}

    def show_resource(self, resource: str, identifier: str, query: Query) -> dict[str, Any]:
        """Return one resource."""
        self._require_permission(resource)
        row = self._tables.get_row(resource, identifier)
        if row is None:
            raise RefusalError(404)
        document = self._build_document(resource, [row], query)
        (data,) = document.pop("data")
        return {"data": data, **document}

    def _require_permission(self, resource: str) -> None:
        if resource not in TYPES:
            raise RefusalError(404)
        if resource in self._settings.denied:
            raise RefusalError(403)

    def _build_document(self, resource: str, rows: Sequence[StoredRow], query: Query) -> dict[str, Any]:
        included = _parse_include(query.get("include", ""))
        # JSON:API: a resource that is in the data is not included as well.
        shown = {(resource, row["id"]): dict[str, Any]() for row in rows}
        beside = dict(shown)
        data = [self._build_resource(resource, row, included, beside) for row in rows]
        others = [each for key, each in beside.items() if key not in shown]
        return {"data": data, **({"included": others} if included else {})}

    def _build_resource(
        self, resource: str, row: StoredRow, included: Mapping[str, Any], beside: dict[tuple[str, str], dict[str, Any]]
    ) -> dict[str, Any]:
        links = TYPES[resource].links
        if included.keys() - links.keys():
            unknown = ", ".join(sorted(included.keys() - links.keys()))
            raise RefusalError(400, "Unsupported Include", f"{unknown} is not supported on this endpoint")
        relationships: dict[str, Any] = {
            "organization": _build_relationship("organizations", self._settings.organization)
        }
        for name, type_ in links.items():
            held = row["links"].get(name)
            relationships[name] = (
                {"meta": {"included": False}} if name not in included else _build_relationship(type_, held)
            )
            for identifier in _list_ids(held) if name in included else ():
                self._add_included(type_, identifier, included[name], beside)
        return {"id": row["id"], "type": resource, "attributes": row["attributes"], "relationships": relationships}

    def _add_included(
        self, type_: str, identifier: str, included: Mapping[str, Any], beside: dict[tuple[str, str], dict[str, Any]]
    ) -> None:
        row = self._tables.get_row(type_, identifier)
        if row is not None and (type_, identifier) not in beside:
            beside[type_, identifier] = {}
            beside[type_, identifier] = self._build_resource(type_, row, included, beside)


def _sort_rows(resource: str, rows: Sequence[StoredRow], sort: str | None) -> list[StoredRow]:
    if sort is None:
        return list(rows)
    name = sort.removeprefix("-")
    if name not in TYPES[resource].sorts:
        raise RefusalError(400, "Unsupported Sort", f"Sort '{name}' is not supported on this endpoint")
    # Rows with equal values are not ordered by id.
    mixed = sorted(rows, key=lambda row: row["id"][::-1])
    return sorted(mixed, key=lambda row: str(row["attributes"].get(name, "")), reverse=sort.startswith("-"))


def _build_numbered_page(
    _resource: str, rows: Sequence[StoredRow], query: Query, size: int, address: str
) -> tuple[Sequence[StoredRow], dict[str, Any]]:
    number = _parse_positive(query, _NUMBER, 1)
    pages = -(-len(rows) // size)
    meta = {"current_page": number, "total_pages": pages, "total_count": len(rows)}
    named = {"first": 1, "last": max(pages, 1), **({"next": number + 1} if number < pages else {})}
    links = {name: f"{address}?page%5Bnumber%5D={page}&page%5Bsize%5D={size}" for name, page in named.items()}
    shown = rows[(number - 1) * size : number * size]
    return shown, {"meta": {**meta, "page_size": size, "max_page_size": MAX_PAGE}, "links": links}


def _build_cursor_page(
    resource: str, rows: Sequence[StoredRow], query: Query, size: int, address: str
) -> tuple[Sequence[StoredRow], dict[str, Any]]:
    if _NUMBER in query:
        raise RefusalError(400, "keyset_conflict")
    if "sort" in query:
        raise RefusalError(400, "keyset_unsupported_sort")
    after = _parse_cursor(resource, query[_AFTER])
    left = [row for row in rows if int(row["id"]) > after]
    shown, links = left[:size], {"first": f"{address}?page%5Bafter%5D=&page%5Bsize%5D={size}"}
    if len(left) > size:
        cursor = base64.urlsafe_b64encode(f"{resource}:{shown[-1]['id']}".encode()).decode().rstrip("=")
        links["next"] = f"{address}?page%5Bafter%5D={cursor}&page%5Bsize%5D={size}"
    return shown, {"meta": {"page_size": size, "max_page_size": MAX_PAGE}, "links": links}


def _parse_cursor(resource: str, cursor: str) -> int:
    if not cursor:
        return 0
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
    except ValueError:
        text = ""
    of, _, identifier = text.partition(":")
    if of != resource or not identifier.isdigit():
        raise RefusalError(400, "keyset_invalid_cursor")
    return int(identifier)


def _parse_include(include: str) -> dict[str, Any]:
    """Parse dotted paths into a tree of included relationships."""
    tree: dict[str, Any] = {}
    for path in filter(None, include.split(",")):
        at = tree
        for name in path.split("."):
            at = at.setdefault(name, {})
    return tree


def _build_relationship(type_: str, held: Any) -> dict[str, Any]:
    if isinstance(held, list):
        return {"data": [{"type": type_, "id": each} for each in held]}
    return {"data": None if held is None else {"type": type_, "id": held}}


def _list_ids(held: Any) -> Iterator[str]:
    if held is not None:
        yield from held if isinstance(held, list) else [held]


def _parse_positive(query: Query, name: str, usual: int) -> int:
    try:
        number = int(query.get(name, usual))
    except ValueError:
        number = 0
    if number < 1:
        raise RefusalError(400, "Unsupported Filter Value", f"{name} is not supported on this endpoint")
    return number

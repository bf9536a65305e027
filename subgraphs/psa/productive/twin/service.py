"""Answers lists and single resources of one organization: filters, sorting, both ways of paging, and what is included.

Misbehaves as the vendor's guides say: pages have 30 rows unless asked and never more than 200, cursors bear no sort and no page number, what is not included
names nothing, and anything unknown is refused. Two titles are not in the guides and are made up: of an unknown `include`, and of cursors. Nor do they speak of
the links of numbered pages: these are as clients in use follow them.
"""

import base64
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from subgraphs.kit.tables import Row, Tables
from subgraphs.psa.productive.twin.conditions import chosen
from subgraphs.psa.productive.twin.refusals import RefusalError
from subgraphs.psa.productive.twin.resources import TYPES
from subgraphs.psa.productive.twin.settings import TwinSettings

PAGE, MOST = 30, 200
_AFTER, _NUMBER, _SIZE = "page[after]", "page[number]", "page[size]"

Query = Mapping[str, str]


class Service:
    """The resources of one organization."""

    def __init__(self, tables: Tables, settings: TwinSettings) -> None:
        self._tables = tables
        self._settings = settings

    def listed(self, resource: str, query: Query, address: str) -> dict[str, Any]:
        """Return a page of a type of resource; `address` is that of the list."""
        self._permit(resource)
        rows = chosen(self._tables, resource, query)
        size = min(_whole(query, _SIZE, PAGE), MOST)
        page = _cursored if _AFTER in query else _numbered
        shown, around = page(resource, _sorted(resource, rows, query.get("sort")), query, size, address)
        return {**self._document(resource, shown, query), **around}

    def shown(self, resource: str, identifier: str, query: Query) -> dict[str, Any]:
        """Return one resource."""
        self._permit(resource)
        row = self._tables.row(resource, identifier)
        if row is None:
            raise RefusalError(404)
        document = self._document(resource, [row], query)
        (data,) = document.pop("data")
        return {"data": data, **document}

    def _permit(self, resource: str) -> None:
        if resource not in TYPES:
            raise RefusalError(404)
        if resource in self._settings.denied:
            raise RefusalError(403)

    def _document(self, resource: str, rows: Sequence[Row], query: Query) -> dict[str, Any]:
        included = _tree(query.get("include", ""))
        beside: dict[tuple[str, str], dict[str, Any]] = {}
        data = [self._told(resource, row, included, beside) for row in rows]
        return {"data": data, **({"included": list(beside.values())} if included else {})}

    def _told(
        self, resource: str, row: Row, included: Mapping[str, Any], beside: dict[tuple[str, str], dict[str, Any]]
    ) -> dict[str, Any]:
        links = TYPES[resource].links
        if included.keys() - links.keys():
            unknown = ", ".join(sorted(included.keys() - links.keys()))
            raise RefusalError(400, "Unsupported Include", f"{unknown} is not supported on this endpoint")
        relationships: dict[str, Any] = {"organization": _link("organizations", self._settings.organization)}
        for name, type_ in links.items():
            held = row["links"].get(name)
            relationships[name] = {"meta": {"included": False}} if name not in included else _link(type_, held)
            for identifier in _ids(held) if name in included else ():
                self._beside(type_, identifier, included[name], beside)
        return {"id": row["id"], "type": resource, "attributes": row["attributes"], "relationships": relationships}

    def _beside(
        self, type_: str, identifier: str, included: Mapping[str, Any], beside: dict[tuple[str, str], dict[str, Any]]
    ) -> None:
        row = self._tables.row(type_, identifier)
        if row is not None and (type_, identifier) not in beside:
            beside[type_, identifier] = {}
            beside[type_, identifier] = self._told(type_, row, included, beside)


def _sorted(resource: str, rows: Sequence[Row], sort: str | None) -> list[Row]:
    if sort is None:
        return list(rows)
    name = sort.removeprefix("-")
    if name not in TYPES[resource].sorts:
        raise RefusalError(400, "Unsupported Sort", f"Sort '{name}' is not supported on this endpoint")
    # Rows of one value come in no order of their ids.
    mixed = sorted(rows, key=lambda row: row["id"][::-1])
    return sorted(mixed, key=lambda row: str(row["attributes"].get(name, "")), reverse=sort.startswith("-"))


def _numbered(
    _resource: str, rows: Sequence[Row], query: Query, size: int, address: str
) -> tuple[Sequence[Row], dict[str, Any]]:
    number = _whole(query, _NUMBER, 1)
    pages = -(-len(rows) // size)
    meta = {"current_page": number, "total_pages": pages, "total_count": len(rows)}
    named = {"first": 1, "last": max(pages, 1), **({"next": number + 1} if number < pages else {})}
    links = {name: f"{address}?page%5Bnumber%5D={page}&page%5Bsize%5D={size}" for name, page in named.items()}
    shown = rows[(number - 1) * size : number * size]
    return shown, {"meta": {**meta, "page_size": size, "max_page_size": MOST}, "links": links}


def _cursored(
    resource: str, rows: Sequence[Row], query: Query, size: int, address: str
) -> tuple[Sequence[Row], dict[str, Any]]:
    if _NUMBER in query:
        raise RefusalError(400, "keyset_conflict")
    if "sort" in query:
        raise RefusalError(400, "keyset_unsupported_sort")
    after = _place(resource, query[_AFTER])
    left = [row for row in rows if int(row["id"]) > after]
    shown, links = left[:size], {"first": f"{address}?page%5Bafter%5D=&page%5Bsize%5D={size}"}
    if len(left) > size:
        cursor = base64.urlsafe_b64encode(f"{resource}:{shown[-1]['id']}".encode()).decode().rstrip("=")
        links["next"] = f"{address}?page%5Bafter%5D={cursor}&page%5Bsize%5D={size}"
    return shown, {"meta": {"page_size": size, "max_page_size": MOST}, "links": links}


def _place(resource: str, cursor: str) -> int:
    if not cursor:
        return 0
    try:
        told = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
    except ValueError:
        told = ""
    of, _, identifier = told.partition(":")
    if of != resource or not identifier.isdigit():
        raise RefusalError(400, "keyset_invalid_cursor")
    return int(identifier)


def _tree(include: str) -> dict[str, Any]:
    """Turn dotted paths into what is included of what."""
    tree: dict[str, Any] = {}
    for path in filter(None, include.split(",")):
        at = tree
        for name in path.split("."):
            at = at.setdefault(name, {})
    return tree


def _link(type_: str, held: Any) -> dict[str, Any]:
    if isinstance(held, list):
        return {"data": [{"type": type_, "id": each} for each in held]}
    return {"data": None if held is None else {"type": type_, "id": held}}


def _ids(held: Any) -> Iterator[str]:
    if held is not None:
        yield from held if isinstance(held, list) else [held]


def _whole(query: Query, name: str, usual: int) -> int:
    try:
        number = int(query.get(name, usual))
    except ValueError:
        number = 0
    if number < 1:
        raise RefusalError(400, "Unsupported Filter Value", f"{name} is not supported on this endpoint")
    return number

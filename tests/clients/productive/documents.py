"""Checks requests and answers of an organization against JSON:API and the vendor's documents (`schema.json`)."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self

from tests.clients.schema_verifier import RecordedExchange
from tests.clients.schemas import Schema

SCHEMA: Final = Schema(Path(__file__).with_name("schema.json"))
RESOURCES: Final = SCHEMA.resources
LISTS: Final = frozenset(name for name, told in RESOURCES.items() if told.get("x-list"))
MEDIA: Final = "application/vnd.api+json"
_HEADERS: Final = {"accept": MEDIA, "content-type": MEDIA}
_CREDENTIALS: Final = ("x-auth-token", "x-organization-id")
_MAX_ROWS: Final = 200
_NUMBER, _AFTER, _SIZE = "page[number]", "page[after]", "page[size]"
_FILTER: Final = re.compile(r"filter\[\w+\](\[\w+\]){0,2}")
_ALWAYS: Final = "organization"
"""The relationship that all resources have, regardless of includes."""

Tree = Mapping[str, Any]
Row = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Exchange:
    """A request for a list, and its answer. Headers are in lower case."""

    resource: str
    query: Mapping[str, str]
    sent: Mapping[str, str]
    status: int
    media: str
    body: Any

    @classmethod
    def from_passed(cls, passed: RecordedExchange) -> Self:
        """Build an exchange from a recorded request and answer."""
        return cls(
            resource=passed.resource,
            query=passed.query,
            sent=passed.sent,
            status=passed.status,
            media=passed.answered.get("content-type", ""),
            body=passed.body,
        )

    def list_objections(self) -> list[str]:
        """Return all violations of the documents."""
        if self.resource not in LISTS:
            return [f"{self.resource} is no list of the vendor"]
        if self.status >= 400:
            return list(SCHEMA.iterate_violations("errors", self.body))
        return [f"{self.resource}: {each}" for each in (*self._check_request(), *self._check_answer())]

    def _check_request(self) -> Iterator[str]:
        yield from (f"{name} is not {value}" for name, value in _HEADERS.items() if self.sent.get(name) != value)
        yield from (f"no {name}" for name in _CREDENTIALS if not self.sent.get(name))
        for name, value in self.query.items():
            if name in {_NUMBER, _SIZE}:
                if not value.isdecimal() or int(value) < 1 or (name == _SIZE and int(value) > _MAX_ROWS):
                    yield f"{name}={value}"
            elif name not in {"include", "sort", _AFTER} and not _FILTER.fullmatch(name):
                yield f"no parameter {name}"
        yield from (f"{_AFTER} with {name}" for name in (_NUMBER, "sort") if {_AFTER, name} <= self.query.keys())
        yield from _check_include(self.resource, _parse_include(self.query.get("include", "")))

    def _check_answer(self) -> Iterator[str]:
        if self.media != MEDIA:
            yield f"answered as {self.media}"
        broken = list(SCHEMA.iterate_violations("document", self.body))
        yield from broken
        if broken:
            return
        yield from SCHEMA.iterate_violations("cursors" if _AFTER in self.query else "numbered pages", self.body["meta"])
        yield from (f"a result of {row['type']}" for row in self.body["data"] if row["type"] != self.resource)
        yield from self._check_compound()
        for row in self.body["data"]:
            yield from _check_row(row)
            yield from _check_relationships(row, _parse_include(self.query.get("include", "")))
        for row in self.body.get("included", ()):
            yield from _check_row(row)

    def _check_compound(self) -> Iterator[str]:
        """Yield duplicates, and included resources without a link to them (JSON:API)."""
        beside = [(row["type"], row["id"]) for row in self.body.get("included", ())]
        together = [*((row["type"], row["id"]) for row in self.body["data"]), *beside]
        yield from sorted({f"{type_} twice" for type_, each in together if together.count((type_, each)) > 1})
        rows = (*self.body["data"], *self.body.get("included", ()))
        named = {(each["type"], each["id"]) for row in rows for each in _list_targets(row)}
        yield from sorted({f"{type_} that nothing names" for type_, each in set(beside) - named})
        if beside and "include" not in self.query:
            yield "included without include"


def _parse_include(include: str) -> Tree:
    """Parse dotted paths into a tree of included relationships."""
    tree: dict[str, Any] = {}
    for path in filter(None, include.split(",")):
        at = tree
        for name in path.split("."):
            at = at.setdefault(name, {})
    return tree


def _check_include(resource: str, tree: Tree) -> Iterator[str]:
    for name, below in tree.items():
        leads = RESOURCES[resource]["x-links"].get(name)
        if leads is None:
            yield f"no include {name} of {resource}"
        else:
            yield from _check_include(leads, below)


def _check_row(row: Row) -> Iterator[str]:
    """Yield undocumented attributes and relationships, and wrong targets."""
    known = RESOURCES.get(row["type"], {})
    if "x-links" not in known:
        yield f"no resource {row['type']}"
        return
    yield from SCHEMA.iterate_violations(row["type"], row.get("attributes", {}))
    for name, link in row.get("relationships", {}).items():
        if name == _ALWAYS:
            continue
        if name not in known["x-links"]:
            yield f"{row['type']}: no relationship {name}"
        elif "data" in link:
            if isinstance(link["data"], list) is not (name in known.get("x-many", ())):
                yield f"{row['type']}.{name}: of the wrong number"
            yield from (
                f"{row['type']}.{name} leads to {each['type']}"
                for each in _list_identifiers(link)
                if each["type"] != known["x-links"][name]
            )


def _check_relationships(row: Row, tree: Tree) -> Iterator[str]:
    """Yield relationships with data that were not included, and included ones without data."""
    for name, link in row.get("relationships", {}).items():
        if name != _ALWAYS and ("data" in link) is not (name in tree):
            yield f"{row['type']}.{name} {'without' if 'data' in link else 'in spite of'} include={name}"
    yield from (f"{row['type']} lacks {name}" for name in tree.keys() - row.get("relationships", {}).keys())


def _list_targets(row: Row) -> Iterator[Row]:
    for link in row.get("relationships", {}).values():
        yield from _list_identifiers(link)


def _list_identifiers(link: Row) -> Iterator[Row]:
    held = link.get("data")
    if held is not None:
        yield from held if isinstance(held, list) else [held]

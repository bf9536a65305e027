"""Holds what an organization answers, and what it is asked, against JSON:API and the vendor's documents, transcribed in `schema.json`."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self

from tests.clients.reading import Passed
from tests.clients.schemas import Schema

SCHEMA: Final = Schema(Path(__file__).with_name("schema.json"))
RESOURCES: Final = SCHEMA.resources
LISTS: Final = frozenset(name for name, told in RESOURCES.items() if told.get("x-list"))
MEDIA: Final = "application/vnd.api+json"
_HEADERS: Final = {"accept": MEDIA, "content-type": MEDIA}
_CREDENTIALS: Final = ("x-auth-token", "x-organization-id")
_MOST_ROWS: Final = 200
_NUMBER, _AFTER, _SIZE = "page[number]", "page[after]", "page[size]"
_FILTER: Final = re.compile(r"filter\[\w+\](\[\w+\]){0,2}")
_ALWAYS: Final = "organization"
"""The relationship that every resource names, whatever is included."""

Tree = Mapping[str, Any]
Row = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Exchange:
    """One list that was asked for, and the answer. Headers are in lower case."""

    resource: str
    query: Mapping[str, str]
    sent: Mapping[str, str]
    status: int
    media: str
    body: Any

    @classmethod
    def of(cls, passed: Passed) -> Self:
        """See what went by as a list of the vendor's."""
        return cls(
            resource=passed.resource,
            query=passed.query,
            sent=passed.sent,
            status=passed.status,
            media=passed.answered.get("content-type", ""),
            body=passed.body,
        )

    def objections(self) -> list[str]:
        """Return what the documents do not know, or know otherwise, in words."""
        if self.resource not in LISTS:
            return [f"{self.resource} is no list of the vendor's"]
        if self.status >= 400:
            return list(SCHEMA.broken("errors", self.body))
        return [f"{self.resource}: {each}" for each in (*self._asked(), *self._answered())]

    def _asked(self) -> Iterator[str]:
        yield from (f"{name} is not {value}" for name, value in _HEADERS.items() if self.sent.get(name) != value)
        yield from (f"no {name}" for name in _CREDENTIALS if not self.sent.get(name))
        for name, value in self.query.items():
            if name in {_NUMBER, _SIZE}:
                if not value.isdecimal() or int(value) < 1 or (name == _SIZE and int(value) > _MOST_ROWS):
                    yield f"{name}={value}"
            elif name not in {"include", "sort", _AFTER} and not _FILTER.fullmatch(name):
                yield f"no parameter {name}"
        yield from (f"{_AFTER} with {name}" for name in (_NUMBER, "sort") if {_AFTER, name} <= self.query.keys())
        yield from _unknown(self.resource, _tree(self.query.get("include", "")))

    def _answered(self) -> Iterator[str]:
        if self.media != MEDIA:
            yield f"answered as {self.media}"
        broken = list(SCHEMA.broken("document", self.body))
        yield from broken
        if broken:
            return
        yield from SCHEMA.broken("cursors" if _AFTER in self.query else "numbered pages", self.body["meta"])
        yield from (f"a result of {row['type']}" for row in self.body["data"] if row["type"] != self.resource)
        yield from self._compound()
        for row in self.body["data"]:
            yield from _row(row)
            yield from _links(row, _tree(self.query.get("include", "")))
        for row in self.body.get("included", ()):
            yield from _row(row)

    def _compound(self) -> Iterator[str]:
        """JSON:API: nothing twice, and nothing comes along that nothing else names."""
        beside = [(row["type"], row["id"]) for row in self.body.get("included", ())]
        together = [*((row["type"], row["id"]) for row in self.body["data"]), *beside]
        yield from sorted({f"{type_} twice" for type_, each in together if together.count((type_, each)) > 1})
        rows = (*self.body["data"], *self.body.get("included", ()))
        named = {(each["type"], each["id"]) for row in rows for each in _named(row)}
        yield from sorted({f"{type_} that nothing names" for type_, each in set(beside) - named})
        if beside and "include" not in self.query:
            yield "included without include"


def _tree(include: str) -> Tree:
    """Turn dotted paths into what is included of what."""
    tree: dict[str, Any] = {}
    for path in filter(None, include.split(",")):
        at = tree
        for name in path.split("."):
            at = at.setdefault(name, {})
    return tree


def _unknown(resource: str, tree: Tree) -> Iterator[str]:
    for name, below in tree.items():
        leads = RESOURCES[resource]["x-links"].get(name)
        if leads is None:
            yield f"no include {name} of {resource}"
        else:
            yield from _unknown(leads, below)


def _row(row: Row) -> Iterator[str]:
    """A resource has the attributes and relationships of its type, and these lead where they should."""
    known = RESOURCES.get(row["type"], {})
    if "x-links" not in known:
        yield f"no resource {row['type']}"
        return
    yield from SCHEMA.broken(row["type"], row.get("attributes", {}))
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
                for each in _identifiers(link)
                if each["type"] != known["x-links"][name]
            )


def _links(row: Row, tree: Tree) -> Iterator[str]:
    """What was included is told, if only as nothing; what was not says so and names nothing."""
    for name, link in row.get("relationships", {}).items():
        if name != _ALWAYS and ("data" in link) is not (name in tree):
            yield f"{row['type']}.{name} {'without' if 'data' in link else 'in spite of'} include={name}"
    yield from (f"{row['type']} lacks {name}" for name in tree.keys() - row.get("relationships", {}).keys())


def _named(row: Row) -> Iterator[Row]:
    for link in row.get("relationships", {}).values():
        yield from _identifiers(link)


def _identifiers(link: Row) -> Iterator[Row]:
    held = link.get("data")
    if held is not None:
        yield from held if isinstance(held, list) else [held]

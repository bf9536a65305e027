"""Checks requests and answers of an account against the vendor's documents, transcribed in `schema.json`."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self

from tests.clients.schema_verifier import RecordedExchange
from tests.clients.schemas import INSTANT, Schema

SCHEMA: Final = Schema(Path(__file__).with_name("schema.json"))
RESOURCES: Final = SCHEMA.resources
LISTS: Final = frozenset(name for name, told in RESOURCES.items() if "x-filters" in told)
_MAX_ROWS, _MAX_REFERENCES = 200, 200
_DAY = r"(?:\d{4}-\d\d-\d\d)?"
_FORMS: Final[Mapping[str, Callable[[str], object]]] = {
    "boolean": lambda text: text in {"true", "false"},
    "integer": str.isdecimal,
    "integers": re.compile(r"\d+(?:,\d+)*").fullmatch,
    "page size": lambda text: text.isdecimal() and int(text) <= _MAX_ROWS,
    "string": bool,
    "event types": re.compile(r"[a-z_]+:\w+(?:,[a-z_]+:\w+)*").fullmatch,
    "words": re.compile(r"\w+(?:,\w+)*").fullmatch,
    "references": lambda text: text.count(",") < _MAX_REFERENCES,
    "date-time": re.compile(INSTANT).fullmatch,
    "days": re.compile(f"{_DAY}:{_DAY}").fullmatch,
}


@dataclass(frozen=True)
class Exchange:
    """A request for a list, and its answer."""

    resource: str
    query: Mapping[str, str]
    status: int
    body: Any

    @classmethod
    def from_passed(cls, passed: RecordedExchange) -> Self:
        """Build an exchange from a recorded request and answer."""
        return cls(passed.resource, passed.query, passed.status, passed.body)

    def list_objections(self) -> list[str]:
        """Return all violations of the vendor's documents."""
        if self.resource not in LISTS:
            return [f"{self.resource} is no list of the vendor"]
        if self.status >= 400:
            return list(SCHEMA.iterate_violations("errors", self.body))
        return [f"{self.resource}: {each}" for each in (*self._check_request(), *self._check_answer())]

    def _check_request(self) -> Iterator[str]:
        told = RESOURCES[self.resource]
        filters = {**told["x-filters"], "order": "order"}
        for name, value in self.query.items():
            form = filters.get(name)
            if form is None:
                yield f"no parameter {name}"
            elif form == "order":
                column, _, direction = value.partition(":")
                if column not in told.get("x-orders", ()) or direction not in {"", "asc", "desc"}:
                    yield f"no order {value}"
            elif not _FORMS[form](value):
                yield f"{name}={value} is no {form}"
        yield from (
            f"no include {name}" for name in self.included - set(told["x-includes"]) - _list_client_includes(told)
        )
        yield from (f"no optional field {name}" for name in self.optional - set(told.get("x-optional-fields", ())))

    def _check_answer(self) -> Iterator[str]:
        yield from SCHEMA.iterate_violations("envelope", self.body)
        asked_for = {result["id"] for result in self.body["results"]}
        yield from (f"a result of {each['key']}" for each in self.body["results"] if each["key"] != self.resource)
        for resource, rows in self.body.items():
            if resource in {"count", "meta", "results"}:
                continue
            if resource not in RESOURCES:
                yield f"no resource {resource}"
                continue
            for identifier, row in rows.items():
                yield from SCHEMA.iterate_violations(resource, row)
                mine = resource == self.resource and identifier in asked_for
                yield from self._check_gated_fields(resource, row, mine=mine)

    def _check_gated_fields(self, resource: str, row: Mapping[str, Any], *, mine: bool) -> Iterator[str]:
        """Yield fields that were neither included nor requested by name; included records have no such fields."""
        for name, told in RESOURCES[resource]["properties"].items():
            if name not in row:
                continue
            if "x-include" in told and not (mine and told["x-include"] in self.included):
                yield f"{resource}.{name} without include={told['x-include']}"
            if told.get("x-optional-field") and not (mine and name in self.optional):
                yield f"{resource}.{name} without optional_fields={name}"

    @property
    def included(self) -> set[str]:
        """The requested associations."""
        return set(filter(None, self.query.get("include", "").split(",")))

    @property
    def optional(self) -> set[str]:
        """The requested optional fields."""
        return set(filter(None, self.query.get("optional_fields", "").split(",")))


def _list_client_includes(told: Mapping[str, Any]) -> set[str]:
    """Return the associations that only the vendor's client documents, not its Swagger."""
    known = told["properties"].values()
    return {each["x-include"] for each in known if each.get("x-source") == "client" and "x-include" in each}

"""Holds what a tenant's WQL and staffing services answer, and what they are asked, against the vendor's documents, transcribed in `schema.json`."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import inf
from pathlib import Path
from typing import Any, Final, Self

from tests.clients.reading import Passed
from tests.clients.schemas import Schema

SCHEMA: Final = Schema(Path(__file__).with_name("schema.json"))
SERVICES: Final[Mapping[str, Any]] = SCHEMA.whole["x-services"]
_PATH: Final = re.compile(r"/ccx/api/(?P<service>\w+)/v\d+/\w+/(?P<rest>.+)")
_LEAST: Final = {"limit": 1, "offset": 0}
_COLUMNS: Final = re.compile(r"dataSources/(?P<id>[^/]+)/fields")


@dataclass(frozen=True, kw_only=True)
class Exchange:
    """One call of a service; `service` is nothing for what these documents do not speak of: the login and custom reports."""

    resource: str
    service: str
    query: Mapping[str, str]
    given: Any
    status: int
    body: Any

    @classmethod
    def of(cls, passed: Passed) -> Self:
        """See what went by as a call of a service."""
        found = _PATH.fullmatch(passed.path)
        rest = "" if found is None else _COLUMNS.sub(_replace_source_id, found["rest"])
        return cls(
            resource=passed.resource,
            service="" if found is None else f"{found['service']}/{rest}",
            query=passed.query,
            given=passed.given,
            status=passed.status,
            body=passed.body,
        )

    def objections(self) -> list[str]:
        """Return what the vendor's documents do not know, or know otherwise, in words."""
        if not self.service:
            return []
        if self.service not in SERVICES:
            return [f"no service {self.service}"]
        if self.status >= 400:
            return list(SCHEMA.broken("errors", self.body))
        return [f"{self.service}: {each}" for each in (*self._check_request(), *self._check_response())]

    def _check_request(self) -> Iterator[str]:
        told = SERVICES[self.service]
        for name, value in self.query.items():
            form = told["x-parameters"].get(name)
            if form is None:
                yield f"no parameter {name}"
            elif name in _LEAST and not (value.isdecimal() and _LEAST[name] <= int(value) <= form.get("maximum", inf)):
                yield f"{name}={value}"
        if "x-given" in told:
            yield from SCHEMA.broken(told["x-given"], self.given)

    def _check_response(self) -> Iterator[str]:
        broken = list(SCHEMA.broken("page", self.body))
        yield from broken
        if not broken:
            yield from (
                each for row in self.body["data"] for each in SCHEMA.broken(SERVICES[self.service]["x-row"], row)
            )


def _replace_source_id(found: re.Match[str]) -> str:
    """A data source goes by its id: an alias is another path, which no service has."""
    return "dataSources/{id}/fields" if not list(SCHEMA.broken("id", found["id"])) else found[0]

"""Validates requests and responses of the WQL and staffing services against the vendor's documents in `schema.json`."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import inf
from pathlib import Path
from typing import Any, Final, Self

from tests.clients.schema_verifier import RecordedExchange
from tests.clients.schemas import Schema

SCHEMA: Final = Schema(Path(__file__).with_name("schema.json"))
SERVICES: Final[Mapping[str, Any]] = SCHEMA.whole["x-services"]
_PATH: Final = re.compile(r"/ccx/api/(?P<service>\w+)/v\d+/\w+/(?P<rest>.+)")
_MINIMUM: Final = {"limit": 1, "offset": 0}
_COLUMNS: Final = re.compile(r"dataSources/(?P<id>[^/]+)/fields")


@dataclass(frozen=True, kw_only=True)
class Exchange:
    """One call of a service; `service` is empty for calls that the documents do not cover: login and custom reports."""

    resource: str
    service: str
    query: Mapping[str, str]
    given: Any
    status: int
    body: Any

    @classmethod
    def from_recorded(cls, passed: RecordedExchange) -> Self:
        """Interpret a recorded exchange as a call of a service."""
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

    def list_objections(self) -> list[str]:
        """Return the deviations from the vendor's documents as sentences."""
        if not self.service:
            return []
        if self.service not in SERVICES:
            return [f"no service {self.service}"]
        if self.status >= 400:
            return list(SCHEMA.iterate_violations("errors", self.body))
        return [f"{self.service}: {each}" for each in (*self._check_request(), *self._check_response())]

    def _check_request(self) -> Iterator[str]:
        service = SERVICES[self.service]
        for name, value in self.query.items():
            definition = service["x-parameters"].get(name)
            if definition is None:
                yield f"no parameter {name}"
            elif name in _MINIMUM and not (
                value.isdecimal() and _MINIMUM[name] <= int(value) <= definition.get("maximum", inf)
            ):
                yield f"{name}={value}"
        if "x-given" in service:
            yield from SCHEMA.iterate_violations(service["x-given"], self.given)

    def _check_response(self) -> Iterator[str]:
        violations = list(SCHEMA.iterate_violations("page", self.body))
        yield from violations
        if not violations:
            yield from (
                each
                for row in self.body["data"]
                for each in SCHEMA.iterate_violations(SERVICES[self.service]["x-row"], row)
            )


def _replace_source_id(found: re.Match[str]) -> str:
    """Replace the id of a data source by `{id}`; keep an alias, as no service accepts it in the path."""
    return "dataSources/{id}/fields" if not list(SCHEMA.iterate_violations("id", found["id"])) else found[0]

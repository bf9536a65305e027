"""The check compares the types of the fields that are read with those that the database reports."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from gateway.canonical.roles import SystemRole
from gateway.ports.base import Finding
from subgraphs.kit.conformance import build_twin_connection
from subgraphs.kit.twin.server import serve
from subgraphs.suite.tryton.adapter import connect

Types = dict[str, dict[str, Any]]


class Database:
    """A database without records; `types` are its models' fields, in the form of `fields_get`."""

    def __init__(self) -> None:
        self.types: Types = {
            "company.employee": {
                "id": {"type": "integer"},
                "last_modified_at": {"type": "timestamp"},
                "active": {"type": "boolean"},
                "party": {"type": "many2one", "relation": "party.party"},
                "company": {"type": "many2one", "relation": "company.company"},
                "start_date": {"type": "date"},
                "end_date": {"type": "date"},
                "supervisor": {"type": "many2one", "relation": "company.employee"},
                "cost_price": {"type": "numeric"},
            },
            "party.party": {
                "last_modified_at": {"type": "timestamp"},
                "name": {"type": "char"},
                "code": {"type": "char"},
                "email": {"type": "char"},
            },
            "company.company": {
                "party": {"type": "many2one", "relation": "party.party"},
                "currency": {"type": "many2one", "relation": "currency.currency"},
                "timezone": {"type": "selection"},
                "hours_per_work_week": {"type": "float"},
            },
            "currency.currency": {"code": {"type": "char"}},
        }
        self.described: list[str] = []

    async def answer(self, request: Request) -> Response:
        """List no records, or describe the named fields of a model."""
        model = request.path_params["model"]
        if request.method == "GET":
            return JSONResponse([])
        self.described.append(model)
        names = (await request.json())["fields_names"]
        fields = {name: field for name, field in self.types[model].items() if name in names}
        return JSONResponse({name: {"name": name, "string": name, **field} for name, field in fields.items()})


@pytest.fixture
def database() -> Database:
    return Database()


@pytest.fixture
async def failures(database: Database) -> AsyncIterator[Any]:
    """Checks the HCM role over the database; returns the failed findings."""
    routes = [
        Route("/firm/rest/model/{model}", database.answer),
        Route("/firm/rest/model/{model}/fields_get", database.answer, methods=["POST"]),
    ]
    async with serve(Starlette(routes=routes)) as base_url:
        options = {"database": "firm"}
        port = connect(build_twin_connection(base_url, SystemRole.HCM, "tryton", {}, {"key": "key"}, options))

        async def check() -> list[Finding]:
            return [finding for finding in await port.check() if not finding.ok]

        yield check
        await port.aclose()


async def test_fields_of_the_types_that_are_read_have_no_finding(database: Database, failures: Any) -> None:
    """Each model is described once, related ones too."""
    assert await failures() == []
    assert database.described == [
        "company.employee",
        "party.party",
        "company.company",
        "party.party",
        "currency.currency",
    ]


async def test_a_field_that_the_database_does_not_have_is_named(database: Database, failures: Any) -> None:
    del database.types["company.employee"]["cost_price"]

    (finding,) = await failures()

    assert (finding.subject, finding.message, finding.remedy) == (
        "field company.employee.cost_price",
        "Read for HcmWorker, but company.employee has no field cost_price.",
        "Activate the modules named in the manual.",
    )


async def test_each_field_of_another_type_is_named_with_both_types(database: Database, failures: Any) -> None:
    """Given a text as start date, a number as timezone and a list as company, then each is named."""
    database.types["company.employee"] |= {
        "start_date": {"type": "char"},
        "company": {"type": "many2many", "relation": "company.company"},
    }
    database.types["party.party"]["email"] = {"type": "one2many", "relation": "party.contact_mechanism"}

    findings = await failures()

    texts = "char, fulltext, reference, selection or text"
    assert {finding.subject: finding.message for finding in findings} == {
        f"field {name}": f"Mapped to HcmWorker, which needs the type {needed}, but its type is {found}."
        for name, needed, found in (
            ("company.employee.start_date", "date", "char"),
            ("company.employee.company", "many2one or one2one", "many2many"),
            ("party.party.email", texts, "one2many"),
        )
    }
    assert {finding.remedy for finding in findings} == {
        "Deactivate the module that has changed the field, or have it add a field of its own."
    }

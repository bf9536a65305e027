"""Everything that the twin answers and the adapter asks of the WQL and staffing services is as the vendor's documents say."""

from dataclasses import replace
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from tests.clients.reading import Passed
from tests.clients.workday.documents import SCHEMA, SERVICES, Exchange

WID = "b414e8f69770258e569467ab3ac521a4"
STATEMENT = {"query": "SELECT workdayID FROM allWorkers"}


def test_the_schema_is_valid() -> None:
    Draft202012Validator.check_schema(SCHEMA.whole)


async def test_every_exchange_of_the_adapter_matches_the_vendors_documents(run_verifier) -> None:
    told = (await run_verifier("workday/schema")).findings

    assert told["objections"] == []
    asked = {resource for resource, _ in told["asked"]}
    assert asked >= {service.rsplit("/", 1)[-1] for service in SERVICES}


def build_exchange(path: str, **changes: Any) -> Passed:
    usual = {"query": {}, "sent": {}, "given": None, "status": 200, "answered": {}, "body": {"total": 0, "data": []}}
    return Passed(path=path, **{**usual, **changes})


SOUND = build_exchange(
    "/ccx/api/wql/v1/acme/data",
    query={"limit": "1000", "offset": "0"},
    given=STATEMENT,
    body={"total": 1, "data": [{"workdayID": WID, "location": {"id": WID, "descriptor": "Zurich"}, "hours": 40}]},
)


@pytest.mark.parametrize(
    "sound",
    [
        SOUND,
        build_exchange(
            "/ccx/api/wql/v1/acme/dataSources", query={"alias": "allWorkers", "limit": "100", "offset": "0"}
        ),
        build_exchange(f"/ccx/api/wql/v1/acme/dataSources/{WID}/fields", query={"limit": "100"}),
        build_exchange("/ccx/api/staffing/v7/acme/workers", query={"search": "iris", "limit": "1"}),
        build_exchange("/ccx/oauth2/acme/token", body={"access_token": "a.b.c"}),
        replace(SOUND, status=400, body={"error": "no", "errors": [{"error": "no", "code": "A212"}]}),
    ],
    ids=lambda sound: f"{sound.path} {sound.status}",
)
def test_a_documented_exchange_has_no_objections(sound: Passed) -> None:
    assert Exchange.of(sound).objections() == []


@pytest.mark.parametrize(
    ("odd", "objection"),
    [
        (replace(SOUND, given={}), "wql/data: query : 'query' is a required property"),
        (replace(SOUND, query={"limit": "10001"}), "wql/data: limit=10001"),
        (replace(SOUND, query={"limit": "0"}), "wql/data: limit=0"),
        (replace(SOUND, query={"sort": "name"}), "wql/data: no parameter sort"),
        (replace(SOUND, body={"data": []}), "wql/data: page : 'total' is a required property"),
        (replace(SOUND, status=400, body={"errors": []}), "errors : 'error' is a required property"),
        (build_exchange("/ccx/api/staffing/v7/acme/workers", query={"limit": "101"}), "staffing/workers: limit=101"),
        (build_exchange("/ccx/api/staffing/v7/acme/people"), "no service staffing/people"),
        (
            build_exchange("/ccx/api/wql/v1/acme/dataSources/allWorkers/fields"),
            "no service wql/dataSources/allWorkers/fields",
        ),
        (
            build_exchange("/ccx/api/wql/v1/acme/dataSources", body={"total": 1, "data": [{"alias": "allWorkers"}]}),
            "wql/dataSources: data source : 'id' is a required property",
        ),
        (
            build_exchange("/ccx/api/staffing/v7/acme/workers", body={"total": 1, "data": [{"id": WID, "workerId": 7}]}),
            "staffing/workers: worker workerId: 7 is not of type 'string'",
        ),
    ],
)  # fmt: skip
def test_an_undocumented_exchange_has_an_objection(odd: Passed, objection: str) -> None:
    assert Exchange.of(odd).objections() == [objection]

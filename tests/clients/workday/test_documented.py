"""All requests and responses of the WQL and staffing services match the vendor's documents."""

from dataclasses import replace
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from tests.clients.schema_verifier import RecordedExchange
from tests.clients.workday.documents import SCHEMA, SERVICES, Exchange

WID = "b414e8f69770258e569467ab3ac521a4"
STATEMENT = {"query": "SELECT workdayID FROM allWorkers"}


def test_the_schema_is_valid() -> None:
    Draft202012Validator.check_schema(SCHEMA.whole)


async def test_every_exchange_of_the_adapter_matches_the_vendors_documents(run_verifier) -> None:
    findings = (await run_verifier("workday/schema")).findings

    assert findings["objections"] == []
    requested = {resource for resource, _ in findings["asked"]}
    assert requested >= {service.rsplit("/", 1)[-1] for service in SERVICES}


def build_exchange(path: str, **changes: Any) -> RecordedExchange:
    defaults = {"query": {}, "sent": {}, "given": None, "status": 200, "answered": {}, "body": {"total": 0, "data": []}}
    return RecordedExchange(path=path, **{**defaults, **changes})


DOCUMENTED = build_exchange(
    "/ccx/api/wql/v1/acme/data",
    query={"limit": "1000", "offset": "0"},
    given=STATEMENT,
    body={"total": 1, "data": [{"workdayID": WID, "location": {"id": WID, "descriptor": "Zurich"}, "hours": 40}]},
)


@pytest.mark.parametrize(
    "documented",
    [
        DOCUMENTED,
        build_exchange(
            "/ccx/api/wql/v1/acme/dataSources", query={"alias": "allWorkers", "limit": "100", "offset": "0"}
        ),
        build_exchange(f"/ccx/api/wql/v1/acme/dataSources/{WID}/fields", query={"limit": "100"}),
        build_exchange("/ccx/api/staffing/v7/acme/workers", query={"search": "iris", "limit": "1"}),
        build_exchange("/ccx/oauth2/acme/token", body={"access_token": "a.b.c"}),
        replace(DOCUMENTED, status=400, body={"error": "no", "errors": [{"error": "no", "code": "A212"}]}),
    ],
    ids=lambda exchange: f"{exchange.path} {exchange.status}",
)
def test_a_documented_exchange_has_no_objections(documented: RecordedExchange) -> None:
    assert Exchange.from_recorded(documented).list_objections() == []


@pytest.mark.parametrize(
    ("undocumented", "objection"),
    [
        (replace(DOCUMENTED, given={}), "wql/data: query : 'query' is a required property"),
        (replace(DOCUMENTED, query={"limit": "10001"}), "wql/data: limit=10001"),
        (replace(DOCUMENTED, query={"limit": "0"}), "wql/data: limit=0"),
        (replace(DOCUMENTED, query={"sort": "name"}), "wql/data: no parameter sort"),
        (replace(DOCUMENTED, body={"data": []}), "wql/data: page : 'total' is a required property"),
        (replace(DOCUMENTED, status=400, body={"errors": []}), "errors : 'error' is a required property"),
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
            build_exchange(
                "/ccx/api/staffing/v7/acme/workers", body={"total": 1, "data": [{"id": WID, "workerId": 7}]}
            ),
            "staffing/workers: worker workerId: 7 is not of type 'string'",
        ),
    ],
)
def test_an_undocumented_exchange_has_an_objection(undocumented: RecordedExchange, objection: str) -> None:
    assert Exchange.from_recorded(undocumented).list_objections() == [objection]

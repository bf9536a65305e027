"""Attacks on authority: introspection, other customers' records, confirmed values, forged cursors and names."""

import base64
import json

import pytest

from tests.attacks.attacked_gateway import AttackedGateway

PORTAL, FINANCE = "portal_user", "finance"


def list_codes(gateway: AttackedGateway, role: str, query: str) -> list[str]:
    return [str(error["extensions"]["code"]) for error in gateway.run(role, query).get("errors", [])]


@pytest.mark.parametrize(
    "query",
    [
        "{ __schema { types { name } } }",
        '{ __type(name: "Resource") { fields { name } } }',
        "{ _service { sdl } }",
        "{ a: _service { b: sdl } }",
        "query { ...F } fragment F on Query { ... { _service { sdl } } }",
    ],
)
def test_the_schema_is_refused_without_the_scope_to_explore(gateway: AttackedGateway, query: str) -> None:
    answer = gateway.run(PORTAL, query)

    assert answer.get("data") is None
    assert [error["extensions"]["requiredScopes"] for error in answer["errors"]] == [[["graphql:explore"]]]


def test_the_typename_stays_allowed(gateway: AttackedGateway) -> None:
    assert gateway.run(PORTAL, "{ __typename }")["data"] == {"__typename": "Query"}


def test_an_error_does_not_suggest_the_name_of_a_field(gateway: AttackedGateway) -> None:
    answer = gateway.run(PORTAL, '{ resource(ref: {code: "W-1001"}) { costRat workerNumbr } projct { id } }')

    assert "did you mean" not in str(answer).lower()
    assert "costRate" not in str(answer)


def test_a_portal_user_sees_one_customer_and_finds_no_other(gateway: AttackedGateway) -> None:
    everything = gateway.run(FINANCE, "{ invoices(first: 50) { nodes { id number customer { customerNumber } } } }")
    own = gateway.run(
        PORTAL, "{ invoices(first: 50) { nodes { customer { customerNumber } } } customers { totalCount } }"
    )

    assert {row["customer"]["customerNumber"] for row in own["data"]["invoices"]["nodes"]} == {"C-2007"}
    assert own["data"]["customers"] == {"totalCount": 1}
    for row in everything["data"]["invoices"]["nodes"]:
        found = gateway.run(
            PORTAL,
            "query($id: ID!, $code: String!) { node(id: $id) { id } invoice(ref: {code: $code}) { id } }",
            id=row["id"],
            code=row["number"],
        )["data"]
        assert {found["node"] is None, found["invoice"] is None} == {row["customer"] != {"customerNumber": "C-2007"}}


@pytest.mark.parametrize("number", ["W-1001", "W-9999"])
def test_a_worker_number_cannot_be_confirmed(gateway: AttackedGateway, number: str) -> None:
    query = f'{{ resource(ref: {{code: "{number}"}}) {{ displayName }} }}'

    for role in (PORTAL, FINANCE, "auditor"):
        answer = gateway.run(role, query)
        assert answer["data"] == {"resource": None}
        assert [error["extensions"]["code"] for error in answer["errors"]] == ["FORBIDDEN"]


def test_a_person_on_an_invoice_line_does_not_show_their_rate(gateway: AttackedGateway) -> None:
    query = "{ invoices(first: 5) { nodes { lines { nodes { unitRate { amount } resource { id } } } } } }"

    rows = gateway.run(PORTAL, query)["data"]["invoices"]["nodes"]

    assert {line["resource"] is None for row in rows for line in row["lines"]["nodes"]} == {True}
    assert set(list_codes(gateway, PORTAL, query)) == {"FORBIDDEN"}


def test_a_forged_cursor_does_not_widen_a_list(gateway: AttackedGateway) -> None:
    forged = base64.urlsafe_b64encode(json.dumps(["", "00000000-0000-0000-0000-000000000000"]).encode()).decode()
    query = "query($after: String!) { projects(first: 100, after: $after) { nodes { customer { customerNumber } } } }"

    answer = gateway.run(PORTAL, query, after=forged.rstrip("="))

    assert "C-2001" not in json.dumps(answer)


def test_the_cost_centres_of_the_firm_are_hidden_from_a_portal(gateway: AttackedGateway) -> None:
    answer = gateway.run(PORTAL, "{ financialDimensions { code values { nodes { code } } } }")

    assert answer == {"data": {"financialDimensions": []}} | {k: v for k, v in answer.items() if k == "extensions"}

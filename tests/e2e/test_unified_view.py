"""The unified view over Salesforce and NetSuite twins, against figures computed by hand."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from tests.fixtures.firm import RunningFirm

EXPECTED = Path(__file__).with_name("expected")
ERP_CODES = [f"PRJ-{number}" for number in (1001, 1002, 1003, 1004, 1005, 1006, 1007, 1008, 1010)]

VIEW = """
query View($code: String!) {
  project(ref: {code: $code}) {
    code name
    statusBySystem { system canonical }
    freshness { status sources { system status error { code } } }
    customer { name taxProfile { status } accountsReceivable { total { amount currency } dso } }
    contract { number type totalValue { amount currency } }
    dimensions { dimension { code kind } value { code } missing }
    invoices { nodes {
      number status
      total { transaction { amount currency } functional { amount currency } reporting { amount currency } }
      balance { amount currency }
    } partial { missing } }
  }
}
"""


def load_expected(code: str) -> dict[str, Any]:
    return tomllib.loads((EXPECTED / f"{code}.toml").read_text(encoding="utf-8"))


def to_pair(money: dict[str, str]) -> list[str]:
    return [money["amount"], money["currency"]]


@pytest.mark.parametrize("code", ERP_CODES)
async def test_each_project_returns_the_hand_computed_figures(firm: RunningFirm, code: str) -> None:
    expected = load_expected(code)

    answer = await firm.execute(VIEW, {"code": code})

    assert answer.errors == []
    assert answer.data is not None
    project = answer.data["project"]
    assert (project["code"], project["name"]) == (code, expected["name"])
    assert project["statusBySystem"] == [{"system": "ERP", "canonical": expected["erp_status"]}]
    customer = project["customer"]
    assert customer["name"] == expected["customer"]["name"]
    assert customer["taxProfile"] == {"status": expected["customer"]["tax_profile"]}
    assert to_pair(customer["accountsReceivable"]["total"]) == expected["customer"]["receivable"]
    assert customer["accountsReceivable"]["dso"] == expected["customer"].get("dso")
    dimensions = [
        [each["dimension"]["code"], each["dimension"]["kind"], (each["value"] or {"code": ""})["code"], each["missing"]]
        for each in project["dimensions"]
    ]
    assert dimensions == expected["lists"]["dimensions"]


@pytest.mark.parametrize("code", ERP_CODES)
async def test_contracts_and_invoices_are_exact_to_the_cent(firm: RunningFirm, code: str) -> None:
    expected = load_expected(code)

    answer = await firm.execute(VIEW, {"code": code})

    assert answer.data is not None
    project = answer.data["project"]
    contract = expected.get("contract")
    if contract is None:
        assert project["contract"] is None
    else:
        assert (project["contract"]["number"], project["contract"]["type"]) == (contract["number"], contract["type"])
        assert to_pair(project["contract"]["totalValue"]) == contract["total"]
    invoices = {invoice["number"]: invoice for invoice in project["invoices"]["nodes"]}
    assert sorted(invoices) == sorted(each["number"] for each in expected["invoices"])
    for each in expected["invoices"]:
        invoice = invoices[each["number"]]
        assert invoice["status"] == each["status"]
        for kind, name in (("transaction", "total"), ("functional", "functional"), ("reporting", "reporting")):
            assert to_pair(invoice["total"][kind]) == each[name]
        assert to_pair(invoice["balance"]) == each["balance"]


async def test_a_project_that_is_in_no_connected_system_is_null_without_an_error(firm: RunningFirm) -> None:
    answer = await firm.execute(VIEW, {"code": "PRJ-1009"})

    assert answer.data == {"project": None}
    assert answer.errors == []


async def test_provenance_names_the_vendors_object_and_field(firm: RunningFirm) -> None:
    answer = await firm.execute(
        """{ customer(ref: {code: "C-2001"}) {
            provenance(fields: ["name", "customerNumber", "status"]) {
              field system sourceObject sourceField rule fallbackUsed alternates { system value agrees }
            } } }"""
    )

    assert answer.errors == []
    assert answer.data is not None
    name, number, status = answer.data["customer"]["provenance"]
    assert (name["field"], name["system"], name["sourceObject"], name["sourceField"]) == (
        "name",
        "CRM",
        "Account",
        "Name",
    )
    assert (number["system"], number["sourceObject"]) == ("ERP", "customer")
    assert (status["system"], status["rule"], status["fallbackUsed"]) == ("ERP", "RECORD_WINS", False)


async def test_the_hierarchy_returns_the_ultimate_parent(firm: RunningFirm) -> None:
    answer = await firm.execute(
        """{ customer(ref: {code: "C-2002"}) { hierarchy {
            level status parent { customerNumber } ultimateParent { name children: hierarchy {
              children { nodes { name } } } } } } }"""
    )

    assert answer.errors == []
    assert answer.data == {
        "customer": {
            "hierarchy": {
                "level": 1,
                "status": "VALIDATED",
                "parent": {"customerNumber": "C-2001"},
                "ultimateParent": {
                    "name": "Aurora Retail Group",
                    "children": {"children": {"nodes": [{"name": "Aurora Outlets"}]}},
                },
            }
        }
    }


async def test_nodes_are_found_by_global_id_and_an_invalid_id_is_null(firm: RunningFirm) -> None:
    first = await firm.execute('{ invoice(ref: {code: "INV-US-0003"}) { id lines { nodes { id description } } } }')
    assert first.data is not None
    invoice = first.data["invoice"]
    line = invoice["lines"]["nodes"][0]

    answer = await firm.execute(
        "query ($ids: [ID!]!) { nodes(ids: $ids) { __typename id ... on InvoiceLine { description } } }",
        {"ids": [invoice["id"], line["id"], line["id"][:-4] + "AAAA", "invalid"]},
    )

    assert answer.errors == []
    assert answer.data == {
        "nodes": [
            {"__typename": "Invoice", "id": invoice["id"]},
            {"__typename": "InvoiceLine", "id": line["id"], "description": line["description"]},
            None,
            None,
        ]
    }


async def test_an_expense_that_only_the_erp_has_is_found_by_global_id(firm: RunningFirm) -> None:
    first = await firm.execute('{ project(ref: {code: "PRJ-1001"}) { expenses(first: 5) { nodes { id category } } } }')
    assert first.data is not None
    (expense,) = first.data["project"]["expenses"]["nodes"]

    answer = await firm.execute(
        "query ($id: ID!) { node(id: $id) { id ... on Expense { category project { code } } } }", {"id": expense["id"]}
    )

    assert answer.errors == []
    assert answer.data == {"node": {**expense, "project": {"code": "PRJ-1001"}}}

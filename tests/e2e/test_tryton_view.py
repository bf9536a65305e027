"""The unified view over one real Tryton server: three databases that share only codes.

The databases hold opportunities; projects and accounting; people. The operation is the unified view of the contract's
examples; the figures are those computed by hand for each project.
"""

import pytest

from tests.e2e.test_mixed_view import CODES, VIEW
from tests.e2e.test_unified_view import load_expected, to_pair
from tests.fixtures.firm import RunningFirm

UNSUPPORTED = {"Customer.taxProfile", "Project.assignments", "Project.contract", "Project.dimensions"}
INVOICES = """
query Invoices($code: String!) {
  project(ref: {code: $code}) {
    invoices { nodes {
      number status balance { amount currency }
      total { transaction { amount currency } functional { amount currency } reporting { amount currency } }
    } }
  }
}
"""


async def test_an_opportunity_in_trytons_state_won_is_closed_won(tryton_firm: RunningFirm) -> None:
    answer = await tryton_firm.execute(
        """{ opportunity(ref: {code: "O-3001"}) {
          name stage probability amount { transaction: amount } closedAt
          customer { name customerNumber } lines { description quantity unit unitPrice { amount } }
        } }"""
    )

    assert answer.errors == []
    assert answer.data == {
        "opportunity": {
            "name": "Aurora ERP rollout",
            "stage": "CLOSED_WON",
            "probability": "1",
            "amount": {"transaction": "118800.00"},
            "closedAt": None,
            "customer": {"name": "Aurora Retail Group", "customerNumber": "C-2001"},
            "lines": [
                {"description": "Engagement lead", "quantity": "120", "unit": "HOUR", "unitPrice": None},
                {"description": "Implementation", "quantity": "480", "unit": "HOUR", "unitPrice": None},
            ],
        }
    }


async def test_unsupported_fields_are_null_and_the_answer_gives_the_reason(
    tryton_firm: RunningFirm,
) -> None:
    answer = await tryton_firm.execute(
        '{ opportunity(ref: {code: "O-3001"}) { stage closedAt customer { industry } } }'
    )

    assert answer.errors == []
    assert answer.data == {"opportunity": {"stage": "CLOSED_WON", "closedAt": None, "customer": {"industry": None}}}
    assert answer.extensions["unsupportedFields"] == [
        {"field": "Customer.industry", "system": "CRM", "reason": "Tryton parties have no industry."},
        {
            "field": "Opportunity.closedAt",
            "system": "CRM",
            "reason": "Tryton does not record when an opportunity was closed.",
        },
    ]


async def test_a_customer_with_different_ids_in_three_databases_is_one_customer(
    tryton_firm: RunningFirm,
) -> None:
    answer = await tryton_firm.execute(
        """{ customer(ref: {code: "C-2007"}) {
          name paymentTerms { code netDays } billingAddress { line1 city country }
          externalReferences { system objectType externalId }
          accountsReceivable { total { amount currency } }
          projects { nodes { code timeEntries(first: 1) { nodes { hours resource { displayName } } } } }
        } }"""
    )

    assert answer.errors == []
    assert answer.data is not None
    customer = answer.data["customer"]
    assert customer["externalReferences"] == [
        {"system": "CRM", "objectType": "party.party", "externalId": "13"},
        {"system": "ERP", "objectType": "party.party", "externalId": "18"},
        {"system": "PSA", "objectType": "party.party", "externalId": "18"},
    ]
    assert customer["name"] == "Fuji Precision"
    assert customer["paymentTerms"] == {"code": "NET30", "netDays": 30}
    assert customer["billingAddress"] == {"line1": "3-1 Meieki", "city": "Nagoya", "country": "JP"}
    assert customer["accountsReceivable"] == {"total": {"amount": "179000", "currency": "JPY"}}
    assert customer["projects"]["nodes"] == [
        {"code": "PRJ-1007", "timeEntries": {"nodes": [{"hours": "8", "resource": {"displayName": "Hana Sato"}}]}}
    ]


@pytest.mark.parametrize("code", CODES)
async def test_the_unified_view_returns_the_hand_computed_figures(tryton_firm: RunningFirm, code: str) -> None:
    """One Tryton record is the project of both PSA and ERP, so both systems report the same status."""
    expected = load_expected(code)

    answer = await tryton_firm.execute(VIEW, {"code": code})

    assert answer.errors == []
    assert answer.data is not None
    project = answer.data["project"]
    assert (project["code"], project["name"], project["status"]) == (code, expected["name"], expected["status"])
    by_system = [(each["system"], each["canonical"]) for each in project["statusBySystem"]]
    assert by_system == [("PSA", expected["status"]), ("ERP", expected["status"])]
    assert [source["status"] for source in project["freshness"]["sources"]] == ["LIVE"] * len(
        project["freshness"]["sources"]
    )
    customer = project["customer"]
    assert customer["name"] == expected["customer"]["name"]
    assert to_pair(customer["accountsReceivable"]["total"]) == expected["customer"]["receivable"]
    assert customer["accountsReceivable"]["dso"] == expected["customer"].get("dso")
    unbilled = [[edge["node"]["workDate"], edge["node"]["hours"]] for edge in project["timeEntries"]["edges"]]
    assert unbilled == [[day, hours] for day, hours, _ in expected["lists"]["unbilled"]]
    # Tryton does not support these fields.
    assert {each["field"] for each in answer.extensions["unsupportedFields"]} >= UNSUPPORTED
    assert customer["taxProfile"] is None
    assert project["contract"] is None
    assert project["dimensions"] is None
    assert project["assignments"] is None
    assert {edge["node"]["approval"] for edge in project["timeEntries"]["edges"]} <= {None}


@pytest.mark.parametrize("code", CODES)
async def test_invoices_are_exact_to_the_cent_in_three_currencies(tryton_firm: RunningFirm, code: str) -> None:
    expected = load_expected(code)

    answer = await tryton_firm.execute(INVOICES, {"code": code})

    assert answer.errors == []
    assert answer.data is not None
    invoices = {invoice["number"]: invoice for invoice in answer.data["project"]["invoices"]["nodes"]}
    assert sorted(invoices) == sorted(each["number"] for each in expected["invoices"])
    for each in expected["invoices"]:
        invoice = invoices[each["number"]]
        assert invoice["status"] == each["status"]
        for kind, name in (("transaction", "total"), ("functional", "functional"), ("reporting", "reporting")):
            assert to_pair(invoice["total"][kind]) == each[name]
        assert to_pair(invoice["balance"]) == each["balance"]


@pytest.mark.parametrize("count", [1, 2, 10])
async def test_many_projects_take_as_many_calls_as_one(tryton_firm: RunningFirm, count: int) -> None:
    """PSA: lines, their works, employees. ERP: invoices, their jobs, credited invoices; time, its works, periods."""
    fields = """code invoices { nodes { number balance { amount } } }
      timeEntries(first: 5) { nodes { hours billing resource { displayName costRate { amount } } } }"""

    answer = await tryton_firm.execute(f"{{ projects(first: {count}) {{ nodes {{ {fields} }} }} }}")

    assert answer.errors == []
    assert answer.data is not None
    assert len(answer.data["projects"]["nodes"]) == count
    assert dict(answer.calls) == {"psa": 3, "hcm": 1, "erp": 5 + (count == 10)}

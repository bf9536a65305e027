"""The unified view over Salesforce and NetSuite twins and a real Tryton server for projects and people.

The operation is the unified view of the contract's examples, the figures are those computed by hand for each project.
Fields that Tryton does not support are null, and the adapter gives the reason.
"""

import pytest

from tests.e2e.test_unified_view import load_expected, to_pair
from tests.fixtures.firm import RunningFirm

CODES = [f"PRJ-{number}" for number in range(1001, 1011)]

VIEW = """
query UnifiedProject($code: String!) {
  project(ref: {code: $code}) {
    id code name status statusBySystem { system rawStatus canonical }
    freshness { status asOf sources { system status age error { code message } } }
    provenance(fields: ["status", "legalEntity"]) {
      field system sourceField rule fallbackUsed alternates { system value agrees }
    }
    customer { name taxProfile { status } accountsReceivable { total { amount currency } dso } }
    contract { number type totalValue { amount currency } }
    dimensions { dimension { code kind } value { code } missing }
    assignments(first: 10) {
      nodes { resource { displayName costRate { amount currency } } plannedHours } partial { missing }
    }
    timeEntries(filter: {billing: [UNBILLED]}, first: 50) {
      edges { node { workDate hours approval } } pageInfo { hasNextPage endCursor }
    }
    invoices { nodes { number balance { amount currency } } }
  }
}
"""
TIME = """
query Time($code: String!) {
  project(ref: {code: $code}) {
    timeEntries(first: 50) { nodes { workDate hours billing resource { displayName costRate { amount currency } } } }
  }
}
"""
COST_RATES = {
    "Alice Hartmann": ["95.00", "USD"],
    "Ben Okafor": ["70.00", "USD"],
    "Carla Mendes": ["62.50", "USD"],
    "Dev Patel": ["80.00", "GBP"],
    "Elin Novak": ["55.00", "GBP"],
    "Femke de Boer": ["85.00", "EUR"],
    "Goran Ilic": ["60.00", "EUR"],
    "Hana Sato": ["72.50", "EUR"],
}
"""Hourly cost by person, from the employment contracts."""


@pytest.mark.parametrize("code", CODES)
async def test_the_unified_view_returns_the_hand_computed_figures(mixed_firm: RunningFirm, code: str) -> None:
    expected = load_expected(code)

    answer = await mixed_firm.execute(VIEW, {"code": code})

    assert answer.errors == []
    assert answer.data is not None
    project = answer.data["project"]
    assert (project["code"], project["name"], project["status"]) == (code, expected["name"], expected["status"])
    statuses = [("PSA", expected["status"]), ("ERP", expected.get("erp_status"))]
    by_system = [(each["system"], each["canonical"]) for each in project["statusBySystem"]]
    assert by_system == [(role, status) for role, status in statuses if status]
    provenance = project["provenance"][0]
    assert (provenance["field"], provenance["system"], provenance["sourceField"]) == ("status", "PSA", "status.name")
    assert [each["agrees"] for each in provenance["alternates"]] == [
        status == expected["status"] for _, status in statuses[1:] if status
    ]
    customer = project["customer"]
    assert customer["name"] == expected["customer"]["name"]
    assert to_pair(customer["accountsReceivable"]["total"]) == expected["customer"]["receivable"]
    contract = expected.get("contract")
    assert (project["contract"] or {}).get("number") == (contract or {}).get("number")
    if contract is not None:
        assert to_pair(project["contract"]["totalValue"]) == contract["total"]
    invoices = {invoice["number"]: to_pair(invoice["balance"]) for invoice in project["invoices"]["nodes"]}
    assert invoices == {each["number"]: each["balance"] for each in expected["invoices"]}
    unbilled = [[edge["node"]["workDate"], edge["node"]["hours"]] for edge in project["timeEntries"]["edges"]]
    assert unbilled == [[day, hours] for day, hours, _ in expected["lists"]["unbilled"]]


@pytest.mark.parametrize("code", CODES)
async def test_time_comes_from_the_psa_billing_from_the_erp_and_cost_from_the_hcm(
    mixed_firm: RunningFirm, code: str
) -> None:
    expected = load_expected(code)

    answer = await mixed_firm.execute(TIME, {"code": code})

    assert answer.errors == []
    assert answer.data is not None
    entries = answer.data["project"]["timeEntries"]["nodes"]
    unbilled = [[entry["workDate"], entry["hours"]] for entry in entries if entry["billing"] == "UNBILLED"]
    assert unbilled == [[day, hours] for day, hours, _ in expected["lists"]["unbilled"]]
    for entry in entries:
        assert to_pair(entry["resource"]["costRate"]) == COST_RATES[entry["resource"]["displayName"]]


async def test_fields_that_tryton_does_not_support_are_null(mixed_firm: RunningFirm) -> None:
    answer = await mixed_firm.execute(VIEW, {"code": "PRJ-1001"})

    assert answer.data is not None
    project = answer.data["project"]
    assert project["assignments"] is None
    assert {edge["node"]["approval"] for edge in project["timeEntries"]["edges"]} == {None}


@pytest.mark.parametrize("count", [1, 10, 50])
async def test_many_projects_take_as_many_calls_as_one(busy_mixed_firm: RunningFirm, count: int) -> None:
    """PSA: projects, tasks, lines, the works of the lines. HCM: employees. CRM: accounts. ERP: customers, their
    receivables, invoices, postings; and exchange rates, if the receivables are in several currencies.

    By id: one call per 200 ids in Tryton, 1,000 in Salesforce, 100 in NetSuite. Child pages: floor(rows / 500) + 1
    calls over all parents together; 50 projects are one batch.
    """
    fields = """code description customer { name industry accountsReceivable { total { amount } } }
      tasks(first: 5) { nodes { name } } invoices { nodes { number balance { amount } } }
      timeEntries(first: 5) { nodes { hours billing resource { displayName workEmail costRate { amount } } } }"""

    answer = await busy_mixed_firm.execute(f"{{ projects(first: {count}) {{ nodes {{ {fields} }} }} }}")

    assert answer.errors == []
    assert answer.data is not None
    assert len(answer.data["projects"]["nodes"]) == count
    assert dict(answer.calls) == {"psa": 4, "hcm": 1, "crm": 1, "erp": 4 if count == 1 else 5}

"""The unified view over four systems of three vendors: Salesforce and NetSuite twins, projects and people on a real Tryton server.

The operation is the unified view of the contract's examples. The figures are those that were worked out by hand for each project; what Tryton has no place for is null, and the adapter says why.
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
"""What an hour of each costs, from the contracts of employment."""


@pytest.mark.parametrize("code", CODES)
async def test_one_query_answers_from_four_systems_with_the_figures_worked_out_by_hand(
    mixed_firm: RunningFirm, code: str
) -> None:
    wanted = load_expected(code)

    answer = await mixed_firm.ask(VIEW, {"code": code})

    assert answer.errors == []
    assert answer.data is not None
    project = answer.data["project"]
    assert (project["code"], project["name"], project["status"]) == (code, wanted["name"], wanted["status"])
    told = [("PSA", wanted["status"]), ("ERP", wanted.get("erp_status"))]
    by_system = [(each["system"], each["canonical"]) for each in project["statusBySystem"]]
    assert by_system == [(role, word) for role, word in told if word]
    status = project["provenance"][0]
    assert (status["field"], status["system"], status["sourceField"]) == ("status", "PSA", "status.name")
    assert [each["agrees"] for each in status["alternates"]] == [
        word == wanted["status"] for _, word in told[1:] if word
    ]
    customer = project["customer"]
    assert customer["name"] == wanted["customer"]["name"]
    assert to_pair(customer["accountsReceivable"]["total"]) == wanted["customer"]["receivable"]
    contract = wanted.get("contract")
    assert (project["contract"] or {}).get("number") == (contract or {}).get("number")
    if contract is not None:
        assert to_pair(project["contract"]["totalValue"]) == contract["total"]
    invoices = {invoice["number"]: to_pair(invoice["balance"]) for invoice in project["invoices"]["nodes"]}
    assert invoices == {each["number"]: each["balance"] for each in wanted["invoices"]}
    unbilled = [[edge["node"]["workDate"], edge["node"]["hours"]] for edge in project["timeEntries"]["edges"]]
    assert unbilled == [[day, hours] for day, hours, _ in wanted["lists"]["unbilled"]]


@pytest.mark.parametrize("code", CODES)
async def test_time_comes_from_the_server_its_billing_from_finance_and_its_cost_from_people(
    mixed_firm: RunningFirm, code: str
) -> None:
    wanted = load_expected(code)

    answer = await mixed_firm.ask(TIME, {"code": code})

    assert answer.errors == []
    assert answer.data is not None
    entries = answer.data["project"]["timeEntries"]["nodes"]
    unbilled = [[entry["workDate"], entry["hours"]] for entry in entries if entry["billing"] == "UNBILLED"]
    assert unbilled == [[day, hours] for day, hours, _ in wanted["lists"]["unbilled"]]
    for entry in entries:
        assert to_pair(entry["resource"]["costRate"]) == COST_RATES[entry["resource"]["displayName"]]


async def test_what_tryton_has_no_place_for_is_null(mixed_firm: RunningFirm) -> None:
    answer = await mixed_firm.ask(VIEW, {"code": "PRJ-1001"})

    assert answer.data is not None
    project = answer.data["project"]
    assert project["assignments"] is None
    assert {edge["node"]["approval"] for edge in project["timeEntries"]["edges"]} == {None}


@pytest.mark.parametrize("count", [1, 10, 50])
async def test_any_number_of_projects_costs_the_calls_of_one(busy_mixed_firm: RunningFirm, count: int) -> None:
    """PSA: projects, tasks, lines, the works that lines are booked for. HCM: employees. CRM: accounts. ERP: customers, what they owe, invoices,
    postings; and exchange rates, once customers owe in several currencies.

    By id one call per 200 ids in Tryton, 1,000 in Salesforce, 100 in NetSuite. A child page: one call while fewer rows than 500 lie below all parents
    together, and one more for every 500; 50 projects are one batch.
    """
    fields = """code description customer { name industry accountsReceivable { total { amount } } }
      tasks(first: 5) { nodes { name } } invoices { nodes { number balance { amount } } }
      timeEntries(first: 5) { nodes { hours billing resource { displayName workEmail costRate { amount } } } }"""

    answer = await busy_mixed_firm.ask(f"{{ projects(first: {count}) {{ nodes {{ {fields} }} }} }}")

    assert answer.errors == []
    assert answer.data is not None
    assert len(answer.data["projects"]["nodes"]) == count
    assert dict(answer.calls) == {"psa": 4, "hcm": 1, "crm": 1, "erp": 4 if count == 1 else 5}

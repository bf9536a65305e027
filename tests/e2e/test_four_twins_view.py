"""The unified view over the twins of Salesforce, Kantata, Workday and NetSuite: the contract's own operation, figures worked out by hand."""

import pytest

from tests.e2e.test_mixed_view import CODES, COST_RATES, TIME, VIEW
from tests.e2e.test_tryton_view import INVOICES
from tests.e2e.test_unified_view import expected, pair
from tests.fixtures.faulty_proxy import Fault
from tests.fixtures.firm import RunningFirm


@pytest.mark.parametrize("code", CODES)
async def test_the_unified_view_is_the_one_worked_out_by_hand(twin_firm: RunningFirm, code: str) -> None:
    wanted = expected(code)

    answer = await twin_firm.ask(VIEW, {"code": code})

    assert answer.errors == []
    assert answer.data is not None
    project = answer.data["project"]
    assert (project["code"], project["name"], project["status"]) == (code, wanted["name"], wanted["status"])
    told = [("PSA", wanted["status"]), ("ERP", wanted.get("erp_status"))]
    by_system = [(each["system"], each["canonical"]) for each in project["statusBySystem"]]
    assert by_system == [(role, word) for role, word in told if word]
    customer = project["customer"]
    assert customer["name"] == wanted["customer"]["name"]
    assert customer["taxProfile"] == {"status": wanted["customer"]["tax_profile"]}
    assert pair(customer["accountsReceivable"]["total"]) == wanted["customer"]["receivable"]
    contract = wanted.get("contract")
    assert (project["contract"] or {}).get("number") == (contract or {}).get("number")
    dimensions = [
        [each["dimension"]["code"], each["dimension"]["kind"], (each["value"] or {"code": ""})["code"], each["missing"]]
        for each in project["dimensions"] or ()
    ]
    assert dimensions == wanted["lists"]["dimensions"]
    assignments = [
        [each["resource"]["displayName"], *pair(each["resource"]["costRate"]), each["plannedHours"]]
        for each in project["assignments"]["nodes"]
    ]
    assert assignments == wanted["lists"]["assignments"]
    unbilled = [
        [edge["node"]["workDate"], edge["node"]["hours"], edge["node"]["approval"]]
        for edge in project["timeEntries"]["edges"]
    ]
    assert unbilled == wanted["lists"]["unbilled"]


@pytest.mark.parametrize("code", CODES)
async def test_money_and_hours_are_right_to_the_cent(twin_firm: RunningFirm, code: str) -> None:
    wanted = expected(code)

    money = await twin_firm.ask(INVOICES, {"code": code})
    time = await twin_firm.ask(TIME, {"code": code})

    assert (money.errors, time.errors) == ([], [])
    assert money.data is not None
    assert time.data is not None
    invoices = {invoice["number"]: invoice for invoice in money.data["project"]["invoices"]["nodes"]}
    assert sorted(invoices) == sorted(each["number"] for each in wanted["invoices"])
    for each in wanted["invoices"]:
        invoice = invoices[each["number"]]
        assert invoice["status"] == each["status"]
        for kind, name in (("transaction", "total"), ("functional", "functional"), ("reporting", "reporting")):
            assert pair(invoice["total"][kind]) == each[name]
        assert pair(invoice["balance"]) == each["balance"]
    for entry in time.data["project"]["timeEntries"]["nodes"]:
        assert pair(entry["resource"]["costRate"]) == COST_RATES[entry["resource"]["displayName"]]


async def test_provenance_names_the_vendors_object_and_field(twin_firm: RunningFirm) -> None:
    answer = await twin_firm.ask(
        """{ project(ref: {code: "PRJ-1001"}) {
          provenance(fields: ["status", "description", "currency"]) { field system sourceObject sourceField }
        } }"""
    )

    assert answer.errors == []
    assert answer.data is not None
    told = [tuple(each.values()) for each in answer.data["project"]["provenance"]]
    assert told == [
        ("status", "PSA", "workspaces", "status.key"),
        ("description", "PSA", "workspaces", "description"),
        ("currency", "ERP", "job", "currency"),
    ]


@pytest.mark.parametrize("count", [1, 10, 50])
async def test_any_number_of_projects_costs_the_calls_of_one(busy_twin_firm: RunningFirm, count: int) -> None:
    """PSA: projects, their allocations and who the resources are, their time. HCM: people and their skills. ERP: customers, what they owe, postings; and
    exchange rates, once customers owe in several currencies.

    Kantata's child pages cost ceil(rows / 200) calls per 50 projects; by id all systems cost one call while the ids fit one batch.
    """
    answer = await busy_twin_firm.ask(
        f"""{{ projects(first: {count}) {{ nodes {{
          code description customer {{ name accountsReceivable {{ total {{ amount }} }} }}
          assignments(first: 10) {{ nodes {{ plannedHours resource {{ displayName costRate {{ amount }} }} }} }}
          timeEntries(first: 5) {{ nodes {{ hours billing }} }}
        }} }} }}"""
    )

    assert answer.errors == []
    assert answer.data is not None
    assert len(answer.data["projects"]["nodes"]) == count
    rows = {1: 7, 10: 70, 50: 350}[count]
    assert dict(answer.calls) == {"crm": 1, "psa": 3 + -(-rows // 200), "hcm": 2, "erp": 3 if count == 1 else 4}


@pytest.mark.parametrize("fault", [Fault.KILLED, Fault.CORRUPT, Fault.THROTTLED, Fault.HANGING])
async def test_without_kantata_a_project_answers_from_its_card_and_from_finance(
    twin_firm: RunningFirm, fault: Fault
) -> None:
    twin_firm.wires["psa"].break_with(fault)

    answer = await twin_firm.ask(
        """{ project(ref: {code: "PRJ-1001"}) {
          code name status description timeEntries(first: 1) { nodes { hours } } invoices { nodes { balance { amount } } }
        } }"""
    )

    assert answer.data is not None
    project = answer.data["project"]
    assert (project["code"], project["name"], project["status"]) == ("PRJ-1001", "Aurora ERP rollout", "ACTIVE")
    assert (project["description"], project["timeEntries"]) == (None, None)
    assert project["invoices"] == {"nodes": [{"balance": {"amount": "2446.25"}}]}
    assert {tuple(error["path"]): error["extensions"]["system"] for error in answer.errors} == {
        ("project", "description"): "PSA",
        ("project", "timeEntries"): "PSA",
    }

"""What the unified view of the hand-worked firm has to say, whichever systems it comes from: the same operations and the same figures for every mix."""

from tests.e2e.test_mixed_view import COST_RATES, TIME, VIEW
from tests.e2e.test_tryton_view import INVOICES
from tests.e2e.test_unified_view import load_expected, to_pair
from tests.fixtures.faulty_proxy import Fault
from tests.fixtures.firm import RunningFirm


async def assert_view(firm: RunningFirm, code: str) -> None:
    """Ask for a project as the contract's example does; everything has to be as it was worked out."""
    wanted = load_expected(code)

    answer = await firm.ask(VIEW, {"code": code})

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
    assert to_pair(customer["accountsReceivable"]["total"]) == wanted["customer"]["receivable"]
    contract = wanted.get("contract")
    assert (project["contract"] or {}).get("number") == (contract or {}).get("number")
    dimensions = [
        [each["dimension"]["code"], each["dimension"]["kind"], (each["value"] or {"code": ""})["code"], each["missing"]]
        for each in project["dimensions"] or ()
    ]
    assert dimensions == wanted["lists"]["dimensions"]
    assignments = [
        [each["resource"]["displayName"], *to_pair(each["resource"]["costRate"]), each["plannedHours"]]
        for each in project["assignments"]["nodes"]
    ]
    assert assignments == wanted["lists"]["assignments"]
    unbilled = [
        [edge["node"]["workDate"], edge["node"]["hours"], edge["node"]["approval"]]
        for edge in project["timeEntries"]["edges"]
    ]
    assert unbilled == wanted["lists"]["unbilled"]


async def assert_money_and_hours(firm: RunningFirm, code: str) -> None:
    """Ask for a project's invoices and for its time; both have to be right to the cent."""
    wanted = load_expected(code)

    money = await firm.ask(INVOICES, {"code": code})
    time = await firm.ask(TIME, {"code": code})

    assert (money.errors, time.errors) == ([], [])
    assert money.data is not None
    assert time.data is not None
    invoices = {invoice["number"]: invoice for invoice in money.data["project"]["invoices"]["nodes"]}
    assert sorted(invoices) == sorted(each["number"] for each in wanted["invoices"])
    for each in wanted["invoices"]:
        invoice = invoices[each["number"]]
        assert invoice["status"] == each["status"]
        for kind, name in (("transaction", "total"), ("functional", "functional"), ("reporting", "reporting")):
            assert to_pair(invoice["total"][kind]) == each[name]
        assert to_pair(invoice["balance"]) == each["balance"]
    for entry in time.data["project"]["timeEntries"]["nodes"]:
        assert to_pair(entry["resource"]["costRate"]) == COST_RATES[entry["resource"]["displayName"]]


async def assert_answer_without_psa(firm: RunningFirm, fault: Fault) -> None:
    """Break the PSA, and ask: a project answers from its card and from finance, and what is missing says who is missing."""
    firm.wires["psa"].break_with(fault)

    answer = await firm.ask(
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


async def load_provenance(firm: RunningFirm) -> list[tuple[str, ...]]:
    """Return where the first project's facts are from: field, role, the vendor's object and field."""
    answer = await firm.ask(
        """{ project(ref: {code: "PRJ-1001"}) {
          provenance(fields: ["status", "description", "currency"]) { field system sourceObject sourceField }
        } }"""
    )

    assert answer.errors == []
    assert answer.data is not None
    return [tuple(each.values()) for each in answer.data["project"]["provenance"]]

"""Assertions of the unified view against the figures computed by hand, the same for every combination of systems."""

from tests.e2e.test_mixed_view import COST_RATES, TIME, VIEW
from tests.e2e.test_tryton_view import INVOICES
from tests.e2e.test_unified_view import load_expected, to_pair
from tests.fixtures.faulty_proxy import NetworkFault
from tests.fixtures.firm import RunningFirm


async def assert_view(firm: RunningFirm, code: str) -> None:
    """Query a project with the operation of the contract's example; assert the figures computed by hand."""
    expected = load_expected(code)

    answer = await firm.execute(VIEW, {"code": code})

    assert answer.errors == []
    assert answer.data is not None
    project = answer.data["project"]
    assert (project["code"], project["name"], project["status"]) == (code, expected["name"], expected["status"])
    statuses = [("PSA", expected["status"]), ("ERP", expected.get("erp_status"))]
    by_system = [(each["system"], each["canonical"]) for each in project["statusBySystem"]]
    assert by_system == [(role, status) for role, status in statuses if status]
    customer = project["customer"]
    assert customer["name"] == expected["customer"]["name"]
    assert customer["taxProfile"] == {"status": expected["customer"]["tax_profile"]}
    assert to_pair(customer["accountsReceivable"]["total"]) == expected["customer"]["receivable"]
    contract = expected.get("contract")
    assert (project["contract"] or {}).get("number") == (contract or {}).get("number")
    dimensions = [
        [each["dimension"]["code"], each["dimension"]["kind"], (each["value"] or {"code": ""})["code"], each["missing"]]
        for each in project["dimensions"] or ()
    ]
    assert dimensions == expected["lists"]["dimensions"]
    assignments = [
        [each["resource"]["displayName"], *to_pair(each["resource"]["costRate"]), each["plannedHours"]]
        for each in project["assignments"]["nodes"]
    ]
    assert assignments == expected["lists"]["assignments"]
    unbilled = [
        [edge["node"]["workDate"], edge["node"]["hours"], edge["node"]["approval"]]
        for edge in project["timeEntries"]["edges"]
    ]
    assert unbilled == expected["lists"]["unbilled"]


async def assert_money_and_hours(firm: RunningFirm, code: str) -> None:
    """Query a project's invoices and time entries; assert that both are exact to the cent."""
    expected = load_expected(code)

    money = await firm.execute(INVOICES, {"code": code})
    time = await firm.execute(TIME, {"code": code})

    assert (money.errors, time.errors) == ([], [])
    assert money.data is not None
    assert time.data is not None
    invoices = {invoice["number"]: invoice for invoice in money.data["project"]["invoices"]["nodes"]}
    assert sorted(invoices) == sorted(each["number"] for each in expected["invoices"])
    for each in expected["invoices"]:
        invoice = invoices[each["number"]]
        assert invoice["status"] == each["status"]
        for kind, name in (("transaction", "total"), ("functional", "functional"), ("reporting", "reporting")):
            assert to_pair(invoice["total"][kind]) == each[name]
        assert to_pair(invoice["balance"]) == each["balance"]
    for entry in time.data["project"]["timeEntries"]["nodes"]:
        assert to_pair(entry["resource"]["costRate"]) == COST_RATES[entry["resource"]["displayName"]]


async def assert_answer_without_psa(firm: RunningFirm, fault: NetworkFault) -> None:
    """Set a fault on the PSA; assert that a project answers from its card and the ERP, and that errors name the PSA."""
    firm.proxies["psa"].set_fault(fault)

    answer = await firm.execute(
        """{ project(ref: {code: "PRJ-1001"}) {
          code name status description
          timeEntries(first: 1) { nodes { hours } } invoices { nodes { balance { amount } } }
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
    """Return the provenance of the first project's fields: field, role, the vendor's object and field."""
    answer = await firm.execute(
        """{ project(ref: {code: "PRJ-1001"}) {
          provenance(fields: ["status", "description", "currency"]) { field system sourceObject sourceField }
        } }"""
    )

    assert answer.errors == []
    assert answer.data is not None
    return [tuple(each.values()) for each in answer.data["project"]["provenance"]]

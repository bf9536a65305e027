"""People, skills, cost rates and absences from a Workday twin; projects from Tryton; CRM and ERP from twins."""

import pytest

from tests.e2e.test_mixed_view import CODES, COST_RATES, TIME, VIEW
from tests.e2e.test_unified_view import load_expected, to_pair
from tests.fixtures.faulty_proxy import NetworkFault
from tests.fixtures.firm import RunningFirm

PERSON = """{ resource(ref: {code: "W-1001"}) {
  displayName workEmail type employmentStatus jobTitle practice hireDate standardWeeklyHours
  costRate { amount currency } manager { displayName } legalEntity { code }
  skills { skill { code name } level }
  provenance(fields: ["costRate"]) { field system sourceObject sourceField }
} }"""


async def test_a_resource_has_workdays_values(workday_firm: RunningFirm) -> None:
    answer = await workday_firm.execute(PERSON)

    assert answer.errors == []
    assert answer.data == {
        "resource": {
            "displayName": "Alice Hartmann",
            "workEmail": "alice.hartmann@meridian.example",
            "type": "EMPLOYEE",
            "employmentStatus": "ACTIVE",
            "jobTitle": "Partner",
            "practice": "Enterprise systems",
            "hireDate": "2015-03-02",
            "standardWeeklyHours": "40",
            "costRate": {"amount": "95.00", "currency": "USD"},
            "manager": None,
            "legalEntity": {"code": "US01"},
            "skills": [
                {"skill": {"code": "CHG", "name": "Change management"}, "level": "ADVANCED"},
                {"skill": {"code": "ERP", "name": "ERP implementation"}, "level": "EXPERT"},
            ],
            "provenance": [
                {"field": "costRate", "system": "HCM", "sourceObject": "allWorkers", "sourceField": "cf_hourlyCost"}
            ],
        }
    }


@pytest.mark.parametrize("code", CODES)
async def test_the_unified_view_returns_the_hand_computed_figures(workday_firm: RunningFirm, code: str) -> None:
    expected = load_expected(code)

    view = await workday_firm.execute(VIEW, {"code": code})
    time = await workday_firm.execute(TIME, {"code": code})

    assert (view.errors, time.errors) == ([], [])
    assert view.data is not None
    assert time.data is not None
    project = view.data["project"]
    assert (project["code"], project["name"], project["status"]) == (code, expected["name"], expected["status"])
    assert to_pair(project["customer"]["accountsReceivable"]["total"]) == expected["customer"]["receivable"]
    invoices = {invoice["number"]: to_pair(invoice["balance"]) for invoice in project["invoices"]["nodes"]}
    assert invoices == {each["number"]: each["balance"] for each in expected["invoices"]}
    for entry in time.data["project"]["timeEntries"]["nodes"]:
        assert to_pair(entry["resource"]["costRate"]) == COST_RATES[entry["resource"]["displayName"]]


async def test_absences_reduce_available_hours(workday_firm: RunningFirm) -> None:
    """Thursday is a public holiday and Friday is leave: three of five days are available."""
    answer = await workday_firm.execute(
        """{ resource(ref: {code: "W-1001"}) {
          availability(range: {from: "2026-11-23", to: "2026-11-27"}, granularity: WEEK) {
            capacityHours leaveHours holidayHours availableHours
          }
        } }"""
    )

    assert answer.errors == []
    assert answer.data == {
        "resource": {
            "availability": [{"capacityHours": "40", "leaveHours": "8", "holidayHours": "8", "availableHours": "24"}]
        }
    }


async def test_all_resources_take_as_many_calls_as_one(workday_firm: RunningFirm) -> None:
    """One WQL statement, and one report of skills if the document selects them."""
    one = await workday_firm.execute("{ resources(first: 1) { nodes { jobTitle } } }")
    all_ = await workday_firm.execute("{ resources(first: 50) { nodes { jobTitle } } }")

    assert all_.data is not None
    assert len(all_.data["resources"]["nodes"]) == 8
    assert (dict(one.calls), dict(all_.calls)) == ({"hcm": 1}, {"hcm": 1})
    skills = await workday_firm.execute("{ resources(first: 50) { nodes { skills { skill { code } } } } }")
    assert (skills.errors, dict(skills.calls)) == ([], {"hcm": 2})


@pytest.mark.parametrize("fault", [NetworkFault.KILLED, NetworkFault.CORRUPT, NetworkFault.THROTTLED])
async def test_without_workday_names_come_from_cards_and_cost_rates_from_the_erp(
    workday_firm: RunningFirm, fault: NetworkFault
) -> None:
    workday_firm.proxies["hcm"].set_fault(fault)

    answer = await workday_firm.execute(
        '{ resource(ref: {code: "W-1001"}) { displayName jobTitle costRate { amount currency } } }'
    )

    assert answer.data is not None
    resource = answer.data["resource"]
    assert (resource["displayName"], resource["jobTitle"]) == ("Alice Hartmann", None)
    assert resource["costRate"] == {"amount": "95.00", "currency": "USD"}
    assert [error["extensions"]["system"] for error in answer.errors] == ["HCM"]

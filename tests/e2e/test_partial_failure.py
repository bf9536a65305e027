"""A system that is down, hangs or sends invalid data loses only its own fields, and answers keep the deadline."""

import asyncio

import pytest

from tests.fixtures.faulty_proxy import NetworkFault
from tests.fixtures.firm import DEADLINE_SECONDS, RunningFirm

MARGIN_SECONDS = 1.5


@pytest.fixture
def deadline() -> float:
    """Return the short deadline, because tests here wait for it."""
    return DEADLINE_SECONDS


VIEW = """{ project(ref: {code: "PRJ-1001"}) {
  code name
  customer { name industry creditLimit { amount } }
  contract { number totalValue { amount } }
  opportunity { stage }
  startDate
  invoices { nodes { number balance { amount } } }
} }"""


@pytest.mark.parametrize("fault", [NetworkFault.KILLED, NetworkFault.RESET, NetworkFault.CORRUPT, NetworkFault.HANGING])
async def test_without_the_erp_crm_fields_remain_and_code_and_name_come_from_the_card(
    firm: RunningFirm, fault: NetworkFault
) -> None:
    firm.proxies["erp"].set_fault(fault)

    started = asyncio.get_running_loop().time()
    answer = await firm.execute(VIEW)
    took = asyncio.get_running_loop().time() - started

    assert took < DEADLINE_SECONDS + MARGIN_SECONDS
    assert answer.data is not None
    project = answer.data["project"]
    assert (project["code"], project["name"]) == ("PRJ-1001", "Aurora ERP rollout")
    assert project["customer"] == {"name": "Aurora Retail Group", "industry": "Retail", "creditLimit": None}
    assert project["contract"] == {"number": "CT-4001", "totalValue": {"amount": "118800.00"}}
    assert project["opportunity"] == {"stage": "CLOSED_WON"}
    assert project["startDate"] is None
    assert project["invoices"] == {"nodes": [{"number": "INV-US-0003", "balance": None}]}
    codes = {
        (tuple(error["path"]), error["extensions"]["code"], error["extensions"]["system"]) for error in answer.errors
    }
    assert codes == {
        (("project", "customer", "creditLimit"), "SOURCE_UNAVAILABLE", "ERP"),
        (("project", "startDate"), "SOURCE_UNAVAILABLE", "ERP"),
        (("project", "invoices", "nodes", 0, "balance"), "SOURCE_UNAVAILABLE", "ERP"),
    }


@pytest.mark.parametrize("fault", [NetworkFault.KILLED, NetworkFault.RESET, NetworkFault.CORRUPT, NetworkFault.HANGING])
async def test_without_the_crm_erp_fields_remain(firm: RunningFirm, fault: NetworkFault) -> None:
    firm.proxies["crm"].set_fault(fault)

    started = asyncio.get_running_loop().time()
    answer = await firm.execute(VIEW)
    took = asyncio.get_running_loop().time() - started

    assert took < DEADLINE_SECONDS + MARGIN_SECONDS
    assert answer.data is not None
    project = answer.data["project"]
    assert project["customer"]["name"] == "Aurora Retail Group"
    assert project["customer"]["creditLimit"] == {"amount": "250000.00"}
    assert project["customer"]["industry"] is None
    assert project["invoices"] == {"nodes": [{"number": "INV-US-0003", "balance": {"amount": "2446.25"}}]}
    assert project["contract"]["totalValue"] == {"amount": "118800.00"}
    failed = {tuple(error["path"]): error["extensions"]["system"] for error in answer.errors}
    assert failed == {("project", "customer", "industry"): "CRM", ("project", "opportunity", "stage"): "CRM"}


async def test_lists_name_a_system_whose_feed_fails(firm: RunningFirm) -> None:
    firm.proxies["crm"].set_fault(NetworkFault.KILLED)
    results = await firm.gateway.sync.run()
    assert {result.connection for result in results if result.failure} == {"crm"}

    answer = await firm.execute(
        "{ projects(first: 2) { totalCount nodes { code } partial { missing faults { code } } } }"
    )

    assert answer.errors == []
    assert answer.data is not None
    projects = answer.data["projects"]
    assert projects["totalCount"] == 9
    assert projects["partial"]["missing"] == ["CRM"]


async def test_a_system_that_recovers_is_queried_again(firm: RunningFirm) -> None:
    firm.proxies["erp"].set_fault(NetworkFault.KILLED)
    down = await firm.execute('{ project(ref: {code: "PRJ-1001"}) { startDate } }')
    firm.proxies["erp"].set_fault(NetworkFault.NONE)

    recovered = await firm.execute('{ project(ref: {code: "PRJ-1001"}) { startDate } }')

    assert down.data == {"project": {"startDate": None}}
    assert recovered.data == {"project": {"startDate": "2026-09-01"}}
    assert recovered.errors == []


PEOPLE_VIEW = """{ project(ref: {code: "PRJ-1001"}) {
  code name status description
  customer { name industry }
  timeEntries(first: 50) { nodes { hours resource { displayName costRate { amount } } } partial { missing } }
} }"""


@pytest.mark.parametrize("fault", [NetworkFault.KILLED, NetworkFault.RESET, NetworkFault.CORRUPT, NetworkFault.HANGING])
async def test_without_the_psa_a_project_answers_from_its_card_and_the_erp(
    mixed_firm: RunningFirm, fault: NetworkFault
) -> None:
    mixed_firm.proxies["psa"].set_fault(fault)

    started = asyncio.get_running_loop().time()
    answer = await mixed_firm.execute(PEOPLE_VIEW)
    took = asyncio.get_running_loop().time() - started

    assert took < DEADLINE_SECONDS + MARGIN_SECONDS
    assert answer.data is not None
    project = answer.data["project"]
    assert (project["code"], project["name"], project["status"]) == ("PRJ-1001", "Aurora ERP rollout", "ACTIVE")
    assert project["customer"] == {"name": "Aurora Retail Group", "industry": "Retail"}
    assert project["description"] is None
    assert project["timeEntries"] is None
    assert {tuple(error["path"]): error["extensions"]["system"] for error in answer.errors} == {
        ("project", "description"): "PSA",
        ("project", "timeEntries"): "PSA",
    }


@pytest.mark.parametrize("fault", [NetworkFault.KILLED, NetworkFault.RESET, NetworkFault.CORRUPT, NetworkFault.HANGING])
async def test_without_the_hcm_time_entries_remain_and_cost_rates_come_from_the_erp(
    mixed_firm: RunningFirm, fault: NetworkFault
) -> None:
    mixed_firm.proxies["hcm"].set_fault(fault)

    started = asyncio.get_running_loop().time()
    answer = await mixed_firm.execute(PEOPLE_VIEW)
    took = asyncio.get_running_loop().time() - started

    assert took < DEADLINE_SECONDS + MARGIN_SECONDS
    assert answer.data is not None
    entries = answer.data["project"]["timeEntries"]["nodes"]
    assert [entry["hours"] for entry in entries] == ["6.5", "8", "7.25", "4", "8", "7.5", "1.25"]
    rates = {entry["resource"]["displayName"]: entry["resource"]["costRate"]["amount"] for entry in entries}
    assert rates == {"Alice Hartmann": "95.00", "Ben Okafor": "70.00"}
    assert answer.errors == []


ALL_SYSTEMS_VIEW = """{ project(ref: {code: "PRJ-1001"}) {
  code name description
  customer { name industry }
  invoices { nodes { number balance { amount } } }
  timeEntries(first: 1) { nodes { hours billing resource { displayName employmentStatus costRate { amount } } } }
} }"""
WHOLE = {
    "code": "PRJ-1001",
    "name": "Aurora ERP rollout",
    "description": "Finance and procurement on one ERP in eleven stores.",
    "customer": {"name": "Aurora Retail Group", "industry": "Retail"},
    "invoices": {"nodes": [{"number": "INV-US-0003", "balance": {"amount": "2446.25"}}]},
    "timeEntries": {
        "nodes": [
            {
                "hours": "6.5",
                "billing": "INVOICED",
                "resource": {
                    "displayName": "Alice Hartmann",
                    "employmentStatus": "ACTIVE",
                    "costRate": {"amount": "95.00"},
                },
            }
        ]
    },
}
LOST = {
    "crm": {("customer", "industry")},
    "psa": {("description",), ("timeEntries",)},
    "erp": {("invoices", "nodes", 0, "balance")},
    "hcm": {("timeEntries", "nodes", 0, "resource", "employmentStatus")},
}
"""The fields without a fallback. Billing falls back to the PSA, cost rates to the ERP."""


@pytest.mark.parametrize("system", LOST)
async def test_a_slow_system_loses_no_field(mixed_firm: RunningFirm, system: str) -> None:
    mixed_firm.proxies[system].set_fault(NetworkFault.SLOW)

    answer = await mixed_firm.execute(ALL_SYSTEMS_VIEW)

    assert answer.errors == []
    assert answer.data == {"project": WHOLE}


@pytest.mark.parametrize(
    "fault",
    [NetworkFault.KILLED, NetworkFault.RESET, NetworkFault.CORRUPT, NetworkFault.HANGING, NetworkFault.THROTTLED],
    ids=lambda fault: fault.value,
)
@pytest.mark.parametrize("system", LOST)
async def test_a_faulty_system_loses_its_own_fields_within_the_deadline(
    mixed_firm: RunningFirm, system: str, fault: NetworkFault
) -> None:
    mixed_firm.proxies[system].set_fault(fault)

    started = asyncio.get_running_loop().time()
    answer = await mixed_firm.execute(ALL_SYSTEMS_VIEW)
    took = asyncio.get_running_loop().time() - started

    assert took < DEADLINE_SECONDS + MARGIN_SECONDS
    assert {tuple(error["path"][1:]) for error in answer.errors} == LOST[system]
    assert {error["extensions"]["system"] for error in answer.errors} <= {system.upper()}
    assert {error["extensions"]["code"] for error in answer.errors} == {"SOURCE_UNAVAILABLE"}
    assert answer.data is not None
    assert answer.data["project"]["name"] == "Aurora ERP rollout"

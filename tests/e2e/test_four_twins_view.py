"""The unified view over the twins of Salesforce, Kantata, Workday and NetSuite: the contract's own operation, figures worked out by hand."""

import pytest

from tests.e2e.hand_computed_view import assert_answer_without_psa, assert_money_and_hours, assert_view, load_provenance
from tests.e2e.test_mixed_view import CODES
from tests.fixtures.faulty_proxy import Fault
from tests.fixtures.firm import RunningFirm


@pytest.mark.parametrize("code", CODES)
async def test_the_unified_view_is_the_one_worked_out_by_hand(twin_firm: RunningFirm, code: str) -> None:
    await assert_view(twin_firm, code)


@pytest.mark.parametrize("code", CODES)
async def test_money_and_hours_are_right_to_the_cent(twin_firm: RunningFirm, code: str) -> None:
    await assert_money_and_hours(twin_firm, code)


async def test_provenance_names_the_vendors_object_and_field(twin_firm: RunningFirm) -> None:
    assert await load_provenance(twin_firm) == [
        ("status", "PSA", "workspaces", "status.key"),
        ("description", "PSA", "workspaces", "description"),
        ("currency", "ERP", "job", "currency"),
    ]


@pytest.mark.parametrize("count", [1, 10, 50])
async def test_any_number_of_projects_costs_the_calls_of_one(busy_twin_firm: RunningFirm, count: int) -> None:
    """PSA: projects, their allocations and who the resources are, their time. HCM: people, without the skills that nobody asks for. ERP: customers, what they owe, postings; and
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
    assert dict(answer.calls) == {"crm": 1, "psa": 3 + -(-rows // 200), "hcm": 1, "erp": 3 if count == 1 else 4}


@pytest.mark.parametrize("fault", [Fault.KILLED, Fault.CORRUPT, Fault.THROTTLED, Fault.HANGING])
async def test_without_kantata_a_project_answers_from_its_card_and_from_finance(
    twin_firm: RunningFirm, fault: Fault
) -> None:
    await assert_answer_without_psa(twin_firm, fault)


async def test_provenance_tells_a_reference_as_what_it_leads_to_and_nothing_of_what_the_caller_may_not_see(
    twin_firm: RunningFirm,
) -> None:
    asked = """{ project(ref: {code: "PRJ-1007"}) {
        read_too: description
        provenance(fields: ["customer", "legalEntity"]) { field system alternates { system value agrees } } } }"""

    everybodys = await twin_firm.ask(asked)
    europes = await twin_firm.ask(asked, regions=frozenset({"EU"}))

    entity = {
        "field": "legalEntity",
        "system": "ERP",
        "alternates": [{"system": "PSA", "value": "NL01", "agrees": True}],
    }
    customer = {"field": "customer", "system": "GATEWAY", "alternates": []}
    assert everybodys.data is not None
    assert europes.data is not None
    assert everybodys.data["project"]["provenance"] == [customer, entity]
    assert europes.data["project"]["provenance"] == [entity]
    assert (everybodys.errors, europes.errors) == ([], [])

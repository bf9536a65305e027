"""The unified view over the twins of Salesforce, Kantata, Workday and NetSuite, with figures computed by hand."""

import pytest

from tests.e2e.hand_computed_view import assert_answer_without_psa, assert_money_and_hours, assert_view, load_provenance
from tests.e2e.test_mixed_view import CODES
from tests.fixtures.faulty_proxy import NetworkFault
from tests.fixtures.firm import RunningFirm


@pytest.mark.parametrize("code", CODES)
async def test_the_unified_view_returns_the_hand_computed_figures(twin_firm: RunningFirm, code: str) -> None:
    await assert_view(twin_firm, code)


@pytest.mark.parametrize("code", CODES)
async def test_money_and_hours_are_exact_to_the_cent(twin_firm: RunningFirm, code: str) -> None:
    await assert_money_and_hours(twin_firm, code)


async def test_provenance_names_the_vendors_object_and_field(twin_firm: RunningFirm) -> None:
    assert await load_provenance(twin_firm) == [
        ("status", "PSA", "workspaces", "status.key"),
        ("description", "PSA", "workspaces", "description"),
        ("currency", "ERP", "job", "currency"),
    ]


@pytest.mark.parametrize("count", [1, 10, 50])
async def test_many_projects_take_as_many_calls_as_one(busy_twin_firm: RunningFirm, count: int) -> None:
    """PSA: projects, allocations, users, time. HCM: people, without the unselected skills. ERP: customers, their
    receivables, postings; and exchange rates, if the receivables are in several currencies.

    Kantata's child pages take ceil(rows / 200) calls per 50 projects; reads by id take one call per batch of ids.
    """
    answer = await busy_twin_firm.execute(
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


@pytest.mark.parametrize(
    "fault", [NetworkFault.KILLED, NetworkFault.CORRUPT, NetworkFault.THROTTLED, NetworkFault.HANGING]
)
async def test_without_kantata_a_project_answers_from_its_card_and_the_erp(
    twin_firm: RunningFirm, fault: NetworkFault
) -> None:
    await assert_answer_without_psa(twin_firm, fault)


async def test_provenance_of_a_reference_names_its_target_and_hides_rows_that_the_caller_may_not_see(
    twin_firm: RunningFirm,
) -> None:
    document = """{ project(ref: {code: "PRJ-1007"}) {
        read_too: description
        provenance(fields: ["customer", "legalEntity"]) { field system alternates { system value agrees } } } }"""

    unrestricted = await twin_firm.execute(document)
    restricted = await twin_firm.execute(document, regions=frozenset({"EU"}))

    entity = {
        "field": "legalEntity",
        "system": "ERP",
        "alternates": [{"system": "PSA", "value": "NL01", "agrees": True}],
    }
    customer = {"field": "customer", "system": "GATEWAY", "alternates": []}
    assert unrestricted.data is not None
    assert restricted.data is not None
    assert unrestricted.data["project"]["provenance"] == [customer, entity]
    assert restricted.data["project"]["provenance"] == [entity]
    assert (unrestricted.errors, restricted.errors) == ([], [])

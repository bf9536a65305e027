"""The unified view with Productive as the PSA instead of Kantata: same operations, same figures."""

from pathlib import Path

import pytest

from gateway.net.call_counter import count_calls
from tests.e2e.hand_computed_view import assert_answer_without_psa, assert_money_and_hours, assert_view, load_provenance
from tests.e2e.test_mixed_view import CODES
from tests.fixtures.faulty_proxy import NetworkFault
from tests.fixtures.firm import RunningFirm

CONTRACT = Path(__file__).parents[2] / "canonical_schema.graphql"


async def test_every_project_returns_the_hand_computed_figures(productive_firm: RunningFirm) -> None:
    for code in CODES:
        await assert_view(productive_firm, code)
        await assert_money_and_hours(productive_firm, code)


async def test_the_schema_is_the_committed_one_and_names_no_vendor(productive_firm: RunningFirm) -> None:
    committed = CONTRACT.read_text(encoding="utf-8")

    assert productive_firm.gateway.ports["psa"].vendor == "productive"
    assert productive_firm.gateway.engine._services.graph.sdl.rstrip() == committed.rstrip()
    assert "productive.io" not in committed.lower()


async def test_provenance_names_the_vendors_object_and_field(productive_firm: RunningFirm) -> None:
    assert await load_provenance(productive_firm) == [
        ("status", "PSA", "projects", "Project status"),
        ("description", "PSA", "projects", "description"),
        ("currency", "ERP", "job", "currency"),
    ]


@pytest.mark.parametrize("fault", [NetworkFault.KILLED, NetworkFault.CORRUPT, NetworkFault.THROTTLED])
async def test_without_productive_a_project_answers_from_its_card_and_the_erp(
    productive_firm: RunningFirm, fault: NetworkFault
) -> None:
    await assert_answer_without_psa(productive_firm, fault)


async def test_a_second_sync_without_changes_reads_each_list_once(productive_firm: RunningFirm) -> None:
    """PSA: companies, people, projects, budgets and members; custom fields are cached after the first sync."""
    with count_calls() as calls:
        results = await productive_firm.gateway.sync.run()

    assert [result.failure for result in results] == [None] * len(results)
    assert calls == {"crm": 3, "psa": 5, "hcm": 1, "erp": 6}

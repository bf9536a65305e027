"""A spoilt row costs its own fields: the system names it, the list says what it lacks, and the other rows are whole."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from gateway.composition import open_gateway
from subgraphs.kit.twin.server import serve
from subgraphs.psa.kantata.twin import TwinSettings, build_twin
from subgraphs.sandbox.firm.small import FIRM
from tests.fixtures import connections
from tests.fixtures.clock import NOON
from tests.fixtures.connections import PATIENT_SECONDS
from tests.fixtures.firm import RunningFirm

QUERY = """{
  systems { name unreadable { object externalId field lost } }
  projects(first: 50) { totalCount nodes { code name startDate } partial { missing faults { code message } } }
}"""


@pytest.fixture
async def psa(tmp_path: Path) -> AsyncIterator[tuple[RunningFirm, Any]]:
    """A gateway over a Kantata twin, and the editor of the twin's rows."""
    twin = build_twin(FIRM, TwinSettings(token="token"))
    async with serve(twin) as base_url:
        settings = connections.build_settings(tmp_path, connections.connect_kantata(base_url), deadline=PATIENT_SECONDS)
        async with open_gateway(settings, clock=lambda: NOON) as gateway:
            yield RunningFirm(gateway, {}), twin.state.life


def list_rows(answer: Any) -> dict[str, Any]:
    """Return the start dates of the listed projects by code."""
    return {node["code"]: node["startDate"] for node in answer.data["projects"]["nodes"]}


async def test_a_spoilt_row_is_named_by_its_system_and_missing_from_a_list_that_says_so(
    psa: tuple[RunningFirm, Any],
) -> None:
    """Given a list as title of project 3 and a text as start date of project 5, then all else is readable."""
    firm, twin = psa
    twin.update("workspaces", "3", {"title": ["SECRET"]})
    twin.update("workspaces", "5", {"start_date": "SECRET"})
    await firm.gateway.sync.run()

    answer = await firm.execute(QUERY)

    assert answer.data is not None
    assert answer.data["systems"] == [
        {
            "name": "psa",
            "unreadable": [
                {"object": "workspaces", "externalId": "3", "field": "title", "lost": True},
                {"object": "workspaces", "externalId": "5", "field": "start_date", "lost": False},
            ],
        }
    ]
    days = list_rows(answer)
    assert sorted(days) == [f"PRJ-10{number:02}" for number in range(1, 11) if number != 3]
    assert [code for code, day in days.items() if day is None] == ["PRJ-1005"]
    assert answer.data["projects"]["partial"] == {
        "missing": [],
        "faults": [
            {
                "code": "CONTRACT_MISMATCH",
                "message": "The PSA sent a record that cannot be read; this list may lack it: workspaces, title.",
            }
        ],
    }
    (error,) = answer.errors
    assert error["path"] == ["projects", "nodes", list(days).index("PRJ-1005"), "startDate"]
    assert (error["extensions"]["object"], error["extensions"]["field"]) == ("workspaces", "start_date")
    assert "SECRET" not in f"{answer.data} {answer.errors}"


async def test_after_the_correction_nothing_is_named_and_the_list_is_whole(psa: tuple[RunningFirm, Any]) -> None:
    firm, twin = psa
    twin.update("workspaces", "3", {"title": ["SECRET"]})
    await firm.gateway.sync.run()
    twin.update("workspaces", "3", {"title": "Repaired"})
    await firm.gateway.sync.run()

    answer = await firm.execute(QUERY)

    assert answer.data is not None
    assert (answer.data["systems"], answer.errors) == ([{"name": "psa", "unreadable": []}], [])
    assert answer.data["projects"]["partial"] is None
    assert len(list_rows(answer)) == 10

"""productive-client-api reads the twin: it follows numbered pages, sends its filters and joins included resources."""

from collections.abc import Mapping
from typing import Any

import pytest

from tests.clients.client_runs import RunVerifier
from tests.clients.recorded_calls import RecordedCall


@pytest.fixture
async def told(run_verifier: RunVerifier) -> Mapping[str, Any]:
    return (await run_verifier("productive/productive-client-api")).findings


async def test_it_reads_filtered_people_page_by_page(told, run_verifier):
    ran = await run_verifier("productive/productive-client-api")

    assert told["people"] == [
        "Alice Hartmann",
        "Ben Okafor",
        "Carla Mendes",
        "Dev Patel",
        "Elin Novak",
        "Femke de Boer",
        "Goran Ilic",
        "Hana Sato",
    ]
    assert ran.calls.count(RecordedCall("GET", "/api/v2/people")) == 3


async def test_it_joins_a_project_with_its_included_company_and_manager(told):
    assert len(told["projects"]) == 10
    assert told["projects"][0] == ["Aurora ERP rollout", "Aurora Retail Group", "alice.hartmann@meridian.example"]
    assert told["projects"][-1] == ["Delft warehouse design", "Delft Logistics", "femke.deboer@meridian.example"]
    assert [manager for _, _, manager in told["projects"] if not manager] == []


async def test_a_single_resource_has_no_pages(told):
    assert told["one"] == ["1", "companies"]


async def test_it_reports_errors(told):
    assert told["wrong token"] == [401, "Unauthenticated"]
    assert told["other organization"] == [403, "Access Denied"]
    assert told["odd filter"] == [400, "Unsupported Filter"]
    assert told["gone"] == [404, "Record Not Found"]

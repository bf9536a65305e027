"""The client `netsuite-rest` against the twin: its signatures, which omit the body, are accepted as well."""

from collections.abc import Mapping
from typing import Any

import pytest

from tests.clients.client_runs import RunVerifier


@pytest.fixture
async def results(run_verifier: RunVerifier) -> Mapping[str, Any]:
    return (await run_verifier("netsuite/netsuite-rest")).findings


async def test_it_reads_the_second_page_of_a_statement(results):
    assert results["page"] == [3, False, 5, 8, ["W-1006", "W-1007", "W-1008"]]


async def test_it_creates_updates_upserts_reads_and_deletes_records(results):
    assert results["created"] == [204, None, True]
    assert (results["patched"], results["upserted"], results["deleted"]) == (204, [204, 204], 204)
    assert results["one record"] is True
    assert results["got"] == ["Harbor Labs", "ap@harbor.example", "1"]


async def test_it_maps_refusals(results):
    assert results["gone"] == ["HTTPError", 404, "NONEXISTENT_ID"]
    assert results["wrong secret"] == ["HTTPError", 401, "INVALID_LOGIN"]
    assert results["wrong realm"] == ["HTTPError", 401, "INVALID_LOGIN"]

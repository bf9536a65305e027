"""aiosalesforce finds an org: its retries, its one new login after a 401, its composite calls and its reading of duplicates all work."""

from collections.abc import Mapping
from typing import Any

import pytest

from tests.clients.arrivals import Arrival

LOGIN = Arrival("POST", "/services/oauth2/token", "client_credentials")


@pytest.fixture
async def told(run_verifier) -> Mapping[str, Any]:
    return (await run_verifier("salesforce/aiosalesforce")).findings


async def test_it_reads_all_batches_and_deleted_rows_on_request(told):
    assert told["all"] == [f"C-200{number}" for number in range(1, 9)]
    assert (told["rows"]["live"], told["rows"]["with deleted"]) == (9, 10)


async def test_it_creates_upserts_reads_and_deletes_rows(told):
    rows = told["rows"]

    assert (rows["upserted"], rows["upserted anew"]) == ([True, False], True)
    assert rows["got"] == ["Harbor Labs", "Research", "SMB"]
    assert rows["by key"] == "Ibis Energy"
    assert rows["gone"] == ["NotFoundError", 404, "ENTITY_IS_DELETED"]


async def test_it_retries_once_after_a_locked_row(told):
    assert told["trouble"]["retried"] == [400]
    assert told["trouble"]["created although locked"] == 18


async def test_it_logs_in_once_more_after_its_session_has_expired(told, run_verifier):
    ran = await run_verifier("salesforce/aiosalesforce")

    assert told["trouble"]["after expiry"] == ["C-2001"]
    assert ran.calls.count(LOGIN) == 2


async def test_it_reads_the_matches_of_a_blocking_duplicate_rule(told):
    assert told["duplicate"] == {
        "id": "C-2006",
        "sobject": "Account",
        "match_confidence": 100.0,
        "match_engine": "ExactMatchEngine",
        "rule": "Standard_Account_Match_Rule",
        "count": 1,
    }


async def test_it_raises_an_error_for_an_ambiguous_external_id(told):
    assert told["several"] == ["MoreThanOneRecordError", 300, None]


async def test_composite_requests_can_reference_each_other_and_are_rolled_back_together(told):
    together = told["composite"]

    assert together["statuses"] == [201, 201, 200]
    assert (together["kept"], together["contacts"]) == ("Okafor", ["Okafor"])
    assert together["taken back"] == []


async def test_it_maps_errors(told):
    assert told["unknown field"] == ["SalesforceError", 400, "INVALID_FIELD"]
    assert told["stranger"] == ["AuthenticationError", "[invalid_client_id] client identifier invalid"]
    assert told["limits"] == ["DailyApiRequests"]

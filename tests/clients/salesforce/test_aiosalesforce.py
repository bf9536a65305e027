"""aiosalesforce works with the twin: retries, a new login after a 401, composite calls and duplicate results."""

from collections.abc import Mapping
from typing import Any

import pytest

from tests.clients.client_runs import RunVerifier
from tests.clients.recorded_calls import RecordedCall

LOGIN = RecordedCall("POST", "/services/oauth2/token", "client_credentials")


@pytest.fixture
async def findings(run_verifier: RunVerifier) -> Mapping[str, Any]:
    return (await run_verifier("salesforce/aiosalesforce")).findings


async def test_it_reads_all_batches_and_deleted_rows_on_request(findings):
    assert findings["all"] == [f"C-200{number}" for number in range(1, 9)]
    assert (findings["rows"]["live"], findings["rows"]["with deleted"]) == (9, 10)


async def test_it_creates_upserts_reads_and_deletes_rows(findings):
    rows = findings["rows"]

    assert (rows["upserted"], rows["upsert created"]) == ([True, False], True)
    assert rows["got"] == ["Harbor Labs", "Research", "SMB"]
    assert rows["by key"] == "Ibis Energy"
    assert rows["get deleted"] == ["NotFoundError", 404, "ENTITY_IS_DELETED"]


async def test_it_retries_once_after_a_locked_row(findings):
    assert findings["retries"]["retried"] == [400]
    assert findings["retries"]["created after lock"] == 18


async def test_it_logs_in_once_more_after_its_session_has_expired(findings, run_verifier):
    run = await run_verifier("salesforce/aiosalesforce")

    assert findings["retries"]["after expiry"] == ["C-2001"]
    assert run.calls.count(LOGIN) == 2


async def test_it_reads_the_matches_of_a_blocking_duplicate_rule(findings):
    assert findings["duplicate"] == {
        "id": "C-2006",
        "sobject": "Account",
        "match_confidence": 100.0,
        "match_engine": "ExactMatchEngine",
        "rule": "Standard_Account_Match_Rule",
        "count": 1,
    }


async def test_it_raises_an_error_for_an_ambiguous_external_id(findings):
    assert findings["ambiguous id"] == ["MoreThanOneRecordError", 300, None]


async def test_composite_requests_can_reference_each_other_and_are_rolled_back_together(findings):
    composite = findings["composite"]

    assert composite["statuses"] == [201, 201, 200]
    assert (composite["kept"], composite["contacts"]) == ("Okafor", ["Okafor"])
    assert composite["rolled back"] == []


async def test_it_maps_errors(findings):
    assert findings["unknown field"] == ["SalesforceError", 400, "INVALID_FIELD"]
    assert findings["unknown app"] == ["AuthenticationError", "[invalid_client_id] client identifier invalid"]
    assert findings["limits"] == ["DailyApiRequests"]

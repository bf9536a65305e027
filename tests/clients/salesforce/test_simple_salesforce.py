"""simple-salesforce works with the twin: it calls `query/` with a slash and old versions, and returns statuses."""

from collections.abc import Mapping
from typing import Any

import pytest

from tests.clients.client_runs import RunVerifier

ACCOUNTS = [f"C-200{number}" for number in range(1, 9)]


@pytest.fixture
async def findings(run_verifier: RunVerifier) -> Mapping[str, Any]:
    return (await run_verifier("salesforce/simple-salesforce")).findings


async def test_every_record_has_its_type_and_url_in_the_requested_version(findings):
    record = findings["queries"]["one"]["records"][0]

    assert (findings["queries"]["one"]["totalSize"], findings["queries"]["one"]["done"]) == (1, True)
    assert record["attributes"] == {
        "type": "Account",
        "url": f"/services/data/v59.0/sobjects/Account/{record['Id']}",
    }
    assert (record["Name"], record["Parent"]["Name"]) == ("Aurora Outlets", "Aurora Retail Group")
    assert findings["old version"] == 1


async def test_it_reads_all_batches_of_a_query(findings):
    assert findings["queries"]["second batch"] == ACCOUNTS[3:6]
    assert findings["queries"]["all"] == ACCOUNTS
    assert findings["queries"]["one by one"] == 8


async def test_it_creates_reads_updates_and_deletes_rows(findings):
    rows = findings["rows"]

    assert rows["created"] == {"success": True, "errors": []}
    assert (rows["got"], rows["by key"], rows["industry"]) == ("Harbor Labs", True, "Shipping")
    assert (rows["updated"], rows["deleted"]) == (204, 204)


async def test_the_status_of_an_upsert_says_whether_it_created_or_updated(findings):
    assert (findings["rows"]["upserted"], findings["rows"]["upsert created"]) == (200, 201)
    assert findings["rows"]["ambiguous id"] == ["SalesforceMoreThanOneRecord", 300, True]


async def test_it_lists_the_deleted_and_updated_rows_of_a_time_range(findings):
    rows = findings["rows"]

    assert rows["deleted in the span"] is True
    assert (rows["earliest"], rows["covered"]) == ("2026-10-21T12:00:00.000+0000", "2026-11-20T12:00:00.000+0000")
    assert rows["updated in the span"] == 2


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        (("queries", "malformed"), ["SalesforceMalformedRequest", 400, "MALFORMED_QUERY"]),
        (("rows", "existing id"), ["SalesforceMalformedRequest", 400, "DUPLICATE_VALUE"]),
        (("rows", "without name"), ["SalesforceMalformedRequest", 400, "REQUIRED_FIELD_MISSING"]),
        (("rows", "duplicate"), ["SalesforceMalformedRequest", 400, "DUPLICATES_DETECTED"]),
        (("rows", "get deleted"), ["SalesforceResourceNotFound", 404, "ENTITY_IS_DELETED"]),
    ],
)
async def test_it_maps_errors_by_status_and_parses_the_array_of_errors(findings, key, expected):
    name, status, errors = findings[key[0]][key[1]]

    assert [name, status, errors[0]["errorCode"]] == expected
    assert len(errors) == 1


async def test_the_matches_of_a_blocking_rule_are_under_the_misspelt_key(findings):
    result = findings["rows"]["duplicate"][2][0]["duplicateResut"]

    assert (result["allowSave"], [match["size"] for match in result["matchResults"]]) == (False, [1])


async def test_a_stale_session_and_a_wrong_secret_are_rejected(findings):
    assert findings["stale session"][:2] == ["SalesforceExpiredSession", 401]
    assert findings["stale session"][2][0]["errorCode"] == "INVALID_SESSION_ID"
    assert findings["wrong secret"] == [
        "SalesforceAuthenticationFailed",
        "Authentication failed (code: invalid_client): invalid client credentials",
    ]


async def test_it_logs_in_with_a_signed_assertion_as_the_approved_user_only(findings):
    assert findings["by assertion"] == 1
    assert findings["unapproved user"] == [
        "SalesforceAuthenticationFailed",
        "Authentication failed (code: invalid_grant): user hasn't approved this consumer",
    ]


async def test_limits_and_the_usage_header_agree(findings):
    used, allowed = findings["usage"]

    assert findings["limits"] == {"DailyApiRequests": {"Max": allowed, "Remaining": allowed - used}}


async def test_a_description_lists_the_custom_fields(findings):
    assert findings["fields"] == [
        "Contract_Key__c",
        "Contract_Type__c",
        "Legal_Entity__c",
        "Total_Value__c",
        "Not_To_Exceed__c",
        "Purchase_Order__c",
    ]

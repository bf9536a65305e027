"""simple-salesforce finds an org: it asks `query/` with a slash, old versions, and tells statuses as they came."""

from collections.abc import Mapping
from typing import Any

import pytest

ACCOUNTS = [f"C-200{number}" for number in range(1, 9)]


@pytest.fixture
async def told(run_verifier) -> Mapping[str, Any]:
    return (await run_verifier("salesforce/simple-salesforce")).findings


async def test_every_record_has_its_type_and_url_in_the_requested_version(told):
    record = told["queries"]["one"]["records"][0]

    assert (told["queries"]["one"]["totalSize"], told["queries"]["one"]["done"]) == (1, True)
    assert record["attributes"] == {
        "type": "Account",
        "url": f"/services/data/v59.0/sobjects/Account/{record['Id']}",
    }
    assert (record["Name"], record["Parent"]["Name"]) == ("Aurora Outlets", "Aurora Retail Group")
    assert told["old version"] == 1


async def test_it_reads_all_batches_of_a_query(told):
    assert told["queries"]["second batch"] == ACCOUNTS[3:6]
    assert told["queries"]["all"] == ACCOUNTS
    assert told["queries"]["one by one"] == 8


async def test_it_creates_reads_updates_and_deletes_rows(told):
    rows = told["rows"]

    assert rows["created"] == {"success": True, "errors": []}
    assert (rows["got"], rows["by key"], rows["industry"]) == ("Harbor Labs", True, "Shipping")
    assert (rows["updated"], rows["deleted"]) == (204, 204)


async def test_the_status_of_an_upsert_says_whether_it_created_or_updated(told):
    assert (told["rows"]["upserted"], told["rows"]["upserted anew"]) == (200, 201)
    assert told["rows"]["several"] == ["SalesforceMoreThanOneRecord", 300, True]


async def test_it_lists_the_deleted_and_updated_rows_of_a_time_range(told):
    rows = told["rows"]

    assert rows["deleted in the span"] is True
    assert (rows["earliest"], rows["covered"]) == ("2026-10-21T12:00:00.000+0000", "2026-11-20T12:00:00.000+0000")
    assert rows["updated in the span"] == 2


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        (("queries", "malformed"), ["SalesforceMalformedRequest", 400, "MALFORMED_QUERY"]),
        (("rows", "taken"), ["SalesforceMalformedRequest", 400, "DUPLICATE_VALUE"]),
        (("rows", "nameless"), ["SalesforceMalformedRequest", 400, "REQUIRED_FIELD_MISSING"]),
        (("rows", "duplicate"), ["SalesforceMalformedRequest", 400, "DUPLICATES_DETECTED"]),
        (("rows", "gone"), ["SalesforceResourceNotFound", 404, "ENTITY_IS_DELETED"]),
    ],
)
async def test_it_maps_errors_by_status_and_parses_the_array_of_errors(told, place, expected):
    name, status, errors = told[place[0]][place[1]]

    assert [name, status, errors[0]["errorCode"]] == expected
    assert len(errors) == 1


async def test_the_matches_of_a_blocking_rule_are_under_the_misspelt_key(told):
    found = told["rows"]["duplicate"][2][0]["duplicateResut"]

    assert (found["allowSave"], [match["size"] for match in found["matchResults"]]) == (False, [1])


async def test_a_stale_session_and_a_wrong_secret_are_rejected(told):
    assert told["stale session"][:2] == ["SalesforceExpiredSession", 401]
    assert told["stale session"][2][0]["errorCode"] == "INVALID_SESSION_ID"
    assert told["wrong secret"] == [
        "SalesforceAuthenticationFailed",
        "Authentication failed (code: invalid_client): invalid client credentials",
    ]


async def test_it_logs_in_with_a_signed_assertion_as_the_approved_user_only(told):
    assert told["by assertion"] == 1
    assert told["stranger"] == [
        "SalesforceAuthenticationFailed",
        "Authentication failed (code: invalid_grant): user hasn't approved this consumer",
    ]


async def test_limits_and_the_usage_header_agree(told):
    used, allowed = told["usage"]

    assert told["limits"] == {"DailyApiRequests": {"Max": allowed, "Remaining": allowed - used}}


async def test_a_description_lists_the_custom_fields(told):
    assert told["fields"] == [
        "Contract_Key__c",
        "Contract_Type__c",
        "Legal_Entity__c",
        "Total_Value__c",
        "Not_To_Exceed__c",
        "Purchase_Order__c",
    ]

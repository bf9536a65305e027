"""simple-salesforce finds an org: it asks `query/` with a slash, old versions, and tells statuses as they came."""

from collections.abc import Mapping
from typing import Any

import pytest

ACCOUNTS = [f"C-200{number}" for number in range(1, 9)]


@pytest.fixture
async def told(judged) -> Mapping[str, Any]:
    return (await judged("salesforce/simple-salesforce")).told


async def test_every_record_carries_its_type_and_address_in_the_version_that_was_asked(told):
    record = told["queries"]["one"]["records"][0]

    assert (told["queries"]["one"]["totalSize"], told["queries"]["one"]["done"]) == (1, True)
    assert record["attributes"] == {
        "type": "Account",
        "url": f"/services/data/v59.0/sobjects/Account/{record['Id']}",
    }
    assert (record["Name"], record["Parent"]["Name"]) == ("Aurora Outlets", "Aurora Retail Group")
    assert told["old version"] == 1


async def test_it_walks_the_batches_of_a_query_to_the_end(told):
    assert told["queries"]["second batch"] == ACCOUNTS[3:6]
    assert told["queries"]["all"] == ACCOUNTS
    assert told["queries"]["one by one"] == 8


async def test_it_creates_reads_changes_and_deletes_rows(told):
    rows = told["rows"]

    assert rows["created"] == {"success": True, "errors": []}
    assert (rows["got"], rows["by key"], rows["industry"]) == ("Harbor Labs", True, "Shipping")
    assert (rows["updated"], rows["deleted"]) == (204, 204)


async def test_an_upsert_tells_what_it_did_by_its_status(told):
    assert (told["rows"]["upserted"], told["rows"]["upserted anew"]) == (200, 201)
    assert told["rows"]["several"] == ["SalesforceMoreThanOneRecord", 300, True]


async def test_it_sees_what_was_deleted_and_updated_in_a_span(told):
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
async def test_it_maps_refusals_by_status_and_finds_an_array_of_errors(told, place, expected):
    name, status, errors = told[place[0]][place[1]]

    assert [name, status, errors[0]["errorCode"]] == expected
    assert len(errors) == 1


async def test_a_blocking_rule_tells_what_matched_under_the_key_that_live_orgs_misspell(told):
    found = told["rows"]["duplicate"][2][0]["duplicateResut"]

    assert (found["allowSave"], [match["size"] for match in found["matchResults"]]) == (False, [1])


async def test_a_client_without_a_session_is_told_so(told):
    assert told["stale session"][:2] == ["SalesforceExpiredSession", 401]
    assert told["stale session"][2][0]["errorCode"] == "INVALID_SESSION_ID"
    assert told["wrong secret"] == [
        "SalesforceAuthenticationFailed",
        "Authentication failed (code: invalid_client): invalid client credentials",
    ]


async def test_it_logs_in_by_a_signed_assertion_as_the_user_that_the_app_may_act_as(told):
    assert told["by assertion"] == 1
    assert told["stranger"] == [
        "SalesforceAuthenticationFailed",
        "Authentication failed (code: invalid_grant): user hasn't approved this consumer",
    ]


async def test_limits_and_the_usage_header_agree(told):
    used, allowed = told["usage"]

    assert told["limits"] == {"DailyApiRequests": {"Max": allowed, "Remaining": allowed - used}}


async def test_a_description_names_the_custom_fields(told):
    assert told["fields"] == [
        "Contract_Key__c",
        "Contract_Type__c",
        "Legal_Entity__c",
        "Total_Value__c",
        "Not_To_Exceed__c",
        "Purchase_Order__c",
    ]

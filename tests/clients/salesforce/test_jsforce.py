"""jsforce works with the twin: it parses ids from the identity URL and uses collections for several rows."""

from collections.abc import Mapping
from typing import Any

import pytest

from tests.clients.client_runs import RunVerifier


@pytest.fixture
async def findings(run_verifier: RunVerifier) -> Mapping[str, Any]:
    return (await run_verifier("salesforce/jsforce")).findings


async def test_the_identity_url_of_a_login_ends_with_the_ids_of_org_and_user(findings):
    assert findings["user"] == ["00D", "005"]
    assert findings["instance"] is True


async def test_it_reads_all_batches_of_a_query(findings):
    assert findings["queries"]["first"] == [8, False, 3]
    assert findings["queries"]["second"] == ["C-2004", "C-2005", "C-2006"]
    assert findings["queries"]["all"] == 8


async def test_sub_queries_are_nested_and_null_if_empty(findings):
    assert findings["queries"]["nested"] == [["Aurora Retail Group", ["Reyes", "Stone"]], ["Cobalt Energy", None]]


async def test_it_creates_reads_updates_and_deletes_single_rows(findings):
    rows = findings["rows"]

    assert (rows["created"], rows["updated"]) == ([True, []], [True, True])
    assert (rows["upserted"], rows["upsertCreated"]) == ([True, False], True)
    assert rows["one"] == ["Account", "Harbor Labs", "Shipping"]
    assert rows["deleted"] == [True, True]
    assert rows["getDeleted"] == ["ENTITY_IS_DELETED", "ENTITY_IS_DELETED", "entity is deleted"]


async def test_many_rows_are_one_call_with_one_result_per_row(findings):
    rows = findings["rows"]

    assert rows["many"] == ["Harbor Labs", None, "Ibis Energy"]
    assert rows["createdMany"] == [True, False, "REQUIRED_FIELD_MISSING", ["Name"]]
    assert (rows["changed"], rows["bulk"], rows["removed"]) == ([True, True], [False, True], [True, True])


async def test_it_lists_the_deleted_and_updated_rows_of_a_time_range(findings):
    assert findings["timeRanges"] == [3, "2026-11-20T12:00:00.000+0000", 1]


async def test_it_maps_errors(findings):
    assert findings["queries"]["malformed"][:2] == ["MALFORMED_QUERY", "MALFORMED_QUERY"]
    assert findings["ambiguousId"] == ["MULTIPLE_CHOICES", "MULTIPLE_CHOICES", "Multiple records found"]
    assert findings["duplicate"][1:] == ["DUPLICATES_DETECTED", "Use one of these records?"]
    assert findings["wrong secret"] == ["invalid_client", None, "invalid client credentials"]


async def test_it_reads_descriptions_limits_and_the_usage_header(findings):
    assert findings["described"] == ["Customer_Number__c"]
    assert findings["objects"] == [
        "Account",
        "Contact",
        "Contract",
        "Contract_Line__c",
        "Opportunity",
        "OpportunityLineItem",
        "User",
    ]
    used, allowed = findings["usage"]["used"], findings["usage"]["limit"]
    assert findings["limits"] == {"DailyApiRequests": {"Max": allowed, "Remaining": allowed - used}}

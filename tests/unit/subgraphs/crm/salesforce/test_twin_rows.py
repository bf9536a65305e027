"""The twin creates, updates, upserts and deletes rows like the service."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Any

import httpx
import pytest

from subgraphs.crm.salesforce.twin.seed import build_account_id, build_contact_id, build_opportunity_id

OpenOrg = Callable[..., AbstractAsyncContextManager[httpx.AsyncClient]]


async def count_rows(org: httpx.AsyncClient, name: str) -> int:
    answer = await org.get("query", params={"q": f"SELECT COUNT() FROM {name}"})  # noqa: S608 -- SOQL for the twin, not SQL
    total: int = answer.json()["totalSize"]
    return total


async def test_an_upsert_creates_once_and_then_updates(org: httpx.AsyncClient) -> None:
    path = "sobjects/Account/Customer_Number__c/C-2999"
    created = await org.patch(path, json={"Name": "Hague Ports"})
    updated = await org.patch(path, json={"Name": "Hague Ports NV"})
    assert (created.status_code, updated.status_code) == (201, 200)
    identifier = created.json()["id"]
    assert created.json() == {"id": identifier, "success": True, "errors": [], "created": True}
    assert updated.json() == {"id": identifier, "success": True, "errors": [], "created": False}
    read = await org.get(path, params={"fields": "Name,Customer_Number__c"})
    assert {name: read.json()[name] for name in ("Name", "Customer_Number__c")} == {
        "Name": "Hague Ports NV",
        "Customer_Number__c": "C-2999",
    }
    assert await count_rows(org, "Account") == 9


async def test_an_updating_upsert_before_v46_has_no_body(org: httpx.AsyncClient) -> None:
    old = org.base_url.join("/services/data/v45.0/sobjects/Account/Customer_Number__c/C-2999")
    created = await org.patch(old, json={"Name": "Hague Ports"})
    updated = await org.patch(old, json={"Phone": "1"})
    after_v46 = await org.patch("sobjects/Account/Customer_Number__c/C-2999", json={"Phone": "2"})
    assert [created.status_code, updated.status_code, after_v46.status_code] == [201, 204, 200]
    assert (created.json()["created"], updated.content, after_v46.json()["created"]) == (True, b"", False)


async def test_an_upsert_with_update_only_creates_nothing(org: httpx.AsyncClient) -> None:
    answer = await org.patch("sobjects/Account/Customer_Number__c/C-9?updateOnly=true", json={"Name": "x"})
    assert (answer.status_code, answer.json()[0]["errorCode"]) == (404, "NOT_FOUND")
    assert await count_rows(org, "Account") == 8


async def test_an_upsert_body_must_not_contain_the_external_id(org: httpx.AsyncClient) -> None:
    answer = await org.patch("sobjects/Account/Customer_Number__c/C-9", json={"Name": "x", "Customer_Number__c": "C-9"})
    assert (answer.status_code, answer.json()[0]["errorCode"]) == (400, "INVALID_FIELD")
    assert await count_rows(org, "Account") == 8


async def test_an_ambiguous_external_id_returns_the_urls_of_all_rows(org: httpx.AsyncClient) -> None:
    await org.post("sobjects/Contact", json={"LastName": "Second", "Contact_Key__c": "C-2003-1"})
    path = "sobjects/Contact/Contact_Key__c/C-2003-1"
    updated = await org.patch(path, json={"Title": "Chair"})
    assert updated.status_code == 300
    assert len(updated.json()) == 2
    assert f"/services/data/v68.0/sobjects/Contact/{build_contact_id('C-2003', 1)}" in updated.json()
    assert (await org.get(path)).status_code == 300
    assert (await org.get(f"sobjects/Contact/{build_contact_id('C-2003', 1)}")).json()["Title"] == "Head of data"


@pytest.mark.parametrize(
    ("_case", "body", "code", "fields"),
    [
        ("missing name", {"Phone": "1"}, "REQUIRED_FIELD_MISSING", ["Name"]),
        ("unknown field", {"Name": "x", "Nothing": 1}, "INVALID_FIELD", None),
        (
            "computed field",
            {"Name": "x", "SystemModstamp": "2026-01-01T00:00:00Z"},
            "INVALID_FIELD_FOR_INSERT_UPDATE",
            ["SystemModstamp"],
        ),
        ("existing external id", {"Name": "x", "Customer_Number__c": "c-2001"}, "DUPLICATE_VALUE", []),
        (
            "parent of another object",
            {"Name": "x", "ParentId": build_contact_id("C-2003", 1)},
            "INVALID_CROSS_REFERENCE_KEY",
            ["ParentId"],
        ),
        ("malformed parent id", {"Name": "x", "ParentId": "C-2001"}, "MALFORMED_ID", None),
    ],
)
async def test_a_rejected_create_writes_nothing(
    org: httpx.AsyncClient, _case: str, body: dict[str, Any], code: str, fields: list[str] | None
) -> None:
    answer = await org.post("sobjects/Account", json=body)
    assert answer.status_code == 400
    (error,) = answer.json()
    assert error["errorCode"] == code
    assert error.get("fields") == fields
    assert await count_rows(org, "Account") == 8


async def test_taken_key_names_the_record(org: httpx.AsyncClient) -> None:
    answer = await org.post("sobjects/Account", json={"Name": "x", "Customer_Number__c": "C-2001"})
    identifier = build_account_id("C-2001")[:15]
    expected = f"duplicate value found: Customer_Number__c duplicates value on record with id: {identifier}"
    assert answer.json()[0]["message"] == expected


async def test_a_duplicate_rule_rejects_by_name_unless_the_header_allows_it(open_org: OpenOrg) -> None:
    async with open_org(duplicate_rules=frozenset({"Account"})) as org:
        rejected = await org.post("sobjects/Account", json={"Name": "emmen water"})
        (error,) = rejected.json()
        assert error["errorCode"] == "DUPLICATES_DETECTED"
        match = error["duplicateResut"]["matchResults"][0]["matchRecords"][0]
        assert match["record"]["Id"] == build_account_id("C-2006")
        assert await count_rows(org, "Account") == 8
        header = {"Sforce-Duplicate-Rule-Header": "allowSave=true"}
        assert (await org.post("sobjects/Account", json={"Name": "emmen water"}, headers=header)).status_code == 201


async def test_the_stage_decides_whether_an_opportunity_is_closed_and_won(org: httpx.AsyncClient) -> None:
    path = f"sobjects/Opportunity/{build_opportunity_id('O-3011')}"
    assert (await org.patch(path, json={"StageName": "Closed Won"})).status_code == 204
    row = (await org.get(path)).json()
    assert (row["IsClosed"], row["IsWon"]) == (True, True)


async def test_an_update_of_a_row_modified_since_is_rejected(org: httpx.AsyncClient) -> None:
    path = f"sobjects/Account/{build_account_id('C-2001')}"
    header = {"If-Unmodified-Since": "Tue, 20 Oct 2026 00:00:00 GMT"}
    answer = await org.patch(path, json={"Name": "x"}, headers=header)
    assert answer.status_code == 412
    assert (await org.get(path)).json()["Name"] == "Aurora Retail Group"
    assert (await org.get(path, headers={"If-Modified-Since": "Fri, 20 Nov 2026 00:00:00 GMT"})).status_code == 304


async def test_deletions_and_updates_are_listed_for_a_time_range(org: httpx.AsyncClient) -> None:
    identifier = build_contact_id("C-2001", 2)
    await org.delete(f"sobjects/Contact/{identifier}")
    await org.patch(f"sobjects/Contact/{build_contact_id('C-2001', 1)}", json={"Title": "Chair"})
    time_range = {"start": "2026-11-20T11:00:00+00:00", "end": "2026-11-20T12:10:00+00:00"}
    deleted = (await org.get("sobjects/Contact/deleted/", params=time_range)).json()
    assert [row["id"] for row in deleted["deletedRecords"]] == [identifier]
    updated = (await org.get("sobjects/Contact/updated/", params=time_range)).json()
    assert updated["ids"] == [build_contact_id("C-2001", 1)]


async def test_a_time_range_beyond_thirty_days_is_rejected(org: httpx.AsyncClient) -> None:
    time_range = {"start": "2026-10-01T11:00:00+00:00", "end": "2026-11-20T12:10:00+00:00"}
    answer = await org.get("sobjects/Contact/deleted/", params=time_range)
    assert answer.json()[0]["errorCode"] == "INVALID_REPLICATION_DATE"


async def test_a_collection_read_keeps_the_order(org: httpx.AsyncClient) -> None:
    ids = [build_account_id("C-2003"), build_account_id("C-9999"), build_account_id("C-2001")]
    answer = await org.get("composite/sobjects/Account", params={"ids": ",".join(ids), "fields": "Id,Name"})
    assert [row and row["Name"] for row in answer.json()] == ["Birchwood Health", None, "Aurora Retail Group"]
    by_post = await org.post("composite/sobjects/Account", json={"ids": ids, "fields": ["Id", "Name"]})
    assert by_post.json() == answer.json()


async def test_a_collection_write_with_all_or_none_is_rolled_back(org: httpx.AsyncClient) -> None:
    records = [{"attributes": {"type": "Account"}, "Name": "One"}, {"attributes": {"type": "Account"}}]
    answer = await org.post("composite/sobjects", json={"allOrNone": True, "records": records})
    codes = [item["errors"][0]["statusCode"] for item in answer.json()]
    assert codes == ["ALL_OR_NONE_OPERATION_ROLLED_BACK", "REQUIRED_FIELD_MISSING"]
    assert await count_rows(org, "Account") == 8
    partial = await org.post("composite/sobjects", json={"allOrNone": False, "records": records})
    assert [item["success"] for item in partial.json()] == [True, False]
    assert await count_rows(org, "Account") == 9


async def test_a_collection_upsert_has_one_result_per_row(org: httpx.AsyncClient) -> None:
    records = [
        {"attributes": {"type": "Account"}, "Customer_Number__c": "C-2001", "Phone": "1"},
        {"attributes": {"type": "Account"}, "Customer_Number__c": "C-2998", "Name": "Two"},
    ]
    answer = await org.patch("composite/sobjects/Account/Customer_Number__c", json={"records": records})
    assert [(item["success"], item["created"]) for item in answer.json()] == [(True, False), (True, True)]


async def test_composite_requests_run_in_order_and_can_use_earlier_responses(org: httpx.AsyncClient) -> None:
    base = "/services/data/v68.0"
    requests = [
        {"method": "POST", "url": f"{base}/sobjects/Account", "referenceId": "a", "body": {"Name": "New"}},
        {"method": "GET", "url": f"{base}/sobjects/Account/@{{a.id}}?fields=Name", "referenceId": "b"},
        {"method": "GET", "url": f"{base}/query?q=SELECT+Nothing+FROM+Account", "referenceId": "c"},
    ]
    answer = (await org.post("composite", json={"allOrNone": False, "compositeRequest": requests})).json()
    assert [(each["referenceId"], each["httpStatusCode"]) for each in answer["compositeResponse"]] == [
        ("a", 201),
        ("b", 200),
        ("c", 400),
    ]
    assert answer["compositeResponse"][1]["body"]["Name"] == "New"
    rolled_back = (await org.post("composite", json={"allOrNone": True, "compositeRequest": requests})).json()
    assert [each["body"][0]["errorCode"] for each in rolled_back["compositeResponse"]] == [
        "PROCESSING_HALTED",
        "PROCESSING_HALTED",
        "INVALID_FIELD",
    ]
    assert await count_rows(org, "Account") == 9


@pytest.mark.parametrize(("count", "url"), [(26, "sobjects"), (6, "query?q=SELECT+Id+FROM+User")])
async def test_a_composite_call_has_limits(org: httpx.AsyncClient, count: int, url: str) -> None:
    requests = [
        {"method": "GET", "url": f"/services/data/v68.0/{url}", "referenceId": f"r{number}"} for number in range(count)
    ]
    answer = await org.post("composite", json={"compositeRequest": requests})
    assert (answer.status_code, answer.json()[0]["errorCode"]) == (400, "INVALID_INPUT")


async def test_a_description_lists_fields_external_ids_and_children(org: httpx.AsyncClient) -> None:
    description = (await org.get("sobjects/Account/describe")).json()
    fields = {field["name"]: field for field in description["fields"]}
    assert description["keyPrefix"] == "001"
    assert fields["Customer_Number__c"]["externalId"] is True
    assert fields["ParentId"]["referenceTo"] == ["Account"]
    contacts = {"childSObject": "Contact", "field": "AccountId", "relationshipName": "Contacts", "cascadeDelete": False}
    assert contacts in description["childRelationships"]


async def test_an_org_without_multi_currency_has_no_currency_field(open_org: OpenOrg) -> None:
    async with open_org(multi_currency=False) as org:
        answer = await org.get("query", params={"q": "SELECT CurrencyIsoCode FROM Account"})
        assert answer.json()[0]["errorCode"] == "INVALID_FIELD"

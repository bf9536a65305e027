"""REST records on the twin: read, list, create, upsert and refusals."""

from typing import Any

import msgspec
import pytest


def read_error(answer: Any) -> tuple[int, str, str]:
    entry = answer.json()["o:errorDetails"][0]
    return answer.status_code, entry["o:errorCode"], entry["detail"]


async def test_a_record_has_references_numbers_and_check_boxes(account):
    answer = await account.request_record("GET", "customer/101")
    assert answer.headers["content-type"] == "application/vnd.oracle.resource+json; type=singular"
    body = answer.json()
    assert body["id"] == "101"
    assert (body["subsidiary"]["id"], body["subsidiary"]["refName"]) == ("1", "Meridian Advisory Inc")
    assert body["links"][0]["href"] == f"{account.base_url}/services/rest/record/v1/customer/101"
    assert body["isInactive"] is False
    assert b'"creditLimit":250000.00' in answer.content
    assert "parent" not in body


async def test_a_record_is_read_by_external_id_with_selected_fields(account):
    body = (await account.request_record("GET", "job/eid:PRJ-1001?fields=companyName,externalId")).json()
    assert {key: value for key, value in body.items() if key != "links"} == {
        "companyName": "Aurora ERP rollout",
        "externalId": "PRJ-1001",
    }


async def test_lists_contain_only_ids(account):
    body = (await account.request_record("GET", "customer?limit=2&offset=2")).json()
    assert [item["id"] for item in body["items"]] == ["103", "104"]
    assert {key for item in body["items"] for key in item} == {"id", "links"}
    assert (body["count"], body["hasMore"], body["totalResults"]) == (2, True, 8)


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ('companyName START_WITH "aurora"', ["101", "102"]),
        ('companyName CONTAIN "health"', ["103"]),
        ('entityId IS "C-2008"', ["108"]),
        ('companyName START_WITH "aurora" AND entityId IS "C-2002"', ["102"]),
    ],
)
async def test_lists_are_filtered(account, condition: str, expected: list[str]):
    answer = await account.http.get(
        "/services/rest/record/v1/customer", params={"q": condition}, headers=account.headers
    )
    assert [item["id"] for item in answer.json()["items"]] == expected


async def test_an_unsupported_filter_is_refused(account):
    answer = await account.http.get(
        "/services/rest/record/v1/customer", params={"q": "id LIKE 1"}, headers=account.headers
    )
    assert read_error(answer)[:2] == (400, "INVALID_PARAMETER")


async def test_creating_a_record_returns_only_its_location(account):
    answer = await account.request_record("POST", "customer", {"companyName": "Hollow Oak", "subsidiary": {"id": "2"}})
    assert (answer.status_code, answer.content) == (204, b"")
    path = answer.headers["location"].removeprefix(account.base_url)
    created = (await account.http.get(path, headers=account.headers)).json()
    assert (created["companyName"], created["currency"]["refName"]) == ("Hollow Oak", "GBP")


async def test_a_duplicate_external_id_is_refused(account):
    body = {"companyName": "Hollow Oak", "subsidiary": {"id": "2"}, "externalId": "K-1"}
    assert (await account.request_record("POST", "customer", body)).status_code == 204
    again = await account.request_record("POST", "customer", body)
    assert read_error(again) == (400, "USER_ERROR", "Error while accessing a resource. This entity already exists.")
    assert len(await account.query_rows("SELECT id FROM customer WHERE externalid = 'K-1'")) == 1


async def test_put_by_external_id_creates_then_updates(account):
    body = {"companyName": "Hollow Oak", "subsidiary": {"id": "2"}}
    first = await account.request_record("PUT", "customer/eid:K-1", body)
    second = await account.request_record("PUT", "customer/eid:K-1", {"companyName": "Hollow Oak Ltd"})
    assert (first.status_code, second.status_code) == (204, 204)
    assert first.headers["location"] == second.headers["location"]
    assert await account.query_rows("SELECT companyname FROM customer WHERE externalid = 'K-1'") == [
        {"companyname": "Hollow Oak Ltd"}
    ]


@pytest.mark.parametrize("key", ["eid:with%20space", "eid:ä", "eid:a.b"])
async def test_an_external_id_with_invalid_characters_is_refused(account, key: str):
    answer = await account.request_record("PUT", f"customer/{key}", {"companyName": "X", "subsidiary": {"id": "1"}})
    assert read_error(answer)[:2] == (400, "INVALID_CONTENT")


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (
            {"companyName": "X"},
            (400, "USER_ERROR", "Error while accessing a resource. Please enter value(s) for: Subsidiary"),
        ),
        (
            {"companyName": "X", "subsidiary": {"id": "99"}},
            (400, "INVALID_KEY_OR_REF", "Invalid Field Value 99 for the following field: subsidiary"),
        ),
        (
            {"companyName": "X", "subsidiary": {"id": "1"}, "nosuch": 1},
            (400, "INVALID_CONTENT", "Unknown reference or property: nosuch."),
        ),
    ],
)
async def test_an_invalid_record_is_refused_and_not_written(
    account, body: dict[str, Any], expected: tuple[int, str, str]
):
    assert read_error(await account.request_record("POST", "customer", body)) == expected
    assert await account.query_rows("SELECT COUNT(*) AS n FROM customer") == [{"n": "8"}]


async def test_unknown_properties_are_ignored_on_request(account):
    body = {"companyName": "X", "subsidiary": {"id": "1"}, "nosuch": 1}
    answer = await account.request_record("POST", "customer", body, **{"X-NetSuite-PropertyNameValidation": "Ignore"})
    assert answer.status_code == 204


async def test_time_is_written_in_hours_and_minutes(account):
    body = {
        "employee": {"id": "109"},
        "customer": {"id": "117"},
        "hours": "4:15",
        "tranDate": "2026-11-20",
        "isBillable": True,
    }
    assert (await account.request_record("PUT", "timebill/eid:PSA-T-9", body)).status_code == 204
    assert await account.query_rows("SELECT hours, isbillable FROM timebill WHERE externalid = 'PSA-T-9'") == [
        {"hours": "4.25", "isbillable": "T"}
    ]
    assert (await account.request_record("GET", "timebill/eid:PSA-T-9")).json()["hours"] == "4:15"


async def test_the_total_of_an_invoice_is_the_sum_of_its_lines(account):
    items = [
        {"item": {"id": "11"}, "quantity": 2, "rate": 150.1},
        {"item": {"id": "14"}, "amount": 99.8, "description": "Extra"},
    ]
    body = {"entity": {"id": "105"}, "externalId": "I-1", "tranDate": "2026-11-20", "item": {"items": items}}
    assert (await account.request_record("POST", "invoice", body)).status_code == 204
    answer = await account.request_record("GET", "invoice/eid:I-1?expandSubResources=true")
    invoice = msgspec.json.decode(answer.content)
    assert (invoice["total"], invoice["amountRemaining"], invoice["currency"]["refName"]) == (400.0, 400.0, "EUR")
    assert invoice["dueDate"] == "2026-12-04"  # 14 days
    assert [(line["amount"], line.get("description")) for line in invoice["item"]["items"]] == [
        (300.2, None),
        (99.8, "Extra"),
    ]
    assert read_error(await account.request_record("POST", "invoice", body))[1] == "USER_ERROR"


@pytest.mark.parametrize(
    ("change", "code", "expected"),
    [
        ({"tranDate": "2026-03-03"}, "USER_ERROR", "closed period"),
        ({"tranDate": "2031-03-03"}, "USER_ERROR", "Posting Period"),
        ({"item": {"items": []}}, "USER_ERROR", "at least one line item"),
        ({"item": {"items": [{"quantity": 1}]}}, "INVALID_CONTENT", "choose an item"),
        ({"item": {"items": [{"item": {"id": "4711"}}]}}, "INVALID_CONTENT", "Invalid Field Value 4711"),
        ({"entity": None}, "USER_ERROR", "Customer:Project"),
    ],
)
async def test_an_invalid_invoice_is_refused_and_not_written(account, change: dict[str, Any], code: str, expected: str):
    body = {
        "entity": {"id": "105"},
        "tranDate": "2026-11-20",
        "item": {"items": [{"item": {"id": "11"}, "quantity": 1, "rate": 5}]},
    }
    answer = await account.request_record("POST", "invoice", {**body, **change})
    assert read_error(answer)[:2] == (400, code)
    assert expected in read_error(answer)[2]
    assert await account.query_rows("SELECT COUNT(*) AS n FROM transaction") == [{"n": "17"}]


async def test_the_refusal_of_an_invoice_line_names_its_path(account):
    body = {
        "entity": {"id": "105"},
        "tranDate": "2026-11-20",
        "item": {"items": [{"item": {"id": "11"}}, {"item": {"id": "x"}}]},
    }
    answer = await account.request_record("POST", "invoice", body)
    assert answer.json()["o:errorDetails"][0]["o:errorPath"] == "item.items[1].item"


@pytest.mark.parametrize("path", ["customer/4711", "customer/eid:none", "customer/abc"])
async def test_an_unknown_record_is_not_found(account, path: str):
    assert read_error(await account.request_record("GET", path))[:2] == (404, "NONEXISTENT_ID")


async def test_a_deleted_record_is_not_found(account):
    assert (await account.request_record("DELETE", "timebill/5001")).status_code == 204
    assert (await account.request_record("GET", "timebill/5001")).status_code == 404


async def test_the_catalogue_lists_and_describes_the_record_types(account):
    names = {item["name"] for item in (await account.request_record("GET", "metadata-catalog")).json()["items"]}
    assert {"customer", "job", "invoice", "timeBill", "customrecord_ps_contract"} <= names
    schema = (await account.request_record("GET", "metadata-catalog/job")).json()
    assert schema["properties"]["startDate"] == {"type": "string", "format": "date"}


@pytest.mark.parametrize("path", ["metadata-catalog/customer", "metadata-catalog?select=customer"])
@pytest.mark.parametrize("media", ["application/swagger+json", "application/schema+json"])
async def test_a_record_type_is_described_in_the_accepted_media_type(account, path: str, media: str):
    answer = await account.request_record("GET", path, accept=media)
    assert (answer.status_code, answer.headers["content-type"]) == (200, media)
    openapi, schema = "openapi" in answer.json(), answer.json().get("type") == "object"
    assert (openapi, schema) == (media.endswith("swagger+json"), media.endswith("schema+json"))


async def test_the_system_service_returns_the_clock_and_the_limits(account):
    clock = await account.http.get("/services/rest/system/v1/serverTime", headers=account.headers)
    limits = await account.http.get("/services/rest/system/v1/governanceLimits", headers=account.headers)
    assert clock.json()["serverTime"].endswith("Z")
    assert limits.json()["accountConcurrencyLimit"] == 5

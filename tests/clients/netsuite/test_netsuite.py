"""The client `netsuite` against the twin: it signs every request and its body, and the twin verifies the signature."""

from collections.abc import Mapping
from typing import Any

import pytest

from tests.clients.client_runs import RunVerifier

LOGIN_REFUSED = [401, "INVALID_LOGIN", None]


@pytest.fixture
async def results(run_verifier: RunVerifier) -> Mapping[str, Any]:
    return (await run_verifier("netsuite/netsuite")).findings


async def test_it_pages_through_a_statement(results):
    queries = results["queries"]

    assert queries["first"] == [3, True, 8, 0]
    assert queries["last"] == [2, False, 6]
    assert queries["rows"] == [
        ["101", "C-2001"],
        ["102", "C-2002"],
        ["103", "C-2003"],
        ["107", "C-2007"],
        ["108", "C-2008"],
    ]


async def test_rows_have_lower_case_keys_string_values_and_no_nulls(results):
    row = {"links": [], "tranid": "INV-US-0001", "trandate": "31/8/2026", "foreigntotal": "30000"}

    assert results["queries"]["text"] == [row]
    assert results["queries"]["links"] == []


async def test_creating_a_record_returns_only_its_location(results):
    assert results["records"]["created"] == [204, "", "/record/v1/customer"]


async def test_it_updates_reads_upserts_and_deletes_records(results):
    records = results["records"]

    done = [records[name] for name in ("patched", "upserted", "upserted again", "deleted")]
    assert done == [None, None, None, None]
    assert records["got"]["companyName"] == "Harbor Labs"
    assert records["got"]["email"] == "ap@harbor.example"
    assert [records["got"]["subsidiary"][name] for name in ("id", "refName")] == ["1", "Meridian Advisory Inc"]
    assert records["by key"] == {"companyName": "Ibis Energy", "externalId": "H-1"}


async def test_a_list_contains_only_ids_and_an_expanded_record_its_sublist(results):
    assert results["records"]["listed"] == [2, 2, [["id", "links"], ["id", "links"]]]
    assert results["records"]["invoice"] == ["INV-US-0003", 4446.25, 2]


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        (("records", "duplicate"), [400, "USER_ERROR", None]),
        (("records", "missing subsidiary"), [400, "USER_ERROR", None]),
        (("records", "unknown property"), [400, "INVALID_CONTENT", "colour"]),
        (("records", "gone"), [404, "NONEXISTENT_ID", None]),
        (("queries", "invalid offset"), [400, "INVALID_PARAMETER", None]),
        (("queries", "missing header"), [400, "INVALID_HEADER", None]),
        (("queries", "unknown field"), [400, "INVALID_PARAMETER", None]),
    ],
)
async def test_it_reads_refusals_from_the_error_details(results, place, expected):
    assert results[place[0]][place[1]][:3] == expected


async def test_the_detail_distinguishes_a_duplicate_from_a_missing_value(results):
    assert results["records"]["duplicate"][3] == "Error while accessing a resource. This entity already exists."
    assert results["records"]["missing subsidiary"][3].endswith("Please enter value(s) for: Subsidiary")


async def test_it_reads_the_catalogue_as_json_schema_and_as_openapi(results):
    assert results["schema"] == {
        "id": {"type": "string"},
        "companyName": {"type": "string"},
        "lastModifiedDate": {"type": "string", "format": "date-time"},
    }
    assert results["openapi"] == ["3.0.1", ["/customer", "/customer/{id}"], ["customer"]]


async def test_a_wrong_signature_and_an_unknown_token_have_the_same_refusal(results):
    assert results["wrong secret"][:3] == LOGIN_REFUSED
    assert results["wrong token"] == results["wrong secret"]

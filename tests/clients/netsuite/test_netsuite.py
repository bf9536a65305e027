"""netsuite finds an account: every call is signed, its body included, and the account checks it."""

from collections.abc import Mapping
from typing import Any

import pytest

LOGIN_REFUSED = [401, "INVALID_LOGIN", None]


@pytest.fixture
async def told(judged) -> Mapping[str, Any]:
    return (await judged("netsuite/netsuite")).told


async def test_it_pages_through_a_statement(told):
    queries = told["queries"]

    assert queries["first"] == [3, True, 8, 0]
    assert queries["last"] == [2, False, 6]
    assert queries["rows"] == [
        ["101", "C-2001"],
        ["102", "C-2002"],
        ["103", "C-2003"],
        ["107", "C-2007"],
        ["108", "C-2008"],
    ]


async def test_rows_have_lower_case_names_and_texts_and_lack_what_is_null(told):
    row = {"links": [], "tranid": "INV-US-0001", "trandate": "31/8/2026", "foreigntotal": "30000"}

    assert told["queries"]["text"] == [row]
    assert told["queries"]["links"] == []


async def test_a_created_record_is_known_by_its_address_alone(told):
    assert told["records"]["created"] == [204, "", "/record/v1/customer"]


async def test_it_changes_reads_upserts_and_deletes_records(told):
    records = told["records"]

    done = [records[name] for name in ("patched", "upserted", "upserted again", "deleted")]
    assert done == [None, None, None, None]
    assert records["got"]["companyName"] == "Harbor Labs"
    assert records["got"]["email"] == "ap@harbor.example"
    assert [records["got"]["subsidiary"][name] for name in ("id", "refName")] == ["1", "Meridian Advisory Inc"]
    assert records["by key"] == {"companyName": "Ibis Energy", "externalId": "H-1"}


async def test_a_list_holds_ids_only_and_a_sublist_is_there_when_it_is_expanded(told):
    assert told["records"]["listed"] == [2, 2, [["id", "links"], ["id", "links"]]]
    assert told["records"]["invoice"] == ["INV-US-0003", 4446.25, 2]


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        (("records", "repeated"), [400, "USER_ERROR", None]),
        (("records", "nameless"), [400, "USER_ERROR", None]),
        (("records", "odd property"), [400, "INVALID_CONTENT", "colour"]),
        (("records", "gone"), [404, "NONEXISTENT_ID", None]),
        (("queries", "crooked"), [400, "INVALID_PARAMETER", None]),
        (("queries", "wordless"), [400, "INVALID_HEADER", None]),
        (("queries", "wrong"), [400, "INVALID_PARAMETER", None]),
    ],
)
async def test_it_finds_refusals_in_the_details(told, place, expected):
    assert told[place[0]][place[1]][:3] == expected


async def test_what_was_refused_says_why_in_the_words_that_tell_a_duplicate_from_a_gap(told):
    assert told["records"]["repeated"][3] == "Error while accessing a resource. This entity already exists."
    assert told["records"]["nameless"][3].endswith("Please enter value(s) for: Subsidiary")


async def test_it_reads_the_catalogue_as_json_schema_and_as_openapi(told):
    assert told["schema"] == {
        "id": {"type": "string"},
        "companyName": {"type": "string"},
        "lastModifiedDate": {"type": "string", "format": "date-time"},
    }
    assert told["openapi"] == ["3.0.1", ["/customer", "/customer/{id}"], ["customer"]]


async def test_a_wrong_signature_and_a_strange_token_are_refused_alike(told):
    assert told["wrong secret"][:3] == LOGIN_REFUSED
    assert told["wrong token"] == told["wrong secret"]

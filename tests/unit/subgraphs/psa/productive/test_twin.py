"""The twin behaves as the vendor's guides say: documents, relationships, filters, both kinds of pages and errors."""

from dataclasses import replace

import pytest

from subgraphs.sandbox.firm.small import FIRM
from tests.unit.subgraphs.psa.productive.conftest import LOGIN, MEDIA, Open


async def test_a_list_is_a_document_of_the_vendors_media_type(opened: Open) -> None:
    organization = await opened()

    answer = await organization.get("projects", **{"page[size]": 2})

    body = answer.json()
    assert answer.headers["content-type"] == MEDIA
    assert body["meta"] == {
        "current_page": 1,
        "total_pages": 5,
        "total_count": 10,
        "page_size": 2,
        "max_page_size": 200,
    }
    assert [(each["type"], each["id"]) for each in body["data"]] == [("projects", "1"), ("projects", "2")]
    assert body["data"][0]["attributes"]["name"] == "Aurora ERP rollout"


async def test_a_relationship_has_data_only_if_included(opened: Open) -> None:
    organization = await opened()

    bare = (await organization.get("time_entries/1")).json()
    body = (await organization.get("time_entries/1", include="person,service.deal.project")).json()

    assert bare["data"]["relationships"]["person"] == {"meta": {"included": False}}
    assert "included" not in bare
    assert body["data"]["relationships"]["person"] == {"data": {"type": "people", "id": "1"}}
    assert body["data"]["relationships"]["task"] == {"meta": {"included": False}}
    assert {each["type"] for each in body["included"]} == {"people", "services", "deals", "projects"}


async def test_a_page_has_30_rows_by_default_and_at_most_200(opened: Open) -> None:
    organization = await opened()

    usual = (await organization.get("time_entries")).json()["meta"]
    most = (await organization.get("time_entries", **{"page[size]": 5000})).json()["meta"]

    assert (usual["page_size"], most["page_size"]) == (30, 200)


async def test_cursors_page_through_a_list_without_a_count(opened: Open) -> None:
    organization = await opened()

    first = (await organization.get("projects", **{"page[after]": "", "page[size]": 6})).json()
    rest = (await organization.http.get(first["links"]["next"].partition(".io")[2], headers=LOGIN)).json()

    assert first["meta"] == {"page_size": 6, "max_page_size": 200}
    assert [each["id"] for page in (first, rest) for each in page["data"]] == [str(number) for number in range(1, 11)]
    assert "next" not in rest["links"]


async def test_numbered_pages_have_the_count_and_a_link_to_the_next(opened: Open) -> None:
    organization = await opened()

    first = (await organization.get("projects", **{"page[size]": 6})).json()
    rest = (await organization.http.get(first["links"]["next"].partition(".io")[2], headers=LOGIN)).json()

    assert first["meta"] == {
        "current_page": 1,
        "total_pages": 2,
        "total_count": 10,
        "page_size": 6,
        "max_page_size": 200,
    }
    assert [each["id"] for page in (first, rest) for each in page["data"]] == [str(number) for number in range(1, 11)]
    assert rest["links"].keys() == {"first", "last"}


async def test_a_customer_that_is_absent_from_the_psa_is_not_listed(opened: Open) -> None:
    unknown = replace(FIRM.customers[0], number="C-9", absent_from=("PSA",))
    organization = await opened(replace(FIRM, customers=(unknown, *FIRM.customers)))

    rows = (await organization.get("companies")).json()["data"]

    assert [row["attributes"]["company_code"] for row in rows] == [customer.number for customer in FIRM.customers]


async def test_filters_take_lists_operators_and_custom_fields(opened: Open) -> None:
    organization = await opened()

    async def find_ids(resource: str, **query: str) -> list[str]:
        return [each["id"] for each in (await organization.get(resource, **query)).json()["data"]]

    assert await find_ids("projects", **{"filter[id]": "2,4,999"}) == ["2", "4"]
    assert await find_ids("projects", **{"filter[custom_fields][1][eq]": "PRJ-1007"}) == ["7"]
    query = {"filter[date][gt_eq]": "2026-11-01", "filter[date][lt_eq]": "2026-11-30", "sort": "date"}
    rows = (await organization.get("time_entries", **query)).json()["data"]
    days = [each["attributes"]["date"] for each in rows]
    assert days == sorted(days)
    assert {day[:7] for day in days} == {"2026-11"}


@pytest.mark.parametrize(
    ("path", "query", "status", "title"),
    [
        ("unicorns", {}, 404, "Record Not Found"),
        ("projects/999", {}, 404, "Record Not Found"),
        ("projects", {"filter[colour]": "red"}, 400, "Unsupported Filter"),
        ("projects", {"filter": "red"}, 400, "Unsupported Filter"),
        ("time_entries", {"filter[date][gt]": "soon"}, 400, "Unsupported Filter Value"),
        ("time_entries", {"sort": "note"}, 400, "Unsupported Sort"),
        ("people", {"include": "unicorns"}, 400, "Unsupported Include"),
        ("people", {"page[number]": "0"}, 400, "Unsupported Filter Value"),
        ("people", {"page[after]": "", "page[number]": "2"}, 400, "keyset_conflict"),
        ("people", {"page[after]": "", "sort": "name"}, 400, "keyset_unsupported_sort"),
        ("people", {"page[after]": "bogus"}, 400, "keyset_invalid_cursor"),
    ],
)
async def test_invalid_requests_get_the_vendors_error_format(
    opened: Open, path: str, query: dict[str, str], status: int, title: str
) -> None:
    organization = await opened()

    answer = await organization.get(path, **query)

    assert answer.status_code == status
    (error,) = answer.json()["errors"]
    assert (error["status"], error["title"]) == (status, title)


@pytest.mark.parametrize(
    ("changed", "status"),
    [({"x-auth-token": "guess"}, 401), ({"x-organization-id": "1"}, 403), ({"content-type": "application/json"}, 415)],
)
async def test_calls_without_token_organization_or_media_type_are_rejected(
    opened: Open, changed: dict[str, str], status: int
) -> None:
    organization = await opened()

    answer = await organization.get("people", headers={**LOGIN, **changed})

    assert answer.status_code == status
    assert set(answer.json()) == {"errors"}


async def test_a_rate_limit_has_the_seconds_until_its_window_ends(opened: Open) -> None:
    now = [1003.0]
    organization = await opened(clock=lambda: now[0], requests=1, seconds=10)
    await organization.get("people")

    late = await organization.get("people")
    now[0] = 1010.0
    next_window = await organization.get("people")

    assert (late.status_code, late.headers["x-ratelimit-reset"]) == (429, "8")
    (error,) = late.json()["errors"]
    assert (error["title"], error["limit"], error["period"]) == ("Too many requests", 1, 10)
    assert "retry-after" not in late.headers
    assert next_window.status_code == 200

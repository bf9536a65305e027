"""The organization behaves as the vendor's guides say: documents, gated relationships, filters, both ways of paging, and refusals."""

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


async def test_a_relationship_names_something_only_when_it_is_included(opened: Open) -> None:
    organization = await opened()

    bare = (await organization.get("time_entries/1")).json()
    body = (await organization.get("time_entries/1", include="person,service.deal.project")).json()

    assert bare["data"]["relationships"]["person"] == {"meta": {"included": False}}
    assert "included" not in bare
    assert body["data"]["relationships"]["person"] == {"data": {"type": "people", "id": "1"}}
    assert body["data"]["relationships"]["task"] == {"meta": {"included": False}}
    assert {each["type"] for each in body["included"]} == {"people", "services", "deals", "projects"}


async def test_a_page_has_thirty_rows_unless_asked_and_never_more_than_two_hundred(opened: Open) -> None:
    organization = await opened()

    usual = (await organization.get("time_entries")).json()["meta"]
    most = (await organization.get("time_entries", **{"page[size]": 5000})).json()["meta"]

    assert (usual["page_size"], most["page_size"]) == (30, 200)


async def test_cursors_lead_through_a_list_and_tell_no_count(opened: Open) -> None:
    organization = await opened()

    first = (await organization.get("projects", **{"page[after]": "", "page[size]": 6})).json()
    rest = (await organization.http.get(first["links"]["next"].partition(".io")[2], headers=LOGIN)).json()

    assert first["meta"] == {"page_size": 6, "max_page_size": 200}
    assert [each["id"] for page in (first, rest) for each in page["data"]] == [str(number) for number in range(1, 11)]
    assert "next" not in rest["links"]


async def test_numbered_pages_tell_the_count_and_link_to_the_next_until_the_last(opened: Open) -> None:
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


async def test_a_customer_that_the_firms_systems_disagree_about_is_not_there(opened: Open) -> None:
    unknown = replace(FIRM.customers[0], number="C-9", absent_from=("PSA",))
    organization = await opened(replace(FIRM, customers=(unknown, *FIRM.customers)))

    rows = (await organization.get("companies")).json()["data"]

    assert [row["attributes"]["company_code"] for row in rows] == [customer.number for customer in FIRM.customers]


async def test_filters_take_lists_operators_and_custom_fields(opened: Open) -> None:
    organization = await opened()

    async def found(resource: str, **query: str) -> list[str]:
        return [each["id"] for each in (await organization.get(resource, **query)).json()["data"]]

    assert await found("projects", **{"filter[id]": "2,4,999"}) == ["2", "4"]
    assert await found("projects", **{"filter[custom_fields][1][eq]": "PRJ-1007"}) == ["7"]
    days = {"filter[date][gt_eq]": "2026-11-01", "filter[date][lt_eq]": "2026-11-30", "sort": "date"}
    rows = (await organization.get("time_entries", **days)).json()["data"]
    told = [each["attributes"]["date"] for each in rows]
    assert told == sorted(told)
    assert {day[:7] for day in told} == {"2026-11"}


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
async def test_what_is_wrong_is_refused_in_the_vendors_own_words(
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
async def test_without_token_organization_and_media_type_nothing_is_told(
    opened: Open, changed: dict[str, str], status: int
) -> None:
    organization = await opened()

    answer = await organization.get("people", headers={**LOGIN, **changed})

    assert answer.status_code == status
    assert set(answer.json()) == {"errors"}


async def test_the_limit_says_when_its_window_ends(opened: Open) -> None:
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

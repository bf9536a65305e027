"""All requests of the adapter and answers of the twin match JSON:API and the vendor's OpenAPI document."""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import httpx
import pytest
from jsonschema import Draft202012Validator

from subgraphs.kit.twin.server import serve
from subgraphs.psa.productive.twin import TwinSettings, build_twin
from subgraphs.sandbox.firm.small import FIRM
from tests.clients.productive.documents import LISTS, MEDIA, RESOURCES, SCHEMA, Exchange
from tests.clients.schema_verifier import ExchangeRecorder

HEADERS = {"x-auth-token": "token", "x-organization-id": "1067", "accept": MEDIA, "content-type": MEDIA}
META = {"current_page": 1, "total_pages": 1, "total_count": 1, "page_size": 30, "max_page_size": 200}


@pytest.fixture
async def read() -> AsyncIterator[tuple[httpx.AsyncClient, list[Exchange]]]:
    """A raw client of an organization with the small firm, and the recorded exchanges."""
    reading = ExchangeRecorder(Exchange.from_passed)
    async with (
        serve(reading(build_twin(FIRM, TwinSettings(token="token")))) as address,
        httpx.AsyncClient(base_url=f"{address}/api/v2", headers=HEADERS) as http,
    ):
        yield http, reading.exchanges


def test_the_schema_is_valid() -> None:
    Draft202012Validator.check_schema(SCHEMA.whole)


async def test_every_exchange_of_the_adapter_matches_the_documents(run_verifier) -> None:
    told = (await run_verifier("productive/schema")).findings

    assert told["objections"] == []
    assert {resource for resource, _ in told["asked"]} == LISTS
    assert sum(count for _, count in told["asked"]) > 100


@pytest.mark.parametrize("resource", sorted(LISTS))
@pytest.mark.parametrize("page", [{"page[number]": "1"}, {"page[after]": ""}], ids=["numbered", "by cursor"])
async def test_a_list_with_all_relationships_matches_the_documents(read, resource: str, page: dict[str, str]) -> None:
    http, exchanges = read
    include = {"include": ",".join(RESOURCES[resource]["x-links"])} if RESOURCES[resource]["x-links"] else {}

    await http.get(f"/{resource}", params={**page, "page[size]": "200", **include})

    (full,) = exchanges
    assert (full.status, full.list_objections()) == (200, [])
    assert full.body["data"]
    assert {row["type"] for row in full.body.get("included", ())} <= set(RESOURCES[resource]["x-links"].values())


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("/people", {"filter[shoe_size]": "42"}),
        ("/people", {"sort": "shoe_size"}),
        ("/people", {"include": "shoes"}),
        ("/people", {"page[after]": "nowhere"}),
    ],
)
async def test_an_error_matches_the_documents(read, path: str, query: dict[str, str]) -> None:
    http, exchanges = read

    await http.get(path, params=query)

    (refused,) = exchanges
    assert (refused.status, refused.list_objections()) == (400, [])


def build_project(**attributes: Any) -> dict[str, Any]:
    company = {"data": {"type": "companies", "id": "7"}}
    return {
        "type": "projects",
        "id": "1",
        "attributes": {"name": "Harbor", **attributes},
        "relationships": {"company": company, "project_manager": {"meta": {"included": False}}},
    }


COMPANY = {"type": "companies", "id": "7", "attributes": {"name": "Harbor Labs"}}
VALID = Exchange(
    resource="projects",
    query={"include": "company"},
    sent=HEADERS,
    status=200,
    media=MEDIA,
    body={"data": [build_project()], "included": [COMPANY], "meta": META},
)


def test_a_documented_exchange_has_no_violations() -> None:
    assert VALID.list_objections() == []


@pytest.mark.parametrize(
    ("changes", "objection"),
    [
        ({"sent": {**HEADERS, "accept": "application/json"}}, "accept is not application/vnd.api+json"),
        ({"sent": {**HEADERS, "x-organization-id": ""}}, "no x-organization-id"),
        ({"media": "application/json"}, "answered as application/json"),
        ({"query": {"include": "company", "limit": "5"}}, "no parameter limit"),
        ({"query": {"include": "company", "page[size]": "201"}}, "page[size]=201"),
        ({"query": {"include": "company,invoices"}}, "no include invoices of projects"),
        ({"query": {"include": "company.owner"}}, "no include owner of companies"),
        ({"query": {"include": "company", "page[number]": "1", "page[after]": ""}}, "page[after] with page[number]"),
    ],
)
def test_an_undocumented_request_or_answer_is_a_violation(changes: dict[str, Any], objection: str) -> None:
    assert f"projects: {objection}" in replace(VALID, **changes).list_objections()


@pytest.mark.parametrize(
    ("changes", "objections"),
    [
        (
            {"data": [build_project(colour="blue")]},
            ["projects : Additional properties are not allowed ('colour' was unexpected)"],
        ),
        ({"data": [build_project(archived_at="soon")]}, ["projects archived_at: 'soon' is not a 'date-time'"]),
        ({"data": [build_project(project_type_id="1")]}, ["projects project_type_id: '1' is not one of [1, 2, None]"]),
        ({"data": [{**build_project(), "id": 1}]}, ["document data/0/id: 1 is not of type 'string'"]),
        ({"data": [build_project(), build_project()]}, ["projects twice"]),
        (
            {"data": [{**build_project(), "relationships": {}}]}, ["companies that nothing names",
            "projects lacks company"],
        ),
        ({"included": [COMPANY, {**COMPANY, "id": "8"}]}, ["companies that nothing names"]),
        ({"included": [{"type": "people", "id": "7"}, COMPANY]}, ["people that nothing names"]),
        (
            {"meta": {"page_size": 30, "max_page_size": 200}},
            [
                f"numbered pages : '{name}' is a required property"
                for name in ("current_page", "total_pages", "total_count")
            ],
        ),
    ],
)  # fmt: skip
def test_an_invalid_document_is_a_violation(changes: dict[str, Any], objections: list[str]) -> None:
    found = replace(VALID, body={**VALID.body, **changes}).list_objections()

    assert [each.removeprefix("projects: ") for each in found] == objections


@pytest.mark.parametrize(
    ("link", "objection"),
    [
        ({"data": {"type": "people", "id": "7"}}, "projects.company leads to people"),
        ({"data": [{"type": "companies", "id": "7"}]}, "projects.company: of the wrong number"),
        ({"meta": {"included": False}}, "projects.company in spite of include=company"),
    ],
)
def test_a_relationship_with_a_wrong_target_is_a_violation(link: dict[str, Any], objection: str) -> None:
    row = build_project()
    row["relationships"]["company"] = link

    found = replace(VALID, body={"data": [row], "included": [], "meta": META}).list_objections()

    assert found == [f"projects: {objection}"]


def test_data_of_a_relationship_that_is_not_included_is_a_violation() -> None:
    bare = replace(VALID, query={}, body={"data": [build_project()], "meta": META})

    assert bare.list_objections() == ["projects: projects.company without include=company"]

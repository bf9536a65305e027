"""All requests of the adapter and all answers of the twin match the vendor's documents."""

from collections.abc import AsyncIterator

import httpx
import pytest
from jsonschema import Draft202012Validator

from subgraphs.kit.twin.server import serve
from subgraphs.psa.kantata.twin import TwinSettings, build_twin
from subgraphs.sandbox.firm.small import FIRM
from tests.clients.kantata.documents import LISTS, RESOURCES, SCHEMA, Exchange
from tests.clients.schema_verifier import ExchangeRecorder

TOKEN = {"authorization": "Bearer token"}


@pytest.fixture
async def account() -> AsyncIterator[httpx.AsyncClient]:
    """A raw client of an account with the small firm."""
    twin = build_twin(FIRM, TwinSettings(token="token"))
    twin.state.life.update("users", "1", {})
    async with (
        serve(twin) as address,
        httpx.AsyncClient(base_url=f"{address}/api/v1", headers=TOKEN) as http,
    ):
        yield http


async def send_request(http: httpx.AsyncClient, resource: str, **query: str) -> Exchange:
    answer = await http.get(f"/{resource}.json", params=query)
    return Exchange(resource, query, answer.status_code, answer.json())


def test_the_schema_is_valid() -> None:
    Draft202012Validator.check_schema(SCHEMA.whole)


async def test_every_exchange_of_the_adapter_matches_the_documents(run_verifier) -> None:
    told = (await run_verifier("kantata/schema")).findings

    assert told["objections"] == []
    assert {resource for resource, _ in told["asked"]} == LISTS
    assert sum(count for _, count in told["asked"]) > 100


@pytest.mark.parametrize("resource", sorted(LISTS))
async def test_an_answer_with_all_associations_matches_the_documents(account: httpx.AsyncClient, resource: str) -> None:
    includes = {told["x-include"] for told in RESOURCES[resource]["properties"].values() if "x-include" in told}
    optional = ",".join(RESOURCES[resource].get("x-optional-fields", ()))
    query = {"per_page": "200", **({"include": ",".join(sorted(includes))} if includes else {})}

    full = await send_request(account, resource, **query, **({"optional_fields": optional} if optional else {}))

    assert full.status == 200
    assert full.list_objections() == []
    shown = {name for result in full.body["results"] for name in full.body[resource][result["id"]]}
    gated = {name for name, told in RESOURCES[resource]["properties"].items() if "x-include" in told}
    assert bool(shown & gated) is bool(gated)
    assert set(RESOURCES[resource].get("required", ())) <= shown


@pytest.mark.parametrize("resource", sorted(LISTS))
async def test_an_answer_without_includes_has_no_association(account: httpx.AsyncClient, resource: str) -> None:
    bare = await send_request(account, resource, per_page="200")

    assert bare.status == 200
    assert bare.body["count"] > 0
    assert bare.list_objections() == []


@pytest.mark.parametrize("query", [{"page": "0"}, {"order": "colour:asc"}, {"include": "colours"}])
async def test_an_error_matches_the_documents(account: httpx.AsyncClient, query: dict[str, str]) -> None:
    refused = await send_request(account, "time_entries", **query)

    assert refused.status == 400
    assert refused.list_objections() == []


@pytest.mark.parametrize(
    ("resource", "query", "changes", "objection"),
    [
        ("workspace_groups", {"company": "true"}, {}, "workspace_groups: no parameter company"),
        ("expenses", {"workspace_id": "1,2"}, {}, "expenses: workspace_id=1,2 is no integer"),
        ("expenses", {"order": "updated_at:asc"}, {}, "expenses: no order updated_at:asc"),
        ("users", {"include": "skills"}, {}, "users: no include skills"),
        ("roles", {}, {}, "roles is no list of the vendor"),
        ("users", {}, {"role_id": "5"}, "users: users.role_id without include=role"),
        (
            "users", {}, {"shoe_size": 42},
            "users: users : Additional properties are not allowed ('shoe_size' was unexpected)",
        ),
        ("expenses", {}, {"date": "soon"}, "expenses: expenses date: 'soon' is not a 'date'"),
        (
            "expenses", {}, {"updated_at": "2026-11-20T12:00"},
            "expenses: expenses updated_at: '2026-11-20T12:00' is not a 'date-time'",
        ),
        ("users", {}, {"disabled": "no"}, "users: users disabled: 'no' is not of type 'boolean'"),
    ],
)  # fmt: skip
def test_undocumented_content_is_a_violation(
    resource: str, query: dict[str, str], changes: dict[str, object], objection: str
) -> None:
    sound: dict[str, dict[str, object]] = {
        "users": {"full_name": "Iris Reyes"},
        "expenses": {"date": "2026-11-20", "amount_in_cents": 1200},
    }
    row = {"id": "7", **sound.get(resource, {}), **changes}
    body = {"count": 1, "results": [{"key": resource, "id": "7"}], resource: {"7": row} if resource in sound else {}}

    assert Exchange(resource, query, 200, body).list_objections() == [objection]


async def test_an_exchange_is_recorded() -> None:
    reading = ExchangeRecorder(Exchange.from_passed)
    twin = reading(build_twin(FIRM, TwinSettings(token="token")))
    async with serve(twin) as address, httpx.AsyncClient(base_url=address, headers=TOKEN) as http:
        await http.get("/api/v1/users.json", params={"only": "1"})

    (read,) = reading.exchanges
    assert (read.resource, read.query, read.status, read.body["count"]) == ("users", {"only": "1"}, 200, 1)

"""GET queries and persisted-query hashes: what a setting allows, and what is refused."""

import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from gateway.console.graphiql import GraphiqlPage
from tests.fixtures.tokens import mint_token
from tests.unit.http.recorder import Recorder, serve_edge

GRAPHQL_JSON = "application/graphql-response+json"
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
HASHED = {"persistedQuery": {"version": 1, "sha256Hash": "0" * 64}}


@pytest.fixture
def graph() -> Recorder:
    return Recorder()


@pytest.fixture
async def edge(graph: Recorder) -> AsyncIterator[httpx.AsyncClient]:
    options: dict[str, Any] = {"page": GraphiqlPage(None, None), "serves_get_queries": True}
    async with serve_edge(graph, **options) as url, httpx.AsyncClient(base_url=url) as client:
        client.headers["Authorization"] = f"Bearer {mint_token()}"
        yield client


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        (GRAPHQL_JSON, GRAPHQL_JSON),
        ("application/json", "application/json"),
        ("*/*", "application/json"),
        ("application/json, text/html;q=0.5", "application/json"),
        (BROWSER, "text/html"),
    ],
)
async def test_accept_decides_between_the_page_and_an_answer(
    edge: httpx.AsyncClient, graph: Recorder, accept: str, media_type: str
) -> None:
    response = await edge.get("/graphql", params={"query": "query($a: Int) { ok }"}, headers={"Accept": accept})

    assert response.status_code == 200
    assert response.headers["content-type"] == f"{media_type}; charset=utf-8"
    assert graph.reached == (media_type != "text/html")


@pytest.mark.parametrize("document", ["mutation { ok }", "subscription { ok }"])
async def test_only_queries_are_executed(edge: httpx.AsyncClient, graph: Recorder, document: str) -> None:
    response = await edge.get("/graphql", params={"query": document}, headers={"Accept": GRAPHQL_JSON})

    assert (response.status_code, response.json()["title"]) == (405, "METHOD_NOT_ALLOWED")
    assert response.headers["allow"] == "POST"
    assert graph.reached == 0


async def test_the_operation_name_selects_the_mutation_too(edge: httpx.AsyncClient, graph: Recorder) -> None:
    parameters = {"query": "query A { ok } mutation B { ok }", "operationName": "B"}

    response = await edge.get("/graphql", params=parameters, headers={"Accept": GRAPHQL_JSON})

    assert response.status_code == 405
    assert graph.reached == 0


async def test_a_token_in_the_url_is_not_accepted(edge: httpx.AsyncClient, graph: Recorder) -> None:
    del edge.headers["Authorization"]
    parameters = {"query": "{ ok }", "access_token": mint_token(), "authorization": f"Bearer {mint_token()}"}

    response = await edge.get("/graphql", params=parameters, headers={"Accept": GRAPHQL_JSON})

    assert response.status_code == 401
    assert graph.reached == 0


@pytest.mark.parametrize(
    "parameters",
    [
        {"variables": "{}"},
        {"query": "{ ok }", "variables": "[1]"},
        {"query": "{ ok }", "variables": "{"},
        {"query": "{ ok }", "extensions": "1"},
        {"query": ["{ ok }", "{ ok }"]},
        {"query": "{ ok }", "operationName": "x" * 201},
    ],
)
async def test_a_malformed_url_is_400(edge: httpx.AsyncClient, graph: Recorder, parameters: dict[str, Any]) -> None:
    response = await edge.get("/graphql", params=parameters, headers={"Accept": GRAPHQL_JSON})

    assert (response.status_code, response.json()["title"]) == (400, "MALFORMED_BODY")
    assert graph.reached == 0


async def test_without_the_setting_a_get_query_is_405(graph: Recorder) -> None:
    async with serve_edge(graph) as url, httpx.AsyncClient(base_url=url) as client:
        headers = {"Authorization": f"Bearer {mint_token()}", "Accept": GRAPHQL_JSON}
        response = await client.get("/graphql", params={"query": "{ ok }"}, headers=headers)

    assert (response.status_code, response.headers["allow"]) == (405, "POST")
    assert graph.reached == 0


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize(("accept", "status"), [(GRAPHQL_JSON, 400), ("application/json", 200)])
async def test_a_hash_without_a_query_is_answered_as_apollo_expects(
    edge: httpx.AsyncClient, graph: Recorder, method: str, accept: str, status: int
) -> None:
    sent: dict[str, Any] = {"json": {"operationName": "A", "extensions": HASHED}}
    if method == "GET":
        sent = {"params": {"operationName": "A", "extensions": json.dumps(HASHED)}}

    response = await edge.request(method, "/graphql", headers={"Accept": accept}, **sent)

    assert response.status_code == status
    assert response.json() == {
        "errors": [{"message": "PersistedQueryNotSupported", "extensions": {"code": "PERSISTED_QUERY_NOT_SUPPORTED"}}]
    }
    assert graph.reached == 0


async def test_a_query_with_its_hash_is_executed(edge: httpx.AsyncClient, graph: Recorder) -> None:
    response = await edge.post("/graphql", json={"query": "{ ok }", "extensions": HASHED})

    assert response.json() == {"data": {"ok": True}}

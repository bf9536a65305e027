"""The edge over a real socket: rejected requests, their status, and that none of them reaches the graph."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from graphql import get_introspection_query
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from gateway.console.graphiql import GraphiqlPage
from tests.fixtures.tokens import mint_token
from tests.unit.http.recorder import Recorder, serve_edge


@pytest.fixture
def graph() -> Recorder:
    return Recorder()


@pytest.fixture
async def edge(graph: Recorder) -> AsyncIterator[httpx.AsyncClient]:
    async with serve_edge(graph, page=GraphiqlPage(None, None)) as url, httpx.AsyncClient(base_url=url) as client:
        client.headers["Authorization"] = f"Bearer {mint_token()}"
        yield client


JSON = {"Content-Type": "application/json"}

REFUSED: dict[str, tuple[dict[str, Any], int]] = {
    "plain text": ({"content": b'{"query": "{ ok }"}', "headers": {"Content-Type": "text/plain"}}, 415),
    "a form": ({"data": {"query": "{ ok }"}}, 415),
    "no media type": ({"content": b'{"query": "{ ok }"}'}, 415),
    "more than a mebibyte": ({"content": b'{"query": "' + b" " * 2**20 + b'"}', "headers": JSON}, 413),
    "a batch": ({"json": [{"query": "{ ok }"}]}, 400),
    "not JSON": ({"content": b"{", "headers": JSON}, 400),
    "not a number": ({"content": b'{"query": "{ ok }", "variables": {"a": NaN}}', "headers": JSON}, 400),
    "nested too deep": (
        {
            "content": b'{"query": "{ ok }", "variables": {"a": ' + b"[" * 100_000 + b"]" * 100_000 + b"}}",
            "headers": JSON,
        },
        400,
    ),
    "an unsupported media type in Accept": ({"json": {"query": "{ ok }"}, "headers": {"Accept": "text/csv"}}, 406),
}


@pytest.mark.parametrize("case", REFUSED)
async def test_an_invalid_request_is_rejected_before_the_graph(
    edge: httpx.AsyncClient, graph: Recorder, case: str
) -> None:
    request, status = REFUSED[case]

    response = await edge.post("/graphql", **request)

    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["correlationId"] == response.headers["x-correlation-id"]
    assert graph.reached == 0


@pytest.mark.parametrize("authorization", ["", "Bearer", "Bearer invalid", "Basic YTpi"])
async def test_without_a_valid_token_the_response_is_401_without_details(
    edge: httpx.AsyncClient, graph: Recorder, authorization: str
) -> None:
    response = await edge.post("/graphql", json={"query": "{ ok }"}, headers={"Authorization": authorization})

    assert response.status_code == 401
    assert response.headers["www-authenticate"].startswith("Bearer")
    assert response.json()["title"] == "UNAUTHENTICATED"
    assert graph.reached == 0


DOUBLING = (
    "{ a: f0 { ...F0 } } "
    + " ".join(f"fragment F{n} on T {{ x {{ ...F{n + 1} }} y {{ ...F{n + 1} }} }}" for n in range(14))
    + " fragment F14 on T { z }"
)
HOSTILE = {
    "2,001 tokens": "{" + " a" * 2001 + "}",
    "13 levels": "{a" * 13 + "}" * 13,
    "31 aliases": "{" + " ".join(f"b{n}: a" for n in range(31)) + "}",
    "21 root fields": "{" + " ".join(f"a{n}" for n in range(21)) + "}",
    "51 directives": "{" + " ".join("a @include(if: true)" for _ in range(51)) + "}",
    "fragments that double": DOUBLING,
    "17 levels of introspection": "{__schema" + "{a" * 16 + "}" * 17,
    "a list of 101": "{ a(b: [" + "1 " * 101 + "]) }",
    "levels without end": "{a" * 900 + "}" * 900,
}


@pytest.mark.parametrize("case", HOSTILE)
async def test_documents_over_a_limit_are_rejected_before_the_graph(
    edge: httpx.AsyncClient, graph: Recorder, case: str
) -> None:
    response = await edge.post(
        "/graphql", json={"query": HOSTILE[case]}, headers={"Accept": "application/graphql-response+json"}
    )

    assert response.status_code == 400
    assert response.json()["errors"][0]["extensions"]["code"] in {"LIMIT_EXCEEDED", "GRAPHQL_PARSE_FAILED"}
    assert "data" not in response.json()
    assert graph.reached == 0


async def test_the_standard_introspection_query_is_not_too_deep(edge: httpx.AsyncClient, graph: Recorder) -> None:
    response = await edge.post("/graphql", json={"query": get_introspection_query()})

    assert response.json() == {"data": {"ok": True}}
    assert graph.reached == 1


@pytest.mark.parametrize(("accept", "status"), [("application/graphql-response+json", 400), ("application/json", 200)])
async def test_a_subscription_by_post_is_rejected_with_a_hint_to_websocket(
    edge: httpx.AsyncClient, graph: Recorder, accept: str, status: int
) -> None:
    response = await edge.post("/graphql", json={"query": "subscription { ok }"}, headers={"Accept": accept})

    assert response.status_code == status
    assert "data" not in response.json()
    (error,) = response.json()["errors"]
    assert error["extensions"]["code"] == "BAD_USER_INPUT"
    assert "graphql-transport-ws" in error["message"]
    assert graph.reached == 0


async def test_a_long_list_in_the_variables_is_rejected(edge: httpx.AsyncClient, graph: Recorder) -> None:
    response = await edge.post("/graphql", json={"query": "{ ok }", "variables": {"a": {"b": [1] * 101}}})

    assert response.json()["errors"][0]["extensions"]["code"] == "LIMIT_EXCEEDED"
    assert graph.reached == 0


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("application/graphql-response+json", "application/graphql-response+json"),
        ("application/json", "application/json"),
        ("*/*", "application/json"),
    ],
)
async def test_the_response_has_the_accepted_media_type(
    edge: httpx.AsyncClient, graph: Recorder, accept: str, media_type: str
) -> None:
    response = await edge.post("/graphql", json={"query": "{ ok }"}, headers={"Accept": accept})

    assert response.status_code == 200
    assert response.headers["content-type"] == f"{media_type}; charset=utf-8"
    assert response.json() == {"data": {"ok": True}}
    assert graph.reached == 1


async def test_a_valid_correlation_id_is_kept_and_any_other_replaced(edge: httpx.AsyncClient, graph: Recorder) -> None:
    kept = await edge.post("/graphql", json={"query": "{ ok }"}, headers={"X-Correlation-Id": "portal-12345678"})
    made = await edge.post("/graphql", json={"query": "{ ok }"}, headers={"X-Correlation-Id": "a b<script>"})

    assert kept.headers["x-correlation-id"] == "portal-12345678"
    assert made.headers["x-correlation-id"] == graph.correlation_ids[1] != "a b<script>"


async def test_a_mutation_by_get_is_not_executed_and_the_page_loads_no_external_resources(
    edge: httpx.AsyncClient, graph: Recorder
) -> None:
    page = await edge.get("/graphql", params={"query": "mutation { ok }"})

    assert page.status_code == 200
    assert page.headers["content-type"].startswith("text/html")
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert "http://" not in page.text
    assert "https://" not in page.text
    assert graph.reached == 0


async def test_a_page_may_set_its_own_policy_and_gets_the_other_security_headers(graph: Recorder) -> None:
    async def page(_request: Request) -> Response:
        return HTMLResponse("<p>", headers={"Content-Security-Policy": "default-src 'self'"})

    async with serve_edge(graph, page=page) as url, httpx.AsyncClient(base_url=url) as client:
        response = await client.get("/graphql")

    assert response.headers.get_list("content-security-policy") == ["default-src 'self'"]
    assert response.headers.get_list("cache-control") == ["no-store"]
    assert response.headers.get_list("x-content-type-options") == ["nosniff"]


@pytest.mark.parametrize("accept", ["application/graphql-response+json", "application/json"])
async def test_a_get_that_does_not_accept_html_is_405(edge: httpx.AsyncClient, graph: Recorder, accept: str) -> None:
    response = await edge.get("/graphql", params={"query": "{ ok }"}, headers={"Accept": accept})

    assert response.status_code == 405
    assert response.headers["allow"] == "POST"
    assert response.json()["title"] == "METHOD_NOT_ALLOWED"
    assert graph.reached == 0


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
async def test_other_methods_are_not_allowed(edge: httpx.AsyncClient, graph: Recorder, method: str) -> None:
    response = await edge.request(method, "/graphql", json={"query": "{ ok }"})

    assert response.status_code == 405
    assert graph.reached == 0


async def test_health_endpoints_require_no_token(edge: httpx.AsyncClient) -> None:
    del edge.headers["Authorization"]

    assert (await edge.get("/livez")).text == "ok"
    assert (await edge.get("/readyz")).text == "ready"

"""Limits on one request, and on how much of its own text an error returns."""

import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from gateway.http.document_limits import DocumentLimits
from tests.fixtures.tokens import mint_token
from tests.unit.http.raw_socket import HEADERS, exchange_bytes, serve_bytes
from tests.unit.http.recorder import Recorder, serve_edge

JSON = "application/json"


@pytest.fixture
def graph() -> Recorder:
    return Recorder()


@pytest.fixture
def token() -> str:
    """A token issued now: one issued when the tests were collected may have expired."""
    return f"Bearer {mint_token()}"


@pytest.fixture
async def edge(graph: Recorder) -> AsyncIterator[httpx.AsyncClient]:
    async with serve_edge(graph) as url, httpx.AsyncClient(base_url=url) as client:
        yield client


VARIABLES: dict[str, Any] = {
    "fields in one input": {"a": {f"k{number}": 1 for number in range(201)}},
    "values in its variables": {"a": [[[1] * 100] * 50] * 2},
    "characters in one string": {"a": ["x" * 8193]},
}


@pytest.mark.parametrize("what", VARIABLES)
async def test_variables_are_limited(edge: httpx.AsyncClient, graph: Recorder, what: str, token: str) -> None:
    response = await edge.post(
        "/graphql", json={"query": "{ ok }", "variables": VARIABLES[what]}, headers={"Authorization": token}
    )

    (error,) = response.json()["errors"]
    assert error["extensions"] == {"code": "LIMIT_EXCEEDED"}
    assert what in error["message"]
    assert graph.reached == 0


DOCUMENTS = {
    "digits in one number": "{ a(b: %s) }" % ("9" * 5000),
    "characters in one string": '{ a(b: "%s") }' % ("x" * 8193),
    "characters in one name": "{ %s }" % ("a" * 201),
}


@pytest.mark.parametrize("what", DOCUMENTS)
async def test_numbers_strings_and_names_of_a_document_are_limited(
    edge: httpx.AsyncClient, graph: Recorder, what: str, token: str
) -> None:
    response = await edge.post("/graphql", json={"query": DOCUMENTS[what]}, headers={"Authorization": token})

    (error,) = response.json()["errors"]
    assert error["extensions"] == {"code": "LIMIT_EXCEEDED"}
    assert what in error["message"]
    assert graph.reached == 0


@pytest.mark.parametrize(
    "request_", [{"query": '{ a(b: "\\u0000") }'}, {"query": "{ ok }", "variables": {"a": {"b": "c\0"}}}]
)
async def test_a_string_with_a_null_character_is_bad_input(
    edge: httpx.AsyncClient, graph: Recorder, request_: dict[str, Any], token: str
) -> None:
    response = await edge.post("/graphql", json=request_, headers={"Authorization": token})

    assert response.json()["errors"][0]["extensions"] == {"code": "BAD_USER_INPUT"}
    assert graph.reached == 0


@pytest.mark.parametrize("query", ["{ ok } " + "x" * 900_000, "{ ok(a: " + '"' + "x" * 900_000])
async def test_an_error_does_not_return_the_document(
    edge: httpx.AsyncClient, graph: Recorder, query: str, token: str
) -> None:
    response = await edge.post("/graphql", json={"query": query}, headers={"Authorization": token})

    assert response.json()["errors"][0]["extensions"]["code"] == "GRAPHQL_PARSE_FAILED"
    assert len(response.content) < 1000
    assert graph.reached == 0


async def test_the_name_of_an_operation_is_limited(edge: httpx.AsyncClient, graph: Recorder, token: str) -> None:
    response = await edge.post(
        "/graphql", json={"query": "{ ok }", "operationName": "x" * 201}, headers={"Authorization": token}
    )

    assert (response.status_code, response.json()["title"]) == (400, "MALFORMED_BODY")
    assert graph.reached == 0


async def test_without_a_token_the_body_is_not_read(graph: Recorder) -> None:
    async with serve_bytes(graph) as port:
        response = await exchange_bytes(port, HEADERS + b"Connection: close\r\n\r\n{")

    assert response.startswith(b"HTTP/1.1 401 ")
    assert graph.reached == 0


async def test_a_body_that_does_not_arrive_times_out(graph: Recorder, token: str) -> None:
    async with serve_bytes(graph, limits=DocumentLimits(seconds=0.2)) as port:
        response = await exchange_bytes(port, HEADERS + f"Authorization: {token}\r\n\r\n".encode(), b"{")

    assert response.startswith(b"HTTP/1.1 408 ")
    assert b"REQUEST_TIMEOUT" in response
    assert graph.reached == 0


@pytest.mark.parametrize("bad_first", [True, False])
async def test_two_authorization_headers_are_rejected(
    edge: httpx.AsyncClient, graph: Recorder, bad_first: bool, token: str
) -> None:
    both = [("Authorization", "Bearer x"), ("Authorization", token)]
    headers = [("Content-Type", JSON), *(both if bad_first else reversed(both))]

    response = await edge.post("/graphql", content=json.dumps({"query": "{ ok }"}), headers=headers)

    assert response.status_code == 401
    assert graph.reached == 0


@pytest.mark.parametrize("kinds", [(JSON, "text/plain"), ("text/plain", JSON), (JSON, JSON)])
async def test_two_content_types_are_rejected(
    edge: httpx.AsyncClient, graph: Recorder, kinds: tuple[str, str], token: str
) -> None:
    headers = [("Authorization", token), *(("Content-Type", kind) for kind in kinds)]

    response = await edge.post("/graphql", content=json.dumps({"query": "{ ok }"}), headers=headers)

    assert response.status_code == 415
    assert graph.reached == 0


@pytest.mark.parametrize("path", ["/graphql/", "/graphql%2f", "//graphql", "/GRAPHQL", "/graphql;a"])
async def test_other_spellings_of_the_path_are_404_without_a_redirect(
    edge: httpx.AsyncClient, graph: Recorder, path: str, token: str
) -> None:
    headers = {"Authorization": token, "Host": "evil.example"}

    response = await edge.request("POST", f"{edge.base_url}{path}", json={"query": "{ ok }"}, headers=headers)

    assert response.status_code == 404
    assert "location" not in response.headers
    assert graph.reached == 0


@pytest.mark.parametrize("method", ["OPTIONS", "TRACE", "HEAD"])
async def test_no_method_sends_cors_headers(edge: httpx.AsyncClient, graph: Recorder, method: str, token: str) -> None:
    headers = {"Origin": "https://evil.example", "Access-Control-Request-Method": "POST", "Authorization": token}

    response = await edge.request(method, "/graphql", headers=headers)

    assert response.status_code == (403 if method == "OPTIONS" else 405)
    assert [name for name in response.headers if name.startswith("access-control")] == []
    assert token not in response.text
    assert graph.reached == 0

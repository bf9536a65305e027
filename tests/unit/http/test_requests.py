"""Requests that are not well formed, clients that leave, and the negotiation of the media type."""

import asyncio
import logging
from collections.abc import AsyncIterator

import httpx
import pytest

from gateway.console.graphiql import GraphiqlPage
from tests.fixtures.live import wait_until
from tests.fixtures.tokens import mint_token
from tests.unit.http.raw_socket import HEADERS, exchange_bytes, serve_bytes
from tests.unit.http.recorder import Recorder, serve_edge

JSON = {"Content-Type": "application/json"}
GRAPHQL_JSON = "application/graphql-response+json"
PROBLEM = "application/problem+json"


@pytest.fixture
def graph() -> Recorder:
    return Recorder()


@pytest.fixture
async def edge(graph: Recorder) -> AsyncIterator[httpx.AsyncClient]:
    async with serve_edge(graph, page=GraphiqlPage(None, None)) as url, httpx.AsyncClient(base_url=url) as client:
        client.headers["Authorization"] = f"Bearer {mint_token()}"
        yield client


@pytest.mark.parametrize(
    "body",
    [
        b'{"query": "{__typename} #\xff"}',
        b'{"query": "{__typename} #\xc3"}',
        b'{"query": "{ok}", "variables": {"a": "\xed\xa0\x80"}}',
        b'{"query": "{ok} #\\ud800"}',
        b'\xff\xfe{\x00"\x00',
        b'{"variables": {}}',
        b'{"query": null}',
        b'{"query": "{ok}", "variables": {"a": ' + b"9" * 100_000 + b"}}",
    ],
)
async def test_a_body_that_is_no_json_in_utf_8_is_400(edge: httpx.AsyncClient, graph: Recorder, body: bytes) -> None:
    response = await edge.post("/graphql", content=body, headers=JSON)

    assert (response.status_code, response.json()["title"]) == (400, "MALFORMED_BODY")
    assert graph.reached == 0


@pytest.mark.parametrize(
    "variables",
    [
        b"[" * 33 + b"]" * 33,
        b"[" + b"[]," * 10_000 + b"1]",
        b"[" + b"{}," * 300_000 + b"1]",
        b"[" + b'"",' * 20_000 + b"1]",
    ],
    ids=["33 levels", "10,001 lists", "a mebibyte of objects", "20,000 strings"],
)
async def test_a_body_of_too_many_brackets_is_not_parsed(
    edge: httpx.AsyncClient, graph: Recorder, variables: bytes
) -> None:
    body = b'{"query": "{ok}", "variables": {"a": ' + variables + b"}}"

    response = await edge.post("/graphql", content=body, headers=JSON)

    assert (response.status_code, response.json()["title"]) == (400, "BODY_TOO_DEEP")
    assert graph.reached == 0


async def test_brackets_in_strings_do_not_count(edge: httpx.AsyncClient, graph: Recorder) -> None:
    text = '[{"' * 1000 + "\\"

    response = await edge.post("/graphql", json={"query": "{ok}", "variables": {"a": [text, {"b": text}]}})

    assert response.json() == {"data": {"ok": True}}


@pytest.mark.parametrize("encoding", ["gzip", "br", "identity, gzip", "unknown"])
async def test_a_compressed_body_is_415(edge: httpx.AsyncClient, graph: Recorder, encoding: str) -> None:
    response = await edge.post("/graphql", content=b"{}", headers={**JSON, "Content-Encoding": encoding})

    assert (response.status_code, response.json()["title"]) == (415, "UNSUPPORTED_CONTENT_ENCODING")
    assert response.headers["accept-encoding"] == "identity"
    assert graph.reached == 0


@pytest.mark.parametrize(
    ("media_type", "status"),
    [
        ("application/json; charset=utf-8", 200),
        ('application/json;charset="UTF-8"', 200),
        ("application/json; charset=utf-16", 415),
        ("application/json; charset=latin1", 415),
    ],
)
async def test_only_utf_8_is_accepted_as_charset(
    edge: httpx.AsyncClient, graph: Recorder, media_type: str, status: int
) -> None:
    response = await edge.post("/graphql", content=b'{"query": "{ok}"}', headers={"Content-Type": media_type})

    assert response.status_code == status


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        ("application/json;q=0, application/graphql-response+json", GRAPHQL_JSON),
        ("application/graphql-response+json;q=0, application/json", "application/json"),
        ("application/graphql-response+json;q=0.1, application/json;q=0.9", "application/json"),
        ("application/json, application/graphql-response+json", GRAPHQL_JSON),
        ("text/html, */*;q=0.1", "application/json"),
        ("application/*", "application/json"),
        ("application/graphql-response+json;q=0, */*", "application/json"),
        ("application/json;q=0", None),
        ("*/*;q=0", None),
        ("application/json;q=0, */*", None),
        ("application/json;q=x", None),
        ("text/csv", None),
    ],
)
async def test_the_quality_of_a_media_type_is_honoured(
    edge: httpx.AsyncClient, graph: Recorder, accept: str, expected: str | None
) -> None:
    response = await edge.post("/graphql", json={"query": "{ok}"}, headers={"Accept": accept})

    if expected is None:
        assert (response.status_code, response.json()["title"]) == (406, "NOT_ACCEPTABLE")
        assert graph.reached == 0
    else:
        assert response.headers["content-type"] == f"{expected}; charset=utf-8"


@pytest.mark.parametrize("path", ["/", "/graph", "/graphql/x", "/console/static/missing.js"])
async def test_an_unknown_path_is_a_problem_document(edge: httpx.AsyncClient, path: str) -> None:
    response = await edge.get(path)

    assert (response.status_code, response.headers["content-type"]) == (404, PROBLEM)
    body = response.json()
    assert (body["status"], body["title"], body["correlationId"]) == (
        404,
        "NOT_FOUND",
        response.headers["x-correlation-id"],
    )


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("PUT", "/graphql", {"GET", "POST", "HEAD", "OPTIONS"}),
        ("POST", "/livez", {"GET", "HEAD"}),
        ("HEAD", "/graphql", {"POST"}),
        ("OPTIONS", "/graphql", {"POST"}),
    ],
)
async def test_an_unknown_method_is_a_problem_document(
    edge: httpx.AsyncClient, method: str, path: str, allowed: set[str]
) -> None:
    response = await edge.request(method, path)

    assert (response.status_code, response.headers["content-type"]) == (405, PROBLEM)
    assert set(response.headers["allow"].split(", ")) == allowed


async def test_two_host_headers_are_400(graph: Recorder) -> None:
    token = f"Authorization: Bearer {mint_token()}\r\nConnection: close\r\n".encode()
    async with serve_bytes(graph) as port:
        response = await exchange_bytes(port, HEADERS + b"Host: evil.example\r\n" + token + b'\r\n{"query": "{ ok }"}')

    assert response.startswith(b"HTTP/1.1 400 ")
    assert b"AMBIGUOUS_HOST" in response
    assert graph.reached == 0


async def test_a_client_that_leaves_while_it_sends_is_no_error_in_the_log(
    graph: Recorder, caplog: pytest.LogCaptureFixture
) -> None:
    token = f"Authorization: Bearer {mint_token()}\r\n\r\n".encode()
    with caplog.at_level(logging.INFO):
        async with serve_bytes(graph) as port:
            caplog.set_level(logging.WARNING, "uvicorn.error")
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(HEADERS + token + b'{"query"')
            await writer.drain()
            await asyncio.sleep(0.05)
            writer.transport.abort()

    assert [record.message for record in caplog.records if record.levelno >= logging.WARNING] == []
    assert graph.reached == 0


async def test_a_client_that_leaves_before_the_response_is_no_error_in_the_log(
    graph: Recorder, caplog: pytest.LogCaptureFixture
) -> None:
    graph.hold.clear()
    token = f"Authorization: Bearer {mint_token()}\r\n\r\n".encode()
    with caplog.at_level(logging.INFO):
        async with serve_bytes(graph) as port:
            caplog.set_level(logging.WARNING, "uvicorn.error")
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(HEADERS + token + b'{"query": "{ ok }"}')
            await wait_until(lambda: graph.reached == 1)
            writer.transport.abort()
            await asyncio.sleep(0.05)
            graph.hold.set()

    assert [record.message for record in caplog.records if record.levelno >= logging.WARNING] == []

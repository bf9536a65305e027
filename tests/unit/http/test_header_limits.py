"""Headers are limited while they arrive, byte by byte on a real socket, because they are read before any token."""

import asyncio

import pytest

from gateway.http.header_limits import MAX_HEADER_BYTES, HeaderLimitProtocol
from tests.fixtures.tokens import mint_token
from tests.unit.http.raw_socket import HEADERS, exchange_bytes, serve_bytes
from tests.unit.http.recorder import Recorder

QUERY = b'{"query": "{ ok }"}'


class Impatient(HeaderLimitProtocol):
    header_timeout = 0.2


async def test_endless_headers_are_rejected_while_they_arrive() -> None:
    graph = Recorder()
    async with serve_bytes(graph) as port:
        response = await exchange_bytes(port, (HEADERS + b"X-Endless: ").ljust(MAX_HEADER_BYTES + 1, b"a"))

    assert response.startswith(b"HTTP/1.1 431 ")
    assert graph.reached == 0


@pytest.mark.parametrize(
    ("_case", "piece"),
    [
        ("one long header", b"X-Long: " + b"a" * MAX_HEADER_BYTES + b"\r\n"),
        ("many short ones", b"X-A: b\r\n" * 4096),
    ],
)
async def test_complete_headers_that_are_too_large_are_rejected(_case: str, piece: bytes) -> None:
    graph = Recorder()
    async with serve_bytes(graph) as port:
        token = f"Authorization: Bearer {mint_token()}\r\n".encode()
        response = await exchange_bytes(port, HEADERS + token + piece + b"\r\n" + QUERY)

    assert response.startswith(b"HTTP/1.1 431 ")
    assert graph.reached == 0


@pytest.mark.parametrize(
    "pieces", [[], [b"POST /gra"], [HEADERS, *[b"X-Drop: a\r\n"] * 30]], ids=["silence", "half a line", "drop by drop"]
)
async def test_headers_that_arrive_too_slowly_time_out(pieces: list[bytes]) -> None:
    graph = Recorder()
    async with serve_bytes(graph, Impatient) as port:
        response = await exchange_bytes(port, *pieces, pause=0.02)

    assert response.startswith(b"HTTP/1.1 408 ")
    assert graph.reached == 0


async def test_a_slow_response_does_not_time_out_and_the_connection_stays_open() -> None:
    graph = Recorder()
    graph.hold.clear()
    token = f"Authorization: Bearer {mint_token()}\r\n".encode()
    async with serve_bytes(graph, Impatient) as port:
        asking = asyncio.create_task(
            exchange_bytes(port, HEADERS + token + b"\r\n" + QUERY, HEADERS + token, pause=0.0)
        )
        await asyncio.sleep(2 * Impatient.header_timeout)
        graph.hold.set()
        response = await asking

    assert response.startswith(b"HTTP/1.1 200 ")
    assert graph.reached == 1


@pytest.mark.parametrize(
    ("_case", "head"),
    [
        ("two lengths", b"Content-Length: 5\r\n"),
        ("a length and chunks", b"Transfer-Encoding: chunked\r\n"),
        ("an unknown coding", b"Transfer-Encoding: xchunked\r\n"),
        ("a space before the colon", b"X-A : b\r\n"),
    ],
)
async def test_ambiguous_framing_is_rejected(_case: str, head: bytes) -> None:
    graph = Recorder()
    token = f"Authorization: Bearer {mint_token()}\r\n".encode()
    async with serve_bytes(graph) as port:
        response = await exchange_bytes(port, HEADERS + token + head + b"\r\n" + QUERY)

    assert response.startswith(b"HTTP/1.1 400 ")
    assert response.count(b"HTTP/1.1") == 1
    assert graph.reached == 0

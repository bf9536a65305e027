"""Heads of requests are bounded while they arrive, byte by byte on a real socket: nobody needs a token to send one."""

import asyncio

import pytest

from gateway.http.heads import MAX_HEAD_BYTES, BoundedHeads
from tests.fixtures.tokens import bearer
from tests.unit.http.raw_socket import HEADERS, exchange_bytes, serve_bytes
from tests.unit.http.recorder import Recorder

QUERY = b'{"query": "{ ok }"}'


class Impatient(BoundedHeads):
    header_timeout = 0.2


async def test_a_head_without_an_end_is_cut_off_and_never_parsed() -> None:
    graph = Recorder()
    async with serve_bytes(graph) as port:
        answer = await exchange_bytes(port, (HEADERS + b"X-Endless: ").ljust(MAX_HEAD_BYTES + 1, b"a"))

    assert answer.startswith(b"HTTP/1.1 431 ")
    assert graph.reached == 0


@pytest.mark.parametrize(
    ("_case", "piece"),
    [
        ("one long header", b"X-Long: " + b"a" * MAX_HEAD_BYTES + b"\r\n"),
        ("many short ones", b"X-A: b\r\n" * 4096),
    ],
)
async def test_a_whole_head_that_is_too_large_is_refused(_case: str, piece: bytes) -> None:
    graph = Recorder()
    async with serve_bytes(graph) as port:
        token = f"Authorization: Bearer {bearer()}\r\n".encode()
        answer = await exchange_bytes(port, HEADERS + token + piece + b"\r\n" + QUERY)

    assert answer.startswith(b"HTTP/1.1 431 ")
    assert graph.reached == 0


@pytest.mark.parametrize(
    "pieces", [[], [b"POST /gra"], [HEADERS, *[b"X-Drop: a\r\n"] * 30]], ids=["silence", "half a line", "drop by drop"]
)
async def test_a_head_that_takes_too_long_is_cut_off(pieces: list[bytes]) -> None:
    graph = Recorder()
    async with serve_bytes(graph, Impatient) as port:
        answer = await exchange_bytes(port, *pieces, pause=0.02)

    assert answer.startswith(b"HTTP/1.1 408 ")
    assert graph.reached == 0


async def test_an_answer_takes_as_long_as_it_takes_and_the_connection_serves_the_next() -> None:
    graph = Recorder()
    graph.hold.clear()
    token = f"Authorization: Bearer {bearer()}\r\n".encode()
    async with serve_bytes(graph, Impatient) as port:
        asking = asyncio.create_task(
            exchange_bytes(port, HEADERS + token + b"\r\n" + QUERY, HEADERS + token, pause=0.0)
        )
        await asyncio.sleep(2 * Impatient.header_timeout)
        graph.hold.set()
        answer = await asking

    assert answer.startswith(b"HTTP/1.1 200 ")
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
async def test_what_two_servers_could_read_in_two_ways_is_no_request(_case: str, head: bytes) -> None:
    graph = Recorder()
    token = f"Authorization: Bearer {bearer()}\r\n".encode()
    async with serve_bytes(graph) as port:
        answer = await exchange_bytes(port, HEADERS + token + head + b"\r\n" + QUERY)

    assert answer.startswith(b"HTTP/1.1 400 ")
    assert answer.count(b"HTTP/1.1") == 1
    assert graph.reached == 0

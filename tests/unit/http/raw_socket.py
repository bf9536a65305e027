"""The edge behind the server that `psgw serve` uses, and a client that sends raw bytes."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import uvicorn

from gateway.http.header_limits import HeaderLimitProtocol
from tests.fixtures.ports import find_free_port
from tests.unit.http.recorder import Recorder, create_edge

HEADERS = b"POST /graphql HTTP/1.1\r\nHost: graph.example\r\nContent-Type: application/json\r\nContent-Length: 19\r\n"


class Server(uvicorn.Server):
    async def startup(self, sockets: object = None) -> None:
        await super().startup()
        self.up.set()

    up: asyncio.Event


@asynccontextmanager
async def serve_bytes(
    graph: Recorder, protocol: type[HeaderLimitProtocol] = HeaderLimitProtocol, **options: Any
) -> AsyncIterator[int]:
    port = find_free_port()
    config = uvicorn.Config(
        create_edge(graph, **options),
        port=port,
        http=protocol,
        log_config=None,
        lifespan="off",
    )
    server = Server(config)
    server.up = asyncio.Event()
    task = asyncio.create_task(server._serve())
    await server.up.wait()
    try:
        yield port
    finally:
        server.should_exit = True
        await task


async def exchange_bytes(port: int, *pieces: bytes, pause: float = 0.0) -> bytes:
    """Send pieces until the server closes; return all that it sends."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    response = asyncio.create_task(reader.read())
    for piece in pieces:
        if response.done():
            break
        writer.write(piece)
        await writer.drain()
        await asyncio.sleep(pause)
    async with asyncio.timeout(10):
        received = await response
    writer.close()
    return received

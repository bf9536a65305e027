"""The server process of `psgw serve`: WebSocket limits and shutdown."""

import asyncio
import signal
from asyncio.subprocess import DEVNULL, Process
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from websockets.asyncio.client import connect

from gateway.http.header_limits import MAX_HEADER_BYTES
from tests.fixtures.demo import PSGW
from tests.fixtures.live import TRANSPORT, SocketClient
from tests.fixtures.ports import find_free_port


class ServerProcess:
    """A gateway in its own process, and WebSocket connections to it."""

    def __init__(self, stack: AsyncExitStack, process: Process, port: int) -> None:
        self._stack = stack
        self._address = f"ws://127.0.0.1:{port}/graphql"
        self.process = process
        self.port = port

    async def connect(self) -> SocketClient:
        return SocketClient(await self._stack.enter_async_context(connect(self._address, subprotocols=[TRANSPORT])))


async def _wait_until_listening(port: int) -> None:
    async with asyncio.timeout(60):
        while True:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                await asyncio.sleep(0.05)
            else:
                writer.close()
                return


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[ServerProcess]:
    port = find_free_port()
    settings = tmp_path / "psgw.toml"
    store = f"sqlite+aiosqlite:///{tmp_path}/psgw.sqlite"
    settings.write_text(f'[store]\nurl = "{store}"\n[serve]\nport = {port}\n', encoding="utf-8")
    process = await asyncio.create_subprocess_exec(PSGW, "serve", "--settings", str(settings), stderr=DEVNULL)
    async with AsyncExitStack() as stack:
        await _wait_until_listening(port)
        yield ServerProcess(stack, process, port)
    if process.returncode is None:
        process.kill()
    await process.wait()


async def test_on_sigterm_the_server_closes_every_connection_with_the_reason_and_exits(server: ServerProcess) -> None:
    clients = [await server.connect() for _ in range(3)]

    server.process.send_signal(signal.SIGTERM)

    for client in clients:
        assert await client.wait_closed() == (1001, "The gateway is shutting down")
    async with asyncio.timeout(20):
        await server.process.wait()


async def test_a_frame_over_the_limit_is_refused_and_compression_is_off(server: ServerProcess) -> None:
    client = await server.connect()
    assert "sec-websocket-extensions" not in client.socket.response.headers  # type: ignore[union-attr] # it is connected

    await client.socket.send("x" * (2**20 + 1))

    close = await client.wait_closed()
    assert close is not None
    assert close[0] == 1009


async def test_headers_over_the_limit_are_refused_before_authentication(server: ServerProcess) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    writer.write(b"GET /graphql HTTP/1.1\r\nX-Endless: ".ljust(MAX_HEADER_BYTES + 1, b"a"))

    async with asyncio.timeout(5):
        answer = await reader.read()
    writer.close()

    assert answer.startswith(b"HTTP/1.1 431 ")

"""The server that `psgw serve` starts: what it takes over a WebSocket, and how it leaves."""

import asyncio
import signal
from asyncio.subprocess import DEVNULL, Process
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from websockets.asyncio.client import connect

from gateway.http.heads import MAX_HEAD_BYTES
from tests.fixtures.demo import PSGW
from tests.fixtures.live import TRANSPORT, Client
from tests.fixtures.ports import free_port


class ServerProcess:
    """A gateway as a process of its own."""

    def __init__(self, stack: AsyncExitStack, process: Process, port: int) -> None:
        self._stack = stack
        self._address = f"ws://127.0.0.1:{port}/graphql"
        self.process = process
        self.port = port

    async def connect(self) -> Client:
        return Client(await self._stack.enter_async_context(connect(self._address, subprotocols=[TRANSPORT])))


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
async def served(tmp_path: Path) -> AsyncIterator[ServerProcess]:
    port = free_port()
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


async def test_told_to_stop_the_server_says_so_to_every_connection_and_ends(served: ServerProcess) -> None:
    clients = [await served.connect() for _ in range(3)]

    served.process.send_signal(signal.SIGTERM)

    for client in clients:
        assert await client.closed() == (1001, "The gateway stops")
    async with asyncio.timeout(20):
        await served.process.wait()


async def test_a_frame_beyond_the_cap_is_refused_as_it_arrives_and_nothing_is_packed(served: ServerProcess) -> None:
    client = await served.connect()
    assert "sec-websocket-extensions" not in client.socket.response.headers  # type: ignore[union-attr] # it is connected

    await client.socket.send("x" * (2**20 + 1))

    ended = await client.closed()
    assert ended is not None
    assert ended[0] == 1009


async def test_a_head_without_an_end_is_cut_off_before_any_token(served: ServerProcess) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", served.port)
    writer.write(b"GET /graphql HTTP/1.1\r\nX-Endless: ".ljust(MAX_HEAD_BYTES + 1, b"a"))

    async with asyncio.timeout(5):
        answer = await reader.read()
    writer.close()

    assert answer.startswith(b"HTTP/1.1 431 ")

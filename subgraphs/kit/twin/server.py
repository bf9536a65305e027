"""Serves an ASGI application on the loopback interface: vendors' twins in tests and in the sandbox."""

import asyncio
import socket
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Final

import uvicorn
from starlette.types import ASGIApp, Scope
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

_TRANSPORT: Final = "subgraphs.kit.transport"


class _Protocol(HttpToolsProtocol):
    """HTTP/1.1 with the connection's transport in each request's scope, for `reset_connection`."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as in the base class
        """Store the transport."""
        self.app_state = {**self.app_state, _TRANSPORT: transport}
        super().connection_made(transport)


def reset_connection(scope: Scope) -> None:
    """Reset the connection of a request (TCP RST) without an answer. The application must be served by `serve`."""
    transport: asyncio.Transport = scope["state"][_TRANSPORT]
    connection = transport.get_extra_info("socket")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()


class _Server(uvicorn.Server):
    """Signals when it listens, stops at once, and leaves process signals and the Date header to others."""

    def __init__(self, app: ASGIApp) -> None:
        config = uvicorn.Config(
            app,
            http=_Protocol,
            log_config=None,
            log_level="warning",
            lifespan="off",
            date_header=False,
            timeout_graceful_shutdown=1,
        )
        super().__init__(config)
        self.listening = asyncio.Event()
        self.stopped = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then set `listening`."""
        await super().startup(sockets)
        self.listening.set()

    async def main_loop(self) -> None:
        """Tick until stopped."""
        ticks = 0
        while not await self.on_tick(ticks):
            ticks += 1
            with suppress(TimeoutError):
                async with asyncio.timeout(0.1):
                    await self.stopped.wait()


@asynccontextmanager
async def serve(app: ASGIApp, port: int = 0) -> AsyncIterator[str]:
    """Serve an application on a loopback port (0: any free one) while the block runs; yield its base URL."""
    # An explicit protocol lets asyncio recognise TCP and disable Nagle's algorithm, which costs 40 ms a call.
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", port))
        server = _Server(app)
        task = asyncio.create_task(server._serve(sockets=[listener]))  # noqa: SLF001 -- `serve` would install signal handlers
        await server.listening.wait()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            server.stopped.set()
            await task

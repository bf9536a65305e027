"""Serves an application on loopback: vendors' twins in tests and in the sandbox."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import uvicorn
from starlette.types import ASGIApp


class _Server(uvicorn.Server):
    """A server that tells when it listens, stops when it is told and not at its next tick, leaves signals to the process, and the Date to the twin."""

    def __init__(self, app: ASGIApp) -> None:
        config = uvicorn.Config(
            app, log_level="warning", lifespan="off", date_header=False, timeout_graceful_shutdown=1
        )
        super().__init__(config)
        self.listening = asyncio.Event()
        self.stopped = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then tell."""
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
async def serving(app: ASGIApp, port: int = 0) -> AsyncIterator[str]:
    """Serve an application on a port of loopback (0: any free one) while the block runs; yields its base URL."""
    # Named so, the protocol is known to asyncio, which then turns Nagle's algorithm off: 40 ms a call.
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", port))
        server = _Server(app)
        task = asyncio.create_task(server._serve(sockets=[listener]))  # noqa: SLF001 -- `serve` would take the signals
        await server.listening.wait()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            server.stopped.set()
            await task

"""Clients of the WebSocket at /graphql that can send any message."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any

import pytest
from starlette.applications import Starlette
from websockets.asyncio.client import connect
from websockets.typing import Origin

from gateway.http.socket.connection_limits import SocketLimits
from subgraphs.kit.twin.server import serve
from tests.fixtures.live import TRANSPORT, SocketClient
from tests.unit.http.recorder import Recorder, create_edge

SUBSCRIBE = {"query": "subscription { ok }"}


class Edge:
    """The edge before a graph engine, with clients to connect to it."""

    def __init__(self, stack: AsyncExitStack, graph: Recorder) -> None:
        self._stack = stack
        self.graph = graph
        self.url = ""

    async def serve(self, limits: SocketLimits | None = None, **options: Any) -> None:
        await self.serve_app(create_edge(self.graph, socket_limits=limits, **options))

    async def serve_app(self, app: Starlette) -> None:
        self.url = await self._stack.enter_async_context(serve(app))

    async def connect(self, path: str = "/graphql", origin: str | None = None, **options: Any) -> SocketClient:
        if not self.url:
            await self.serve()
        options.setdefault("subprotocols", [TRANSPORT])
        address = self.url.replace("http", "ws", 1) + path
        named = None if origin is None else Origin(origin)
        return SocketClient(await self._stack.enter_async_context(connect(address, origin=named, **options)))

    async def connect_as_caller(self) -> SocketClient:
        """Connect and initialise the connection with a valid token."""
        client = await self.connect()
        await client.initialise()
        return client


@pytest.fixture
async def edge() -> AsyncIterator[Edge]:
    async with AsyncExitStack() as stack:
        yield Edge(stack, Recorder())

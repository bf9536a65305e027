"""A graph engine that returns the test's responses and records its calls, and the edge before it on a real socket."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any

from graphql import DocumentNode, GraphQLError
from starlette.applications import Starlette

from gateway.auth.principal import Principal
from gateway.execution.response import GraphQLResponse
from gateway.http.app import create_app
from subgraphs.kit.twin.server import serve
from tests.fixtures.tokens import build_verifier


class Recorder:
    """A fake graph engine.

    `events` are the events of a subscription. Clear `hold` to delay the responses to queries. `running` counts the
    subscriptions that have not ended.
    """

    def __init__(self) -> None:
        self.reached = 0
        self.running = 0
        self.correlation_ids: list[str] = []
        self.events: asyncio.Queue[GraphQLResponse | Exception] = asyncio.Queue()
        self.hold = asyncio.Event()
        self.hold.set()
        self.create_response: Callable[[], GraphQLResponse] = lambda: GraphQLResponse(data={"ok": True})

    def validate(self, _document: DocumentNode, _principal: Principal) -> list[GraphQLError]:
        return []

    async def execute(
        self,
        _document: DocumentNode,
        _variables: Mapping[str, Any] | None,
        _operation_name: str | None,
        _principal: Principal,
        correlation_id: str,
    ) -> GraphQLResponse:
        self.reached += 1
        self.correlation_ids.append(correlation_id)
        await self.hold.wait()
        return self.create_response()

    async def subscribe(self, *_asked: Any) -> AsyncGenerator[GraphQLResponse, None]:
        self.reached += 1
        self.running += 1
        try:
            while True:
                event = await self.events.get()
                if isinstance(event, Exception):
                    raise event
                yield event
        finally:
            self.running -= 1


def create_edge(graph: Recorder, **options: Any) -> Starlette:
    """Create the web application before a graph engine."""

    async def ready() -> bool:
        return True

    return create_app(graph, build_verifier(), ready=ready, **options)


@asynccontextmanager
async def serve_edge(graph: Recorder, **options: Any) -> AsyncIterator[str]:
    """Serve the edge before a graph engine; yield its URL."""
    async with serve(create_edge(graph, **options)) as url:
        yield url

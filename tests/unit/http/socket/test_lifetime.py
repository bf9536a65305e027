"""A connection ends with its token, with the client's silence, or with the gateway."""

import asyncio
from typing import Any

from starlette.websockets import WebSocket

from gateway.execution.response import GraphQLResponse
from gateway.http.document_limits import DocumentLimits
from gateway.http.operations import Operations
from gateway.http.socket.connection import SocketConnection
from gateway.http.socket.connection_limits import ConnectionRegistry, SocketLimits
from tests.fixtures.live import wait_until
from tests.fixtures.tokens import build_verifier, mint_token
from tests.unit.http.recorder import Recorder, create_edge
from tests.unit.http.socket.conftest import SUBSCRIBE, Edge


async def test_an_expired_token_closes_with_4403_and_ends_the_operations(edge: Edge) -> None:
    client = await edge.connect()
    await client.initialise(mint_token(seconds=2))
    await client.send("subscribe", "s", SUBSCRIBE)
    await wait_until(lambda: edge.graph.running == 1)

    assert await client.wait_closed() == (4403, "The access token has expired")

    await wait_until(lambda: edge.graph.running == 0)


async def test_a_silent_client_is_pinged_and_closed_if_it_does_not_answer(edge: Edge) -> None:
    await edge.serve(SocketLimits(idle=0.1, pong=0.3))
    client = await edge.connect_as_caller()

    for _ in range(3):
        assert await client.get() == {"type": "ping"}
        await client.send("pong")

    assert await client.get() == {"type": "ping"}
    assert await client.wait_closed() == (4408, "No pong received in time")


async def test_a_disconnect_ends_the_operations_of_the_client(edge: Edge) -> None:
    client = await edge.connect_as_caller()
    for number in range(5):
        await client.send("subscribe", str(number), SUBSCRIBE)
    await wait_until(lambda: edge.graph.running == 5)

    client.socket.transport.abort()

    await wait_until(lambda: edge.graph.running == 0)


async def test_at_shutdown_queries_finish_and_connections_close_with_1001(edge: Edge) -> None:
    app = create_edge(edge.graph)
    await edge.serve_app(app)
    first, second = await edge.connect_as_caller(), await edge.connect_as_caller()
    await second.send("subscribe", "s", SUBSCRIBE)
    edge.graph.hold.clear()
    await first.send("subscribe", "q", {"query": "{ ok }"})
    await wait_until(lambda: edge.graph.reached == 2)

    draining = asyncio.create_task(app.state.drain())

    assert await second.wait_closed() == (1001, "The gateway is shutting down")
    edge.graph.hold.set()
    assert (await first.get())["payload"] == {"data": {"ok": True}}
    assert await first.get() == {"type": "complete", "id": "q"}
    assert await first.wait_closed() == (1001, "The gateway is shutting down")
    await draining
    assert edge.graph.running == 0


async def test_endless_messages_do_not_extend_the_initialisation_timeout() -> None:
    """Messages that have already arrived are received without waiting."""
    sent: list[dict[str, Any]] = []

    async def send(message: Any) -> None:
        sent.append(message)

    inbox = iter([{"type": "websocket.connect"}])

    async def receive() -> Any:
        return next(inbox, {"type": "websocket.receive", "text": '{"type": "pong"}'})

    limits = SocketLimits(init=0.1)
    scope = {"type": "websocket", "headers": [], "path": "/graphql", "state": {"correlation_id": "c"}}
    socket = WebSocket({**scope, "subprotocols": []}, receive, send)
    await socket.accept()

    await SocketConnection(
        socket, Operations(Recorder(), DocumentLimits()), build_verifier(), ConnectionRegistry(limits), limits
    ).serve()

    assert [message.get("code") for message in sent] == [None, 4408]


async def test_a_client_that_does_not_read_is_closed_and_queues_nothing() -> None:
    """A send that does not return simulates the full buffer of the server."""
    graph, limits = Recorder(), SocketLimits(send=0.1)
    inbox: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
    stuck = asyncio.Event()
    sent: list[str] = []

    async def send(message: Any) -> None:
        if message["type"] == "websocket.send":
            sent.append(message["text"])
            if len(sent) > 2:
                stuck.set()
                await asyncio.Event().wait()

    scope = {"type": "websocket", "headers": [], "path": "/graphql", "state": {"correlation_id": "c"}}
    socket = WebSocket({**scope, "subprotocols": []}, inbox.get, send)
    inbox.put_nowait({"type": "websocket.connect"})
    await socket.accept()
    serving = asyncio.create_task(
        SocketConnection(
            socket, Operations(graph, DocumentLimits()), build_verifier(), ConnectionRegistry(limits), limits
        ).serve()
    )
    for text in (
        f'{{"type": "connection_init", "payload": {{"authorization": "Bearer {mint_token()}"}}}}',
        '{"type": "subscribe", "id": "s", "payload": {"query": "subscription { ok }"}}',
    ):
        inbox.put_nowait({"type": "websocket.receive", "text": text})
    for number in range(100):
        graph.events.put_nowait(GraphQLResponse(data={"n": number}))
    await stuck.wait()

    async with asyncio.timeout(2):
        await serving

    assert graph.running == 0
    assert len(sent) == 3
    assert graph.events.qsize() == 98

"""Access to the WebSocket and its limits: foreign origins, tokens in URLs, floods."""

import json

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.typing import Subprotocol

from gateway.http.socket.connection_limits import SocketLimits
from tests.fixtures.live import TRANSPORT, SocketClient, wait_until
from tests.fixtures.tokens import mint_token
from tests.unit.http.socket.conftest import SUBSCRIBE, Edge

LEGACY = Subprotocol("graphql-ws")


@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example",
        "null",
        "http://127.0.0.1",
        "http://127.0.0.1:1",
        "http://127.0.0.1:port",
        "https://portal.example.evil.example",
        "",
    ],
)
async def test_a_page_of_another_origin_is_rejected_at_the_handshake(edge: Edge, origin: str) -> None:
    await edge.serve(origins=["https://portal.example"])

    with pytest.raises(InvalidStatus) as failure:
        await edge.connect(origin=origin)

    response = failure.value.response
    assert response.status_code == 403
    message = json.loads(response.body or b"")
    assert message["title"] == "ORIGIN_NOT_ALLOWED"
    assert response.headers["x-correlation-id"] == message["correlationId"]
    assert response.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    "origin", [None, "http://OWN", "https://OWN", "https://portal.example", "https://Portal.example"]
)
async def test_own_and_configured_origins_and_clients_without_origin_may_connect(
    edge: Edge, origin: str | None
) -> None:
    await edge.serve(origins=["https://portal.example"])
    own = edge.url.removeprefix("http://")

    client = await edge.connect(origin=origin and origin.replace("OWN", own))
    await client.initialise()


@pytest.mark.parametrize("offered", [[LEGACY], [Subprotocol("mqtt")], None])
async def test_other_sub_protocols_are_rejected(edge: Edge, offered: list[Subprotocol] | None) -> None:
    client = await edge.connect(subprotocols=offered)

    assert client.socket.subprotocol is None
    assert await client.wait_closed() == (4406, "Use the sub-protocol graphql-transport-ws")


async def test_of_two_sub_protocols_the_supported_one_is_chosen(edge: Edge) -> None:
    client = await edge.connect(subprotocols=[LEGACY, TRANSPORT])

    assert client.socket.subprotocol == TRANSPORT


async def test_credentials_in_the_url_or_the_headers_are_ignored(edge: Edge) -> None:
    path = f"/graphql?authorization=Bearer%20{mint_token()}&token={mint_token()}&query=%7Bok%7D"
    headers = {"Authorization": f"Bearer {mint_token()}", "Cookie": f"token={mint_token()}"}
    client = await edge.connect(path, additional_headers=headers)

    await client.send("subscribe", "1", SUBSCRIBE)

    assert await client.wait_closed() == (4401, "Unauthorized")
    assert edge.graph.reached == 0


@pytest.mark.parametrize("initialised", [False, True])
async def test_a_message_of_more_than_a_mebibyte_closes_with_1009(edge: Edge, initialised: bool) -> None:
    client = await edge.connect()
    if initialised:
        await client.initialise()

    await client.send("subscribe", "1", {"query": "{ ok }" + " " * 2**20})

    assert (await client.wait_closed() or (0, ""))[0] == 1009
    assert edge.graph.reached == 0


async def test_more_than_a_hundred_concurrent_operations_are_rejected_individually(edge: Edge) -> None:
    client = await edge.connect_as_caller()
    for number in range(100):
        await client.send("subscribe", str(number), SUBSCRIBE)

    await client.send("subscribe", "one too many", SUBSCRIBE)

    message = await client.get()
    assert (message["type"], message["id"]) == ("error", "one too many")
    assert message["payload"][0]["extensions"]["code"] == "LIMIT_EXCEEDED"
    await wait_until(lambda: edge.graph.running == 100)
    assert edge.graph.reached == 100

    await client.send("complete", "7")
    await wait_until(lambda: edge.graph.running == 99)
    await client.send("subscribe", "one too many", SUBSCRIBE)
    await wait_until(lambda: edge.graph.running == 100)


async def test_the_connection_limit_applies_per_caller(edge: Edge) -> None:
    await edge.serve(SocketLimits(per_principal=2))
    first, _second = await edge.connect_as_caller(), await edge.connect_as_caller()

    third = await edge.connect()
    await third.send("connection_init", payload={"authorization": f"Bearer {mint_token()}"})
    assert await third.wait_closed() == (1013, "This caller already has 2 connections")

    other = await edge.connect()
    await other.initialise(mint_token(subject="b"))
    await first.socket.close()
    await connect_when_possible(edge)


async def connect_when_possible(edge: Edge) -> SocketClient:
    """Connect as soon as the limit allows it."""
    for _ in range(100):
        client = await edge.connect()
        await client.send("connection_init", payload={"authorization": f"Bearer {mint_token()}"})
        try:
            assert await client.get() == {"type": "connection_ack"}
        except ConnectionClosed:
            continue
        return client
    raise AssertionError("the limit never allowed another connection")


async def test_connections_over_the_total_limit_are_rejected_at_the_handshake(edge: Edge) -> None:
    await edge.serve(SocketLimits(connections=2))
    await edge.connect()
    await edge.connect()

    with pytest.raises(InvalidStatus) as failure:
        await edge.connect()

    assert failure.value.response.status_code == 503
    assert failure.value.response.headers["retry-after"] == "5"

"""graphql-transport-ws over a real socket: responses, and the close code of each violation."""

import json
from typing import Any

import pytest

from gateway.execution.response import GraphQLResponse
from gateway.http.socket.connection_limits import SocketLimits
from tests.fixtures.live import wait_until
from tests.fixtures.tokens import mint_token
from tests.unit.http.socket.conftest import SUBSCRIBE, Edge


async def test_a_client_with_a_valid_token_is_acknowledged(edge: Edge) -> None:
    client = await edge.connect()

    await client.send("connection_init", payload={"Authorization": f"bearer {mint_token()}"})

    assert client.socket.subprotocol == "graphql-transport-ws"
    assert await client.get() == {"type": "connection_ack"}


@pytest.mark.parametrize(
    "payload",
    [None, {}, {"authorization": ""}, {"authorization": "Bearer invalid"}, {"authorization": 7}, {"token": "x"}],
)
async def test_an_invalid_token_closes_with_4401(edge: Edge, payload: dict[str, Any] | None) -> None:
    client = await edge.connect()

    await client.send("connection_init", payload=payload)

    assert await client.wait_closed() == (4401, "Unauthorized")


async def test_an_operation_before_initialisation_closes_with_4401(edge: Edge) -> None:
    client = await edge.connect()

    await client.send("subscribe", "1", SUBSCRIBE)

    assert await client.wait_closed() == (4401, "Unauthorized")
    assert edge.graph.reached == 0


@pytest.mark.parametrize("chatter", [False, True])
async def test_a_late_initialisation_closes_with_4408(edge: Edge, chatter: bool) -> None:
    await edge.serve(SocketLimits(init=0.2))
    client = await edge.connect()

    if chatter:
        await client.send("ping")

    assert await client.wait_closed() == (4408, "Connection initialisation timeout")


async def test_a_second_initialisation_closes_with_4429(edge: Edge) -> None:
    client = await edge.connect_as_caller()

    await client.send("connection_init", payload={"authorization": f"Bearer {mint_token()}"})

    assert await client.wait_closed() == (4429, "Too many initialisation requests")


async def test_a_duplicate_id_closes_with_4409_and_ends_the_operations(edge: Edge) -> None:
    client = await edge.connect_as_caller()
    await client.send("subscribe", "one", SUBSCRIBE)
    await wait_until(lambda: edge.graph.running == 1)

    await client.send("subscribe", "one", SUBSCRIBE)

    assert await client.wait_closed() == (4409, "Subscriber for one already exists")
    await wait_until(lambda: edge.graph.running == 0)
    assert edge.graph.reached == 1


MALFORMED: dict[str, str | bytes] = {
    "not JSON": "hello",
    "a list": "[]",
    "no type": "{}",
    "a type of the server": '{"type": "next", "id": "1", "payload": {}}',
    "an unknown type": '{"type": "start", "id": "1", "payload": {"query": "{ ok }"}}',
    "no id": '{"type": "subscribe", "payload": {"query": "{ ok }"}}',
    "an empty id": '{"type": "subscribe", "id": "", "payload": {"query": "{ ok }"}}',
    "an id that never ends": json.dumps({"type": "subscribe", "id": "x" * 101, "payload": {"query": "{ ok }"}}),
    "no query": '{"type": "subscribe", "id": "1", "payload": {}}',
    "a batch": '{"type": "subscribe", "id": "1", "payload": [{"query": "{ ok }"}]}',
    "variables that are none": '{"type": "subscribe", "id": "1", "payload": {"query": "{ ok }", "variables": []}}',
    "not a number": '{"type": "subscribe", "id": "1", "payload": {"query": "{ ok }", "variables": {"a": NaN}}}',
    "nested too deep": '{"type": "ping", "payload": {"a": ' + "[" * 100_000 + "]" * 100_000 + "}}",
    "binary": b'{"type": "ping"}',
}


@pytest.mark.parametrize("case", MALFORMED)
async def test_a_malformed_message_closes_with_4400(edge: Edge, case: str) -> None:
    client = await edge.connect_as_caller()

    await client.socket.send(MALFORMED[case])

    assert (await client.wait_closed() or (0, ""))[0] == 4400
    assert edge.graph.reached == 0


async def test_a_query_gets_one_response_and_its_id_can_be_reused(edge: Edge) -> None:
    client = await edge.connect_as_caller()

    for _ in range(2):
        await client.send("subscribe", "q", {"query": "{ ok }"})

        assert await client.get() == {"type": "next", "id": "q", "payload": {"data": {"ok": True}}}
        assert await client.get() == {"type": "complete", "id": "q"}
    assert len(set(edge.graph.correlation_ids)) == 2


async def test_a_subscription_receives_events_until_the_client_completes_it(edge: Edge) -> None:
    client = await edge.connect_as_caller()
    await client.send("subscribe", "s", SUBSCRIBE)
    for number in (1, 2):
        edge.graph.events.put_nowait(GraphQLResponse(data={"n": number}))
        assert await client.get() == {"type": "next", "id": "s", "payload": {"data": {"n": number}}}

    await client.send("complete", "s")
    await wait_until(lambda: edge.graph.running == 0)
    edge.graph.events.put_nowait(GraphQLResponse(data={"n": 3}))
    await client.send("subscribe", "q", {"query": "{ ok }"})

    assert (await client.get())["id"] == "q"


async def test_completing_an_unknown_operation_does_nothing(edge: Edge) -> None:
    client = await edge.connect_as_caller()

    await client.send("complete", "never")
    await client.send("ping")

    assert await client.get() == {"type": "pong"}


async def test_operations_of_one_connection_run_concurrently(edge: Edge) -> None:
    edge.graph.hold.clear()
    client = await edge.connect_as_caller()

    await client.send("subscribe", "slow", {"query": "{ ok }"})
    await client.send("subscribe", "live", SUBSCRIBE)
    edge.graph.events.put_nowait(GraphQLResponse(data={"n": 1}))
    assert (await client.get())["id"] == "live"
    edge.graph.hold.set()

    assert [(await client.get())["id"], (await client.get())["type"]] == ["slow", "complete"]


REFUSED = {
    "not GraphQL": ("{", "GRAPHQL_PARSE_FAILED"),
    "13 levels": ("subscription " + "{a" * 13 + "}" * 13, "LIMIT_EXCEEDED"),
    "2,001 tokens": ("{" + " a" * 2001 + "}", "GRAPHQL_PARSE_FAILED"),
    "a list of 101": ("{ a(b: [" + "1 " * 101 + "]) }", "LIMIT_EXCEEDED"),
}


@pytest.mark.parametrize("case", REFUSED)
async def test_documents_have_the_limits_of_a_post_and_an_error_keeps_the_connection_open(
    edge: Edge, case: str
) -> None:
    query, code = REFUSED[case]
    client = await edge.connect_as_caller()

    await client.send("subscribe", "1", {"query": query})

    failure = await client.get()
    assert (failure["type"], failure["id"]) == ("error", "1")
    assert [error["extensions"]["code"] for error in failure["payload"]] == [code]
    assert edge.graph.reached == 0
    await client.send("subscribe", "1", {"query": "{ ok }"})
    assert (await client.get())["type"] == "next"


async def test_a_request_error_ends_the_operation_with_its_errors(edge: Edge) -> None:
    forbidden = {"message": "No.", "extensions": {"code": "FORBIDDEN"}}
    client = await edge.connect_as_caller()
    await client.send("subscribe", "s", SUBSCRIBE)

    edge.graph.events.put_nowait(GraphQLResponse(data=None, errors=[forbidden]))

    assert await client.get() == {"type": "error", "id": "s", "payload": [forbidden]}
    await wait_until(lambda: edge.graph.running == 0)


async def test_an_unexpected_exception_is_masked_and_ends_only_its_operation(
    edge: Edge, caplog: pytest.LogCaptureFixture
) -> None:
    client = await edge.connect_as_caller()
    await client.send("subscribe", "s", SUBSCRIBE)

    edge.graph.events.put_nowait(ZeroDivisionError("psql://user:secret@host"))

    message = await client.get()
    (error,) = message["payload"]
    assert (message["type"], error["message"], error["extensions"]["code"]) == ("error", "Internal error.", "INTERNAL")
    assert "secret" not in json.dumps(message)
    assert [vars(record)["incident_id"] for record in caplog.records] == [error["extensions"]["incidentId"]]
    await client.send("ping")
    assert await client.get() == {"type": "pong"}


async def test_a_response_that_is_too_large_is_rejected(edge: Edge) -> None:
    edge.graph.create_response = lambda: GraphQLResponse(data={"text": "x" * (8 * 2**20)})
    client = await edge.connect_as_caller()

    await client.send("subscribe", "q", {"query": "{ ok }"})

    message = await client.get()
    assert (message["type"], message["payload"][0]["extensions"]["code"]) == ("error", "RESPONSE_TOO_LARGE")


async def test_a_ping_is_answered_with_its_payload(edge: Edge) -> None:
    client = await edge.connect()

    await client.send("ping", payload={"at": 7})

    assert await client.get() == {"type": "pong", "payload": {"at": 7}}

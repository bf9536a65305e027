"""The health of systems is published when it changes: on failure, throttling and recovery, without any query."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any

import pytest
from websockets.asyncio.client import connect

from gateway.http.app import create_app
from subgraphs.kit.twin.server import serve
from tests.fixtures.faulty_proxy import NetworkFault
from tests.fixtures.firm import RunningFirm
from tests.fixtures.live import TRANSPORT, SocketClient
from tests.fixtures.tokens import build_verifier, mint_token

HEARTBEAT_SECONDS = 0.5
BOUND_SECONDS = 30.0
SUBSCRIPTION = "subscription($role: SystemRole) { systemHealthChanged(role: $role) { name role health } }"
SYSTEMS = "{ systems { name health lastSuccessAt lastFailureAt } }"
CUSTOMERS = "{ customers { nodes { name industry } } }"


class ServedFirm:
    """A gateway over the firm's systems, served over HTTP, and its WebSocket clients."""

    def __init__(self, firm: RunningFirm, stack: AsyncExitStack, url: str) -> None:
        self.firm = firm
        self._stack = stack
        self._address = url.replace("http", "ws", 1) + "/graphql"

    async def connect(self, scope: str = "systems:read") -> SocketClient:
        client = SocketClient(await self._stack.enter_async_context(connect(self._address, subprotocols=[TRANSPORT])))
        await client.initialise(mint_token(scope=scope, seconds=120))
        return client

    async def subscribe(self, role: str | None = None) -> SocketClient:
        """Connect and subscribe to health changes."""
        client = await self.connect()
        await client.send("subscribe", "health", {"query": SUBSCRIPTION, "variables": {"role": role}})
        return client


@pytest.fixture
async def served_firm(firm: RunningFirm) -> AsyncIterator[ServedFirm]:
    async with AsyncExitStack() as stack:
        app = create_app(firm.gateway.engine, build_verifier(), ready=firm.gateway.is_ready)
        url = await stack.enter_async_context(serve(app))
        heartbeat = asyncio.create_task(firm.gateway.sync.keep(HEARTBEAT_SECONDS))
        yield ServedFirm(firm, stack, url)
        heartbeat.cancel()
        await asyncio.gather(heartbeat, return_exceptions=True)


async def receive_health(client: SocketClient) -> tuple[str, str]:
    """Return the next event of a subscription: the system's name and health."""
    while (message := await client.get(BOUND_SECONDS))["type"] == "ping":
        await client.send("pong")
    assert message["type"] == "next", message
    assert "errors" not in message["payload"]
    system = message["payload"]["data"]["systemHealthChanged"]
    return system["name"], system["health"]


async def wait_for_health(client: SocketClient, name: str, *healths: str) -> list[str]:
    """Wait until a system has one of the healths; return all healths received. Fail on events of other systems."""
    seen: list[str] = []
    async with asyncio.timeout(BOUND_SECONDS):
        while not seen or seen[-1] not in healths:
            system, health = await receive_health(client)
            assert system == name
            seen.append(health)
    return seen


@pytest.mark.parametrize("fault", [NetworkFault.KILLED, NetworkFault.CORRUPT], ids=lambda fault: fault.value)
async def test_a_subscriber_sees_a_system_fail_and_recover_without_queries(
    served_firm: ServedFirm, fault: NetworkFault
) -> None:
    client = await served_firm.subscribe()
    assert {await receive_health(client), await receive_health(client)} == {("crm", "UP"), ("erp", "UP")}

    served_firm.firm.proxies["crm"].set_fault(fault)
    failing = await wait_for_health(client, "crm", "DOWN", "CIRCUIT_OPEN")
    served_firm.firm.proxies["crm"].set_fault(NetworkFault.NONE)
    recovering = await wait_for_health(client, "crm", "UP")

    assert set(failing[:-1]) <= {"DEGRADED"}
    assert set(recovering[:-1]) <= {"DEGRADED", "DOWN", "CIRCUIT_OPEN"}


async def test_a_system_that_answers_429_is_throttled_and_not_down(served_firm: ServedFirm) -> None:
    client = await served_firm.subscribe("ERP")
    assert await receive_health(client) == ("erp", "UP")

    served_firm.firm.proxies["erp"].set_fault(NetworkFault.THROTTLED)

    assert (await wait_for_health(client, "erp", "THROTTLED"))[-1] == "THROTTLED"


async def test_an_open_breaker_is_published_and_the_heartbeat_closes_it(served_firm: ServedFirm) -> None:
    client = await served_firm.subscribe("CRM")
    assert await receive_health(client) == ("crm", "UP")
    served_firm.firm.proxies["crm"].set_fault(NetworkFault.KILLED)

    for _ in range(25):
        await served_firm.firm.execute(CUSTOMERS)
    opened = await wait_for_health(client, "crm", "CIRCUIT_OPEN")
    served_firm.firm.proxies["crm"].set_fault(NetworkFault.NONE)
    closed = await wait_for_health(client, "crm", "UP")

    assert opened[-1] == "CIRCUIT_OPEN"
    assert closed[-1] == "UP"


async def test_the_query_returns_the_subscriptions_health_with_the_last_success_and_failure(
    served_firm: ServedFirm,
) -> None:
    subscriber = await served_firm.subscribe("CRM")
    assert await receive_health(subscriber) == ("crm", "UP")
    served_firm.firm.proxies["crm"].set_fault(NetworkFault.KILLED)
    await wait_for_health(subscriber, "crm", "DOWN", "CIRCUIT_OPEN")

    client = await served_firm.connect()
    await client.send("subscribe", "q", {"query": SYSTEMS})
    answer = await client.get()

    systems = {each["name"]: each for each in answer["payload"]["data"]["systems"]}
    assert systems["erp"]["health"] == "UP"
    assert systems["erp"]["lastFailureAt"] is None
    assert systems["crm"]["health"] in {"DOWN", "CIRCUIT_OPEN"}
    assert systems["crm"]["lastFailureAt"] is not None
    assert await client.get() == {"type": "complete", "id": "q"}


async def test_a_subscriber_receives_only_the_systems_of_its_role(served_firm: ServedFirm) -> None:
    sales, money = await served_firm.subscribe("CRM"), await served_firm.subscribe("ERP")
    assert (await receive_health(sales), await receive_health(money)) == (("crm", "UP"), ("erp", "UP"))

    served_firm.firm.proxies["erp"].set_fault(NetworkFault.KILLED)

    await wait_for_health(money, "erp", "DOWN", "CIRCUIT_OPEN")
    with pytest.raises(TimeoutError):
        await sales.get(0.2)


async def test_a_subscription_without_the_scope_is_refused_and_receives_no_event(served_firm: ServedFirm) -> None:
    client = await served_firm.connect(scope="projects:read customers:read")

    await client.send("subscribe", "health", {"query": SUBSCRIPTION})

    refused = await client.get()
    assert (refused["type"], refused["id"]) == ("error", "health")
    (error,) = refused["payload"]
    assert error["path"] == ["systemHealthChanged"]
    assert error["extensions"] == {"code": "FORBIDDEN", "requiredScopes": [["systems:read"]]}
    served_firm.firm.proxies["crm"].set_fault(NetworkFault.KILLED)
    with pytest.raises(TimeoutError):
        await client.get(HEARTBEAT_SECONDS * 2)


@pytest.mark.parametrize(
    ("_case", "query", "code"),
    [
        (
            "two roots",
            "subscription { systemHealthChanged { name } b: systemHealthChanged { name } }",
            "GRAPHQL_VALIDATION_FAILED",
        ),
        ("no such field", "subscription { projectChanged { name } }", "GRAPHQL_VALIDATION_FAILED"),
        ("introspection", "{ __schema { types { name } } }", "FORBIDDEN"),
        (
            "unknown role",
            'subscription { systemHealthChanged(role: "KING") { name } }',
            "GRAPHQL_VALIDATION_FAILED",
        ),
    ],
)
async def test_documents_are_validated_as_over_http(served_firm: ServedFirm, _case: str, query: str, code: str) -> None:
    client = await served_firm.connect()

    await client.send("subscribe", "1", {"query": query})

    refused: dict[str, Any] = await client.get()
    assert refused["type"] == "error"
    assert {error["extensions"]["code"] for error in refused["payload"]} == {code}

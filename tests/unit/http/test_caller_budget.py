"""One caller that uses up its budget gets 429 with `Retry-After`, over HTTP and WebSocket; other callers are served."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from websockets.asyncio.client import connect

from gateway.errors import GatewayOverloadedError
from gateway.http.document_limits import DocumentLimits
from gateway.http.prepared_operation import PreparedOperation, prepare_operation
from gateway.http.request_body import GraphQLBody
from gateway.resilience.caller_budget import Usage
from tests.fixtures.live import TRANSPORT, SocketClient
from tests.fixtures.tokens import mint_token
from tests.unit.http.recorder import Recorder, serve_edge

ENDLESS = Usage(requests=10**6, cost=10**9, cpu_seconds=10**6)
PAGE = "{ projects(first: 100) { nodes { code name } } }"


@pytest.fixture
def graph() -> Recorder:
    return Recorder()


@pytest.fixture(params=["requests", "cost", "processor time"])
async def url(request: pytest.FixtureRequest, graph: Recorder) -> AsyncIterator[str]:
    allowances = {
        "requests": ENDLESS._replace(requests=3),
        "cost": ENDLESS._replace(cost=2 * 302),
        "processor time": ENDLESS._replace(cpu_seconds=1e-9),
    }
    async with serve_edge(graph, allowance=allowances[request.param]) as served:
        yield served


async def post(url: str, subject: str) -> httpx.Response:
    async with httpx.AsyncClient() as client:
        headers = {"Authorization": f"Bearer {mint_token(subject=subject)}"}
        return await client.post(f"{url}/graphql", json={"query": PAGE}, headers=headers)


async def test_a_caller_that_has_used_up_a_budget_gets_429_and_another_one_does_not(url: str, graph: Recorder) -> None:
    statuses = [(await post(url, "a")).status_code for _ in range(6)]
    refused = await post(url, "a")
    reached = graph.reached
    other = await post(url, "b")

    assert statuses[-1] == 429
    assert reached == statuses.count(200) < 4
    assert (refused.status_code, refused.json()["title"]) == (429, "TOO_MANY_REQUESTS")
    assert int(refused.headers["retry-after"]) >= 1
    assert graph.reached == reached + (other.status_code == 200)


async def test_the_budget_is_the_same_over_websocket(graph: Recorder) -> None:
    async with (
        serve_edge(graph, allowance=ENDLESS._replace(requests=2)) as url,
        connect(f"{url.replace('http', 'ws', 1)}/graphql", subprotocols=[TRANSPORT]) as socket,
    ):
        await post(url, "a")
        client = SocketClient(socket)
        await client.initialise(mint_token(subject="a"))
        await client.send("subscribe", "1", {"query": PAGE})
        answers = [await client.get(), await client.get()]
        await client.send("subscribe", "2", {"query": PAGE})
        refused = await client.get()

    assert [each["type"] for each in answers] == ["next", "complete"]
    assert (refused["type"], refused["id"]) == ("error", "2")
    (error,) = refused["payload"]
    assert error["extensions"]["code"] == "TOO_MANY_REQUESTS"
    assert error["extensions"]["retryAfter"] >= 1
    assert graph.reached == 2


async def test_an_index_that_does_not_answer_in_time_is_503_and_no_error_of_data(graph: Recorder) -> None:
    def fail() -> Any:
        raise GatewayOverloadedError

    graph.create_response = fail
    async with serve_edge(graph) as url:
        response = await post(url, "a")

    assert (response.status_code, response.json()["title"]) == (503, "OVERLOADED")
    assert int(response.headers["retry-after"]) >= 1


@pytest.mark.parametrize(
    ("query", "variables", "cost"),
    [
        ("{ ok }", {}, 1),
        ("{ projects { totalCount } }", {}, 2),
        ("{ projects { nodes { code } } }", {}, 1 + 25 * 2),
        ("{ projects(first: 100) { nodes { code name } } }", {}, 1 + 100 * 3),
        ("{ projects(last: 10) { edges { node { code } } } }", {}, 1 + 10 * 3),
        ("query($n: Int) { projects(first: $n) { nodes { code } } }", {"n": 7}, 1 + 7 * 2),
        ("query($n: Int) { projects(first: $n) { nodes { code } } }", {"n": -7}, 1),
        ("{ projects(first: 99999999999) { nodes { code } } }", {}, 1 + 100 * 2),
        ("{ projects(first: 10) { nodes { tasks(first: 10) { nodes { name } } } } }", {}, 1 + 10 * (1 + 1 + 10 * 2)),
        ("{ a: projects { ...P } b: projects { ...P } } fragment P on C { nodes { code } }", {}, 2 * (1 + 25 * 2)),
    ],
)
def test_the_cost_of_an_operation_is_the_number_of_fields_that_it_may_return(
    query: str, variables: dict[str, Any], cost: int
) -> None:
    prepared = prepare_operation(GraphQLBody(query, variables), None, Recorder(), DocumentLimits())  # type: ignore[arg-type]

    assert isinstance(prepared.result, PreparedOperation)
    assert prepared.result.cost == cost

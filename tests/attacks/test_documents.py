"""Documents that are small to send and expensive to read: each is refused at once, and the process stays responsive."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from websockets.asyncio.client import connect

from tests.attacks.attacked_gateway import REQUEST_SECONDS, AttackedGateway, HealthProbe
from tests.fixtures.live import TRANSPORT, SocketClient


def spread_doubling(levels: int) -> str:
    """Return a document whose fragments spread the next one twice, without a field between."""
    fragments = " ".join(f"fragment F{n} on Query {{...F{n + 1} ...F{n + 1}}}" for n in range(levels))
    return f"{{...F0}} {fragments} fragment F{levels} on Query {{__typename}}"


def get_codes(response: dict[str, Any]) -> set[str]:
    assert "data" not in response
    return {error["extensions"]["code"] for error in response["errors"]}


@pytest.mark.parametrize("levels", [20, 60])
def test_fragments_that_double_are_refused(gateway: AttackedGateway, levels: int) -> None:
    assert get_codes(gateway.run("finance", spread_doubling(levels))) == {"LIMIT_EXCEEDED"}


@pytest.mark.parametrize(
    "query",
    [
        "{viewer{" + "actor{id kind} " * 330 + "}}",
        "{viewer{actor{" + "id " * 900 + "}}}",
        "{viewer{" + " ".join(f"... on Viewer{{actor{{a{n}: id}}}}" for n in range(150)) + "}}",
    ],
)
def test_repeated_fields_are_refused(gateway: AttackedGateway, query: str) -> None:
    assert get_codes(gateway.run("finance", query)) <= {"LIMIT_EXCEEDED", "GRAPHQL_VALIDATION_FAILED"}


def test_many_fragments_side_by_side_are_refused(gateway: AttackedGateway) -> None:
    fragments = " ".join(f"fragment F{n} on Query{{...F{(n + 1) % 180} ...F{(n + 2) % 180}}}" for n in range(180))

    assert get_codes(gateway.run("finance", f"{{...F0}} {fragments}")) <= {
        "LIMIT_EXCEEDED",
        "GRAPHQL_VALIDATION_FAILED",
    }


def test_twenty_callers_of_the_worst_documents_do_not_hold_up_the_process(
    gateway: AttackedGateway, probe: HealthProbe
) -> None:
    query = "{viewer{" + " ".join(f"... on Viewer{{ actor {{ id }} x{n}: __typename }}" for n in range(29)) + "}}"
    with ThreadPoolExecutor(20) as pool:
        statuses = list(pool.map(lambda _: gateway.post("finance", {"query": query}).status_code, range(100)))

    assert set(statuses) <= {200, 429, 503}
    assert probe.answers > 0


async def test_fragments_that_double_are_refused_over_websocket(gateway: AttackedGateway) -> None:
    url = gateway.demo.url.replace("http", "ws", 1)
    async with connect(url, subprotocols=[TRANSPORT]) as socket:
        client = SocketClient(socket)
        await client.initialise(gateway.demo.get_token("finance"))
        await client.send("subscribe", "1", {"query": spread_doubling(60)})
        refused = await client.get(REQUEST_SECONDS)

    assert (refused["type"], refused["payload"][0]["extensions"]["code"]) == ("error", "LIMIT_EXCEEDED")

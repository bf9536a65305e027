"""A portal on another origin, in a real browser: it may use the graph only if the settings list its origin."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page

from tests.browser.portal import serve_portal
from tests.fixtures.demo import RunningDemo

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

SEND = """async ([url, token, query]) => {
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: {"content-type": "application/json", authorization: `Bearer ${token}`},
      body: JSON.stringify({query}),
    });
    return [response.status, await response.json(), response.headers.get("x-correlation-id") !== null];
  } catch (error) {
    return [error.name];
  }
}"""
SUBSCRIBE = """([url, token]) => new Promise((resolve) => {
  const socket = new WebSocket(url.replace("http", "ws"), "graphql-transport-ws");
  const payload = {authorization: `Bearer ${token}`};
  socket.onopen = () => socket.send(JSON.stringify({type: "connection_init", payload}));
  socket.onmessage = (event) => resolve(JSON.parse(event.data).type);
  socket.onerror = () => resolve("refused");
})"""
QUERY = "{ projects(first: 1) { nodes { code } } }"


@pytest_asyncio.fixture(loop_scope="module")
async def tab(chromium: Browser) -> AsyncIterator[Page]:
    """A tab of a fresh browser profile."""
    context = await chromium.new_context()
    yield await context.new_page()
    await context.close()


async def send(tab: Page, gateway: RunningDemo, token: str) -> list[Any]:
    found: list[Any] = await tab.evaluate(SEND, [gateway.url, token, QUERY])
    return found


async def test_a_portal_of_a_listed_origin_can_query_and_subscribe(
    tab: Page, demo_gateway: RunningDemo, portal: str
) -> None:
    token = demo_gateway.get_token("finance")
    await tab.goto(portal)

    status, answer, has_correlation_id = await send(tab, demo_gateway, token)

    assert (status, len(answer["data"]["projects"]["nodes"]), has_correlation_id) == (200, 1, True)
    assert await tab.evaluate(SUBSCRIBE, [demo_gateway.url, token]) == "connection_ack"


async def test_a_portal_of_a_listed_origin_can_read_why_it_is_refused(
    tab: Page, demo_gateway: RunningDemo, portal: str
) -> None:
    await tab.goto(portal)

    status, answer, _ = await send(tab, demo_gateway, "invalid")

    assert (status, answer["title"]) == (401, "UNAUTHENTICATED")


async def test_a_page_of_another_origin_can_neither_query_nor_subscribe(tab: Page, demo_gateway: RunningDemo) -> None:
    token = demo_gateway.get_token("finance")
    with serve_portal() as other:
        await tab.goto(other)

        assert await send(tab, demo_gateway, token) == ["TypeError"]
        assert await tab.evaluate(SUBSCRIBE, [demo_gateway.url, token]) == "refused"

"""The same front door with a certified OpenID provider (npm's oidc-provider) behind it: discovery, PKCE, RFC 8707, RFC 9207 and CORS as others understand them."""

import re
from collections.abc import AsyncIterator
from urllib.parse import urlsplit

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Route, expect

from gateway.settings import FIRST_SCOPES
from tests.browser.visitor import Visitor, visitor
from tests.fixtures.demo import Served

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]


@pytest_asyncio.fixture(loop_scope="module")
async def somebody(certified: Served, chromium: Browser) -> AsyncIterator[Visitor]:
    """Somebody before the front door. The provider's own development pages ask the world for a font, which they do not get."""
    context = await chromium.new_context()

    async def only_this_machine(route: Route) -> None:
        if urlsplit(route.request.url).hostname == "127.0.0.1":
            await route.continue_()
        else:
            await route.abort()

    await context.route("**/*", only_this_machine)
    yield await visitor(context, certified)
    await context.close()


async def log_in(somebody: Visitor, *, known: bool = False) -> None:
    """Fill in the provider's forms: who it is, unless it knows, and that the page may."""
    if not known:
        await somebody.tab.locator("input[name=login]").fill("finance")
        await somebody.tab.locator("input[name=password]").fill("any")
        await somebody.tab.get_by_role("button", name="Sign-in").click()
    await somebody.tab.get_by_role("button", name="Continue").click()
    await somebody.settled()


async def test_somebody_signs_in_runs_a_query_and_asks_for_more(somebody: Visitor) -> None:
    await somebody.arrive()

    await somebody.tab.get_by_role("button", name="Sign in", exact=True).click()
    await log_in(somebody)
    await expect(somebody.account).to_have_text(re.compile(rf"^finance\s*{len(FIRST_SCOPES)} scopes$"))
    before = await somebody.run()
    await somebody.tab.get_by_role("button", name="Sign in with them").click()
    await log_in(somebody, known=True)
    after = await somebody.run()

    assert before["data"]["project"]["contract"]["totalValue"] is None
    assert after["data"]["project"]["contract"]["totalValue"] == {"amount": "9600000", "currency": "JPY"}
    assert "errors" not in after
    assert len(somebody.tokens) == 2
    assert not [token for token in somebody.tokens if token in str(await somebody.stored())]
    assert (await somebody.stored())["session"] == {}


async def test_somebody_who_says_no_is_told_so_and_is_not_signed_in(somebody: Visitor) -> None:
    await somebody.arrive()

    await somebody.tab.get_by_role("button", name="Sign in", exact=True).click()
    await somebody.tab.get_by_role("link", name=re.compile("Cancel")).click()

    await somebody.settled()
    await expect(somebody.notice).to_contain_text(f"{somebody.served.issuer} refused: ")
    await expect(somebody.account).to_have_count(0)
    assert somebody.tokens == []

"""The page with a certified OpenID provider (npm's oidc-provider): discovery, PKCE, RFC 8707, RFC 9207 and CORS."""

import re
from collections.abc import AsyncIterator
from urllib.parse import urlsplit

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Route, expect

from gateway.settings import FIRST_SCOPES
from tests.browser.visitor import Visitor, open_visitor
from tests.fixtures.demo import RunningDemo

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]


@pytest_asyncio.fixture(loop_scope="module")
async def visitor(certified: RunningDemo, chromium: Browser) -> AsyncIterator[Visitor]:
    """A visitor of the page. Requests of the provider's development pages to other hosts (a font) are blocked."""
    context = await chromium.new_context()

    async def block_other_hosts(route: Route) -> None:
        if urlsplit(route.request.url).hostname == "127.0.0.1":
            await route.continue_()
        else:
            await route.abort()

    await context.route("**/*", block_other_hosts)
    yield await open_visitor(context, certified)
    await context.close()


async def log_in(visitor: Visitor, *, has_session: bool = False) -> None:
    """Fill in the provider's forms: login, unless the provider has a session, and consent."""
    if not has_session:
        await visitor.tab.locator("input[name=login]").fill("finance")
        await visitor.tab.locator("input[name=password]").fill("any")
        await visitor.tab.get_by_role("button", name="Sign-in").click()
    await visitor.tab.get_by_role("button", name="Continue").click()
    await visitor.wait_until_ready()


async def test_a_user_signs_in_runs_a_query_and_requests_further_scopes(visitor: Visitor) -> None:
    await visitor.open_page()

    await visitor.tab.get_by_role("button", name="Sign in", exact=True).click()
    await log_in(visitor)
    await expect(visitor.account).to_have_text(re.compile(rf"^finance\s*{len(FIRST_SCOPES)} scopes$"))
    before = await visitor.run()
    await visitor.tab.get_by_role("button", name="Sign in with these scopes").click()
    await log_in(visitor, has_session=True)
    after = await visitor.run()

    assert before["data"]["project"]["contract"]["totalValue"] is None
    assert after["data"]["project"]["contract"]["totalValue"] == {"amount": "9600000", "currency": "JPY"}
    assert "errors" not in after
    assert len(visitor.tokens) == 2
    assert not [token for token in visitor.tokens if token in str(await visitor.read_storage())]
    assert (await visitor.read_storage())["session"] == {}


async def test_a_user_who_denies_consent_sees_the_refusal_and_is_not_signed_in(visitor: Visitor) -> None:
    await visitor.open_page()

    await visitor.tab.get_by_role("button", name="Sign in", exact=True).click()
    await visitor.tab.get_by_role("link", name=re.compile("Cancel")).click()

    await visitor.wait_until_ready()
    await expect(visitor.notice).to_contain_text(f"{visitor.served.issuer} refused the sign-in: ")
    await expect(visitor.account).to_have_count(0)
    assert visitor.tokens == []

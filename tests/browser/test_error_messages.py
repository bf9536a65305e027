"""The page's messages when the graph, the provider or a proxy fails: what to do, never a stack trace."""

import re

import pytest
from playwright.async_api import Route, expect

from tests.browser.visitor import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

ABORTED = "Failed to load resource: net::ERR_FAILED"


def strip_whitespace(text: str) -> str:
    """Return a text without whitespace: the pane breaks lines."""
    return re.sub(r"\s+", "", text)


def build_console_error(status: int) -> str:
    """Return the message that Chromium writes to its console for a status."""
    phrases = {401: "Unauthorized", 500: "Internal Server Error", 502: "Bad Gateway"}
    return f"Failed to load resource: the server responded with a status of {status} ({phrases[status]})"


async def replace_responses(
    visitor: Visitor, pattern: str, status: int | None, body: str = "<html>not here</html>"
) -> None:
    """Replace the response to every matching POST or discovery request; without a status, abort the request."""

    async def answer(route: Route) -> None:
        if route.request.method == "GET" and pattern.endswith("graphql"):
            await route.continue_()
        elif status is None:
            await route.abort()
        else:
            headers = {"access-control-allow-origin": "*"}
            await route.fulfill(status=status, body=body, content_type="application/json", headers=headers)

    visitor.expected_errors.update(
        {ABORTED} if status is None else {build_console_error(status)} if status != 200 else ()
    )
    await visitor.tab.route(pattern, answer)


async def run_and_read(visitor: Visitor) -> str:
    """Run the active tab; return the text of the result pane without whitespace."""
    await visitor.tab.get_by_role("button", name="Execute query").click()
    pane = visitor.tab.locator(".result-window")
    await expect(pane).to_contain_text("errors")
    return strip_whitespace(await pane.inner_text())


async def test_without_a_sign_in_nothing_is_sent_and_the_page_says_so(visitor: Visitor) -> None:
    await visitor.open_page()
    before = len(visitor.requested)

    answer = await run_and_read(visitor)
    await visitor.tab.get_by_role("button", name="Show Documentation Explorer").click()

    assert answer == '{"errors":[{"message":"Youarenotsignedin.Choose\\"Signin\\"aboveandruntheoperationagain."}]}'
    await expect(visitor.tab.locator(".graphiql-plugin")).to_have_text("Sign in to read the documentation.")
    assert [address for address in visitor.requested[before:] if "/console/static/" not in address] == []


@pytest.mark.parametrize(
    ("status", "message"),
    [
        (None, "The graph cannot be reached at"),
        (502, "The response from "),
    ],
)
async def test_an_unreachable_graph_is_reported_as_an_error(visitor: Visitor, status: int | None, message: str) -> None:
    await visitor.open_page()
    await visitor.sign_in("Finance finance")
    await expect(visitor.account).to_contain_text("finance")
    await replace_responses(visitor, "**/graphql", status)

    answer = await run_and_read(visitor)

    assert f'"message":"{strip_whitespace(message)}' in answer
    assert "stack" not in answer
    await expect(visitor.account).to_contain_text("finance")


@pytest.mark.parametrize(
    ("status", "message"),
    [(None, "cannot be reached."), (500, "returned an unexpected response: HTTP 500.")],
)
async def test_a_sign_in_at_an_unreachable_provider_can_be_retried(
    visitor: Visitor, status: int | None, message: str
) -> None:
    await visitor.open_page()
    await replace_responses(visitor, "**/.well-known/**", status)

    await visitor.tab.get_by_role("button", name="Sign in", exact=True).click()

    await expect(visitor.notice).to_contain_text(f"{visitor.served.issuer} {message}")
    await visitor.tab.unroute("**/.well-known/**")
    await visitor.sign_in("Finance finance", "Try again")
    await expect(visitor.account).to_contain_text("finance")


async def test_a_token_that_the_graph_never_accepted_is_reported_as_rejected(visitor: Visitor) -> None:
    await visitor.open_page()
    await replace_responses(
        visitor, "**/token", 200, '{"access_token": "example", "token_type": "bearer", "expires_in": 60}'
    )
    visitor.expected_errors.add(build_console_error(401))

    await visitor.tab.get_by_role("button", name="Sign in", exact=True).click()
    await visitor.tab.get_by_role("button", name="Finance finance").click()

    await expect(visitor.notice).to_contain_text(
        f'The graph rejected the token of {visitor.served.issuer}; "psgw token inspect" shows why.'
    )
    await expect(visitor.account).to_have_count(0)


async def test_a_forbidden_subscription_shows_its_error(visitor: Visitor) -> None:
    await visitor.open_page()
    await visitor.sign_in("Finance finance")
    await visitor.tab.get_by_role("tab", name="SystemHealth").click()

    answer = await run_and_read(visitor)

    assert '"code":"FORBIDDEN","requiredScopes":[["systems:read"]]' in answer
    await expect(visitor.notice).to_contain_text("The identity provider did not grant systems:read to your role")
    await expect(visitor.tab.get_by_role("button", name="Execute query")).to_be_enabled()


async def test_without_the_explore_scope_the_schema_is_not_requested(visitor: Visitor) -> None:
    posted: list[str] = []
    visitor.tab.on("request", lambda each: posted.append(each.post_data or "") if each.method == "POST" else None)
    await visitor.open_page()
    await visitor.sign_in("Finance finance")

    await visitor.tab.get_by_role("button", name="Show Documentation Explorer").click()

    await expect(visitor.tab.locator(".graphiql-plugin")).to_have_text(
        'The documentation needs the scope graphql:explore. "psgw schema print" prints the schema.'
    )
    await visitor.run()
    assert [body for body in posted if "UnifiedProject" in body]
    assert [body for body in posted if "IntrospectionQuery" in body] == []

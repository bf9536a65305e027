"""What the page says when the graph, the provider, or whatever lies between them does not do its part: words that tell what to do, never a stack."""

import re

import pytest
from playwright.async_api import Route, expect

from tests.browser.visitor import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

AWAY = "Failed to load resource: net::ERR_FAILED"


def close(words: str) -> str:
    """Return words without what a pane breaks its lines at."""
    return re.sub(r"\s+", "", words)


def answered(status: int) -> str:
    """What Chromium itself writes to its console about a status."""
    words = {401: "Unauthorized", 500: "Internal Server Error", 502: "Bad Gateway"}
    return f"Failed to load resource: the server responded with a status of {status} ({words[status]})"


async def instead(somebody: Visitor, pattern: str, status: int | None, body: str = "<html>not here</html>") -> None:
    """Let every POST or discovery that fits get this answer; with no status, none."""

    async def answer(route: Route) -> None:
        if route.request.method == "GET" and pattern.endswith("graphql"):
            await route.continue_()
        elif status is None:
            await route.abort()
        else:
            headers = {"access-control-allow-origin": "*"}
            await route.fulfill(status=status, body=body, content_type="application/json", headers=headers)

    somebody.foreseen.update({AWAY} if status is None else {answered(status)} if status != 200 else ())
    await somebody.tab.route(pattern, answer)


async def shown(somebody: Visitor) -> str:
    """Run what is in the open tab; return what the answer's pane holds, without spaces."""
    await somebody.tab.get_by_role("button", name="Execute query").click()
    pane = somebody.tab.locator(".result-window")
    await expect(pane).to_contain_text("errors")
    return close(await pane.inner_text())


async def test_nobody_is_told_to_sign_in_and_nothing_is_sent(somebody: Visitor) -> None:
    await somebody.arrive()
    before = len(somebody.asked)

    answer = await shown(somebody)
    await somebody.tab.get_by_role("button", name="Show Documentation Explorer").click()

    assert answer == '{"errors":[{"message":"Nobodyissignedin.Choose\\"Signin\\"above,thenrunthisagain."}]}'
    await expect(somebody.tab.locator(".graphiql-plugin")).to_have_text("Sign in to read the documentation.")
    assert [address for address in somebody.asked[before:] if "/console/static/" not in address] == []


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (None, "The graph cannot be reached at"),
        (502, "Something between this page and the graph has answered: 502, and no JSON."),
    ],
)
async def test_a_graph_that_is_away_is_told_in_words(somebody: Visitor, status: int | None, words: str) -> None:
    await somebody.arrive()
    await somebody.sign_in("Finance finance")
    await expect(somebody.account).to_contain_text("finance")
    await instead(somebody, "**/graphql", status)

    answer = await shown(somebody)

    assert f'"message":"{close(words)}' in answer
    assert "stack" not in answer
    await expect(somebody.account).to_contain_text("finance")


@pytest.mark.parametrize(
    ("status", "words"),
    [(None, "cannot be reached."), (500, "does not answer as an identity provider should: HTTP 500.")],
)
async def test_a_provider_that_is_away_can_be_tried_again(somebody: Visitor, status: int | None, words: str) -> None:
    await somebody.arrive()
    await instead(somebody, "**/.well-known/**", status)

    await somebody.tab.get_by_role("button", name="Sign in", exact=True).click()

    await expect(somebody.notice).to_contain_text(f"{somebody.served.issuer} {words}")
    await somebody.tab.unroute("**/.well-known/**")
    await somebody.sign_in("Finance finance", "Try again")
    await expect(somebody.account).to_contain_text("finance")


async def test_a_token_that_the_graph_never_took_is_no_session_that_has_ended(somebody: Visitor) -> None:
    await somebody.arrive()
    await instead(somebody, "**/token", 200, '{"access_token": "made-up", "token_type": "bearer", "expires_in": 60}')
    somebody.foreseen.add(answered(401))

    await somebody.tab.get_by_role("button", name="Sign in", exact=True).click()
    await somebody.tab.get_by_role("button", name="Finance finance").click()

    await expect(somebody.notice).to_contain_text(
        f'The graph does not accept the token that {somebody.served.issuer} gave; "psgw token inspect" says why.'
    )
    await expect(somebody.account).to_have_count(0)


async def test_a_subscription_that_is_forbidden_is_an_answer_like_any_other(somebody: Visitor) -> None:
    await somebody.arrive()
    await somebody.sign_in("Finance finance")
    await somebody.tab.get_by_role("tab", name="SystemHealth").click()

    answer = await shown(somebody)

    assert '"code":"FORBIDDEN","requiredScopes":[["systems:read"]]' in answer
    await expect(somebody.notice).to_contain_text("Your role does not hold systems:read")
    await expect(somebody.tab.get_by_role("button", name="Execute query")).to_be_enabled()


async def test_who_may_not_explore_is_told_so_and_the_schema_is_not_asked_for(somebody: Visitor) -> None:
    posted: list[str] = []
    somebody.tab.on("request", lambda each: posted.append(each.post_data or "") if each.method == "POST" else None)
    await somebody.arrive()
    await somebody.sign_in("Finance finance")

    await somebody.tab.get_by_role("button", name="Show Documentation Explorer").click()

    await expect(somebody.tab.locator(".graphiql-plugin")).to_have_text(
        'The documentation is for those who hold graphql:explore; "psgw schema print" prints the contract.'
    )
    await somebody.run()
    assert [body for body in posted if "UnifiedProject" in body]
    assert [body for body in posted if "IntrospectionQuery" in body] == []

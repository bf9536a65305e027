"""The front door of the real demo, in a real browser: offline, signed in, and never with more than was asked for."""

import asyncio
import json
import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.async_api import WebSocketRoute, expect

from gateway.settings import FIRST_SCOPES
from tests.browser.visitor import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

REFUSED = ["project.customer.accountsReceivable", "project.contract.totalValue"]


def told_of_erp(health: str) -> re.Pattern[str]:
    """The news of the ERP, however the page breaks its lines."""
    return re.compile(rf'"name":\s*"erp",\s*"role":\s*"ERP",\s*"health":\s*"({health})"')


def paths(errors: list[dict[str, list[str]]]) -> list[str]:
    return [".".join(error["path"]) for error in errors]


async def test_the_page_opens_with_its_examples_and_asks_nobody_but_us(somebody: Visitor) -> None:
    await somebody.arrive()

    names = ("UnifiedProject", "CustomerAndReceivables", "PeopleAndAvailability", "PartialFailure", "SystemHealth")
    await expect(somebody.tab.get_by_role("tab")).to_have_text([re.compile(f"^{name}") for name in names])
    assert await somebody.tab.title() == "GraphiQL · psgw"
    await expect(somebody.notice).to_contain_text("sign in to run operations")
    assert {urlsplit(address).path for address in somebody.asked if "/console/static/" not in address} == {"/graphql"}
    stored = await somebody.stored()
    assert {name: stored[name] for name in ("session", "cookies", "databases", "caches")} == {
        "session": {},
        "cookies": "",
        "databases": [],
        "caches": [],
    }


async def test_a_first_sign_in_asks_for_little_and_leaves_no_trace_of_the_token(somebody: Visitor) -> None:
    await somebody.arrive()

    await somebody.sign_in("Finance finance")

    await expect(somebody.account).to_have_text(re.compile(r"^finance\s*8 scopes$"))
    [asked] = {address for address in somebody.asked if "/authorize?" in address}
    request = {name: values[0] for name, values in parse_qs(urlsplit(asked).query).items()}
    assert request["scope"].split() == list(FIRST_SCOPES)
    assert request["code_challenge_method"] == "S256"
    assert request["resource"] == "https://graph.psgw.example"
    assert somebody.tab.url == somebody.served.url
    [token] = somebody.tokens
    stored = await somebody.stored()
    assert stored["session"] == {}
    assert {key.split(":")[0] for key in stored["local"]} == {"graphiql"}
    assert token not in str(stored)
    assert "eyJ" not in str(stored)
    assert token not in await somebody.tab.content()


async def test_a_reload_forgets_who_was_signed_in(somebody: Visitor) -> None:
    await somebody.arrive()
    await somebody.sign_in("Finance finance")

    await somebody.arrive()

    await expect(somebody.notice).to_contain_text("sign in to run operations")


async def test_what_is_forbidden_is_null_and_a_further_sign_in_brings_it(somebody: Visitor) -> None:
    await somebody.arrive()
    await somebody.sign_in("Finance finance")

    before = await somebody.run()
    await expect(somebody.notice).to_contain_text(
        "Parts of the answer need contracts.value:read, customers.finance:read."
    )
    await somebody.picture("graphiql-forbidden")
    await somebody.sign_in("Finance finance", "Sign in with them")
    after = await somebody.run()

    assert paths(before["errors"]) == REFUSED
    assert before["data"]["project"]["customer"] == {"name": "Fuji Precision", "accountsReceivable": None}
    assert before["data"]["project"]["name"] == "Fuji quality analytics"
    assert "errors" not in after
    assert after["data"]["project"]["contract"]["totalValue"] == {"amount": "9600000", "currency": "JPY"}
    await expect(somebody.account).to_have_text(re.compile(r"^finance\s*10 scopes$"))
    await expect(somebody.notice).to_be_empty()
    await somebody.picture("graphiql")


async def test_a_scope_that_a_role_does_not_hold_is_named_and_not_offered_again(somebody: Visitor) -> None:
    await somebody.arrive()
    await somebody.sign_in("Goran")
    await somebody.tab.get_by_role("tab", name="CustomerAndReceivables").click()

    await somebody.run()
    await somebody.sign_in("Goran", "Sign in with it")

    words = "Your role does not hold customers.finance:read"
    await expect(somebody.notice).to_contain_text(words)
    answer = await somebody.run()
    await expect(somebody.notice).to_contain_text(words)
    await expect(somebody.tab.get_by_role("button", name="Sign in with it")).to_have_count(0)
    assert {error["extensions"]["code"] for error in answer["errors"]} == {"FORBIDDEN"}
    assert all(each["accountsReceivable"] is None for each in answer["data"]["customers"]["nodes"])


async def test_the_granted_scopes_can_be_read(somebody: Visitor) -> None:
    await somebody.arrive()
    await somebody.sign_in("Integration operator")

    await somebody.account.click()

    shown = await somebody.tab.get_by_role("list", name="Granted scopes").get_by_role("listitem").all_text_contents()
    assert shown == sorted(FIRST_SCOPES)
    await expect(somebody.tab.locator(".menu")).to_contain_text("integration_operator")


async def test_when_the_token_has_run_out_the_page_asks_for_another_sign_in(somebody: Visitor) -> None:
    await somebody.tab.clock.install()
    await somebody.arrive()
    await somebody.sign_in("Finance finance")

    await somebody.tab.clock.fast_forward("01:00:01")

    await expect(somebody.notice).to_contain_text("The session has ended.")
    await somebody.sign_in("Finance finance", "Sign in again")
    await expect(somebody.notice).to_be_empty()


async def test_signing_out_forgets_the_tabs_when_told_to_and_the_next_sign_in_asks_who_it_is(somebody: Visitor) -> None:
    await somebody.arrive()
    await somebody.sign_in("Finance finance")
    await somebody.run()
    await somebody.account.click()

    await somebody.tab.get_by_role("button", name="Sign out and forget the tabs").click()

    await expect(somebody.notice).to_contain_text("sign in to run operations")
    await somebody.settled()
    assert "Fuji" not in str(await somebody.stored())
    assert "graphiql:queries" not in (await somebody.stored())["local"]
    await somebody.tab.get_by_role("button", name="Sign in", exact=True).click()
    await somebody.tab.wait_for_url("**/authorize?**")
    await somebody.picture("sign-in")
    assert parse_qs(urlsplit(somebody.tab.url).query)["prompt"] == ["login"]


@pytest.mark.parametrize("answer", ["code=made-up&state=made-up", "error=access_denied&state=made-up"])
async def test_an_answer_that_nobody_asked_for_is_not_redeemed(somebody: Visitor, answer: str) -> None:
    await somebody.tab.goto(f"{somebody.served.url}?{answer}")

    await expect(somebody.notice).to_contain_text("This page has not asked for that sign-in")
    assert somebody.tab.url == somebody.served.url
    assert not [address for address in somebody.asked if address.startswith(somebody.served.issuer)]


@pytest.mark.parametrize("changed", ["iss", "state"])
async def test_an_answer_of_another_provider_or_to_another_request_is_not_redeemed(
    somebody: Visitor, changed: str
) -> None:
    await somebody.arrive()
    await somebody.tab.get_by_role("button", name="Sign in", exact=True).click()
    await somebody.tab.wait_for_url("**/authorize?**")
    state = parse_qs(urlsplit(somebody.tab.url).query)["state"][0]
    told = {"iss": somebody.served.issuer, "state": state, "code": "stolen", changed: "https://evil.example"}

    await somebody.tab.goto(f"{somebody.served.url}?" + "&".join(f"{name}={value}" for name, value in told.items()))

    await expect(somebody.tab.get_by_role("button", name="Try again")).to_be_visible()
    await expect(somebody.account).to_have_count(0)
    assert somebody.tokens == []
    assert f"{somebody.served.issuer}/token" not in somebody.asked
    assert (await somebody.stored())["session"] == {}


async def test_the_documentation_tells_where_a_field_comes_from_and_what_it_needs(somebody: Visitor) -> None:
    await somebody.tab.emulate_media(color_scheme="dark")
    await somebody.arrive()
    await somebody.sign_in("Integration operator")

    await somebody.tab.get_by_role("button", name="Show Documentation Explorer").click()
    for link in ("Query", "contract", "Contract"):
        await somebody.tab.locator(".graphiql-doc-explorer").get_by_role("link", name=link, exact=True).first.click()

    explorer = somebody.tab.locator(".graphiql-doc-explorer")
    await expect(explorer).to_contain_text(
        "Source: CRM, then ERP (MANUAL). Scopes: contracts.value:read. Class: FINANCIAL_RESTRICTED."
    )
    await somebody.run()
    await explorer.get_by_text("Class: FINANCIAL_RESTRICTED.").first.scroll_into_view_if_needed()
    await somebody.picture("graphiql-documentation")


async def test_an_example_that_was_closed_can_be_opened_again(somebody: Visitor) -> None:
    await somebody.arrive()
    await somebody.tab.get_by_role("button", name="Close Tab").press("Enter")
    await expect(somebody.tab.get_by_role("tab")).to_have_count(4)

    await somebody.tab.get_by_role("button", name="Show Examples").click()
    await somebody.tab.get_by_role("button", name=re.compile("^Unified project")).click()

    await expect(somebody.tab.get_by_role("tab", name="UnifiedProject")).to_have_attribute("aria-selected", "true")
    await expect(somebody.tab.locator(".graphiql-query-editor")).to_contain_text("statusBySystem")


async def test_a_system_that_breaks_and_is_mended_is_seen_in_the_page_by_itself(somebody: Visitor) -> None:
    shown = somebody.tab.locator(".result-window")
    sent: list[dict[str, Any]] = []
    somebody.tab.on("websocket", lambda socket: socket.on("framesent", lambda text: sent.append(json.loads(text))))
    await somebody.arrive()
    await somebody.sign_in("Integration operator")
    await somebody.tab.get_by_role("tab", name="SystemHealth").click()

    await somebody.tab.get_by_role("button", name="Execute query").click()
    await expect(shown).to_contain_text('"health": "UP"')
    try:
        somebody.served.psgw("sandbox", "inject", "erp", "unavailable")
        await expect(shown).to_contain_text(told_of_erp("DOWN|CIRCUIT_OPEN"), timeout=30_000)
        await somebody.picture("graphiql-live")
    finally:
        somebody.served.psgw("sandbox", "clear", "erp")
    await expect(shown).to_contain_text(told_of_erp("UP"), timeout=60_000)

    assert [message["type"] for message in sent if message["type"] != "pong"] == ["connection_init", "subscribe"]
    assert sent[0]["payload"] == {"authorization": f"Bearer {somebody.tokens[0]}"}
    assert sent[1]["payload"]["operationName"] == "SystemHealth"


@pytest.mark.parametrize("code", [4401, 4403])
async def test_a_socket_that_is_closed_for_its_token_ends_the_session(somebody: Visitor, code: int) -> None:
    async def graph(socket: WebSocketRoute) -> None:
        socket.on_message(lambda _text: asyncio.ensure_future(socket.close(code=code, reason="no")))

    await somebody.tab.route_web_socket("**/graphql", graph)
    await somebody.arrive()
    await somebody.sign_in("Integration operator")
    await somebody.tab.get_by_role("tab", name="SystemHealth").click()

    await somebody.tab.get_by_role("button", name="Execute query").click()

    await expect(somebody.notice).to_contain_text("The session has ended.")
    await expect(somebody.tab.get_by_role("button", name="Sign in again")).to_be_visible()

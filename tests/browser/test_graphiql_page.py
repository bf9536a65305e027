"""The GraphiQL page of the real demo in a real browser: offline assets, sign-in, scopes and live updates."""

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

FORBIDDEN = ["project.customer.accountsReceivable", "project.contract.totalValue"]


def match_erp_health(health: str) -> re.Pattern[str]:
    """Return a pattern of the ERP's health that ignores line breaks."""
    return re.compile(rf'"name":\s*"erp",\s*"role":\s*"ERP",\s*"health":\s*"({health})"')


def list_paths(errors: list[dict[str, list[str]]]) -> list[str]:
    return [".".join(error["path"]) for error in errors]


async def test_the_page_opens_with_its_examples_and_calls_only_the_gateway(visitor: Visitor) -> None:
    await visitor.open_page()

    names = ("UnifiedProject", "CustomerAndReceivables", "PeopleAndAvailability", "PartialFailure", "SystemHealth")
    await expect(visitor.tab.get_by_role("tab")).to_have_text([re.compile(f"^{name}") for name in names])
    assert await visitor.tab.title() == "GraphiQL · psgw"
    await expect(visitor.notice).to_contain_text("Sign in to run operations")
    assert {urlsplit(address).path for address in visitor.requested if "/console/static/" not in address} == {
        "/graphql"
    }
    stored = await visitor.read_storage()
    assert {name: stored[name] for name in ("session", "cookies", "databases", "caches")} == {
        "session": {},
        "cookies": "",
        "databases": [],
        "caches": [],
    }


async def test_the_first_sign_in_requests_few_scopes_and_the_token_is_not_stored(visitor: Visitor) -> None:
    await visitor.open_page()

    await visitor.sign_in("Finance finance")

    await expect(visitor.account).to_have_text(re.compile(r"^finance\s*8 scopes$"))
    [url] = {address for address in visitor.requested if "/authorize?" in address}
    request = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
    assert request["scope"].split() == list(FIRST_SCOPES)
    assert request["code_challenge_method"] == "S256"
    assert request["resource"] == "https://graph.psgw.example"
    assert visitor.tab.url == visitor.served.url
    [token] = visitor.tokens
    stored = await visitor.read_storage()
    assert stored["session"] == {}
    assert {key.split(":")[0] for key in stored["local"]} == {"graphiql"}
    assert token not in str(stored)
    assert "eyJ" not in str(stored)
    assert token not in await visitor.tab.content()


async def test_a_reload_signs_the_user_out(visitor: Visitor) -> None:
    await visitor.open_page()
    await visitor.sign_in("Finance finance")

    await visitor.open_page()

    await expect(visitor.notice).to_contain_text("Sign in to run operations")


async def test_forbidden_fields_are_null_until_a_further_sign_in(visitor: Visitor) -> None:
    await visitor.open_page()
    await visitor.sign_in("Finance finance")

    before = await visitor.run()
    await expect(visitor.notice).to_contain_text(
        "Some fields of this response need contracts.value:read, customers.finance:read."
    )
    await visitor.take_screenshot("graphiql-forbidden")
    await visitor.sign_in("Finance finance", "Sign in with these scopes")
    after = await visitor.run()

    assert list_paths(before["errors"]) == FORBIDDEN
    assert before["data"]["project"]["customer"] == {"name": "Fuji Precision", "accountsReceivable": None}
    assert before["data"]["project"]["name"] == "Fuji quality analytics"
    assert "errors" not in after
    assert after["data"]["project"]["contract"]["totalValue"] == {"amount": "9600000", "currency": "JPY"}
    await expect(visitor.account).to_have_text(re.compile(r"^finance\s*10 scopes$"))
    await expect(visitor.notice).to_be_empty()
    await visitor.take_screenshot("graphiql")


async def test_a_scope_that_was_not_granted_is_named_and_not_offered_again(visitor: Visitor) -> None:
    await visitor.open_page()
    await visitor.sign_in("Goran")
    await visitor.tab.get_by_role("tab", name="CustomerAndReceivables").click()

    await visitor.run()
    await visitor.sign_in("Goran", "Sign in with this scope")

    notice = "The identity provider did not grant customers.finance:read to your role"
    await expect(visitor.notice).to_contain_text(notice)
    answer = await visitor.run()
    await expect(visitor.notice).to_contain_text(notice)
    await expect(visitor.tab.get_by_role("button", name="Sign in with this scope")).to_have_count(0)
    assert {error["extensions"]["code"] for error in answer["errors"]} == {"FORBIDDEN"}
    assert all(each["accountsReceivable"] is None for each in answer["data"]["customers"]["nodes"])


async def test_the_account_menu_lists_the_granted_scopes(visitor: Visitor) -> None:
    await visitor.open_page()
    await visitor.sign_in("Integration operator")

    await visitor.account.click()

    scopes = await visitor.tab.get_by_role("list", name="Granted scopes").get_by_role("listitem").all_text_contents()
    assert scopes == sorted(FIRST_SCOPES)
    await expect(visitor.tab.locator(".menu")).to_contain_text("integration_operator")


async def test_the_page_offers_to_sign_in_again_when_the_token_expires(visitor: Visitor) -> None:
    await visitor.tab.clock.install()
    await visitor.open_page()
    await visitor.sign_in("Finance finance")

    await visitor.tab.clock.fast_forward("01:00:01")

    await expect(visitor.notice).to_contain_text("Your session has expired.")
    await visitor.sign_in("Finance finance", "Sign in again")
    await expect(visitor.notice).to_be_empty()


async def test_sign_out_can_delete_the_tabs_and_the_next_sign_in_asks_for_a_login(visitor: Visitor) -> None:
    await visitor.open_page()
    await visitor.sign_in("Finance finance")
    await visitor.run()
    await visitor.account.click()

    await visitor.tab.get_by_role("button", name="Sign out and delete the tabs").click()

    await expect(visitor.notice).to_contain_text("Sign in to run operations")
    await visitor.wait_until_ready()
    assert "Fuji" not in str(await visitor.read_storage())
    assert "graphiql:queries" not in (await visitor.read_storage())["local"]
    await visitor.tab.get_by_role("button", name="Sign in", exact=True).click()
    await visitor.tab.wait_for_url("**/authorize?**")
    await visitor.take_screenshot("sign-in")
    assert parse_qs(urlsplit(visitor.tab.url).query)["prompt"] == ["login"]


@pytest.mark.parametrize("answer", ["code=unknown&state=unknown", "error=access_denied&state=unknown"])
async def test_an_unsolicited_authorization_response_is_refused(visitor: Visitor, answer: str) -> None:
    await visitor.tab.goto(f"{visitor.served.url}?{answer}")

    await expect(visitor.notice).to_contain_text("This page did not start that sign-in")
    assert visitor.tab.url == visitor.served.url
    assert not [address for address in visitor.requested if address.startswith(visitor.served.issuer)]


@pytest.mark.parametrize("changed", ["iss", "state"])
async def test_an_authorization_response_with_a_wrong_issuer_or_state_is_refused(
    visitor: Visitor, changed: str
) -> None:
    await visitor.open_page()
    await visitor.tab.get_by_role("button", name="Sign in", exact=True).click()
    await visitor.tab.wait_for_url("**/authorize?**")
    state = parse_qs(urlsplit(visitor.tab.url).query)["state"][0]
    parameters = {"iss": visitor.served.issuer, "state": state, "code": "stolen", changed: "https://evil.example"}

    await visitor.tab.goto(f"{visitor.served.url}?" + "&".join(f"{name}={value}" for name, value in parameters.items()))

    await expect(visitor.tab.get_by_role("button", name="Try again")).to_be_visible()
    await expect(visitor.account).to_have_count(0)
    assert visitor.tokens == []
    assert f"{visitor.served.issuer}/token" not in visitor.requested
    assert (await visitor.read_storage())["session"] == {}


async def test_the_documentation_shows_source_and_scopes_of_a_field(visitor: Visitor) -> None:
    await visitor.tab.emulate_media(color_scheme="dark")
    await visitor.open_page()
    await visitor.sign_in("Integration operator")

    await visitor.tab.get_by_role("button", name="Show Documentation Explorer").click()
    for link in ("Query", "contract", "Contract"):
        await visitor.tab.locator(".graphiql-doc-explorer").get_by_role("link", name=link, exact=True).first.click()

    explorer = visitor.tab.locator(".graphiql-doc-explorer")
    await expect(explorer).to_contain_text(
        "Source: CRM, then ERP (MANUAL). Scopes: contracts.value:read. Class: FINANCIAL_RESTRICTED."
    )
    await visitor.run()
    await explorer.get_by_text("Class: FINANCIAL_RESTRICTED.").first.scroll_into_view_if_needed()
    await visitor.take_screenshot("graphiql-documentation")


async def test_a_closed_example_can_be_opened_again(visitor: Visitor) -> None:
    await visitor.open_page()
    await visitor.tab.get_by_role("button", name="Close Tab").press("Enter")
    await expect(visitor.tab.get_by_role("tab")).to_have_count(4)

    await visitor.tab.get_by_role("button", name="Show Examples").click()
    await visitor.tab.get_by_role("button", name=re.compile("^Unified project")).click()

    await expect(visitor.tab.get_by_role("tab", name="UnifiedProject")).to_have_attribute("aria-selected", "true")
    await expect(visitor.tab.locator(".graphiql-query-editor")).to_contain_text("statusBySystem")


async def test_an_outage_and_its_end_appear_in_the_subscription(visitor: Visitor) -> None:
    result = visitor.tab.locator(".result-window")
    sent: list[dict[str, Any]] = []
    visitor.tab.on("websocket", lambda socket: socket.on("framesent", lambda text: sent.append(json.loads(text))))
    await visitor.open_page()
    await visitor.sign_in("Integration operator")
    await visitor.tab.get_by_role("tab", name="SystemHealth").click()

    await visitor.tab.get_by_role("button", name="Execute query").click()
    await expect(result).to_contain_text('"health": "UP"')
    try:
        visitor.served.run_command("sandbox", "inject", "erp", "unavailable")
        await expect(result).to_contain_text(match_erp_health("DOWN|CIRCUIT_OPEN"), timeout=30_000)
        await visitor.take_screenshot("graphiql-live")
    finally:
        visitor.served.run_command("sandbox", "clear", "erp")
    await expect(result).to_contain_text(match_erp_health("UP"), timeout=60_000)

    assert [message["type"] for message in sent if message["type"] != "pong"] == ["connection_init", "subscribe"]
    assert sent[0]["payload"] == {"authorization": f"Bearer {visitor.tokens[0]}"}
    assert sent[1]["payload"]["operationName"] == "SystemHealth"


@pytest.mark.parametrize("code", [4401, 4403])
async def test_a_websocket_closed_for_its_token_ends_the_session(visitor: Visitor, code: int) -> None:
    async def close_socket(socket: WebSocketRoute) -> None:
        socket.on_message(lambda _text: asyncio.ensure_future(socket.close(code=code, reason="no")))

    await visitor.tab.route_web_socket("**/graphql", close_socket)
    await visitor.open_page()
    await visitor.sign_in("Integration operator")
    await visitor.tab.get_by_role("tab", name="SystemHealth").click()

    await visitor.tab.get_by_role("button", name="Execute query").click()

    await expect(visitor.notice).to_contain_text("Your session has expired.")
    await expect(visitor.tab.get_by_role("button", name="Sign in again")).to_be_visible()

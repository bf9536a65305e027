"""The page contains data and links but no inline script; its policy allows only this origin and the issuer's."""

import json
import re

import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Route

from gateway.console.bundle import Bundle
from gateway.console.graphiql import GraphiqlPage
from gateway.console.page import SignIn, build_content_security_policy, render_html
from tests.unit.console.conftest import SIGN_IN

HTML = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


async def test_a_browser_gets_the_page_with_its_configuration_as_data(browser: httpx.AsyncClient) -> None:
    answer = await browser.get("/graphql", headers=HTML)

    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["vary"] == "accept"
    [config] = re.findall(r'<script type="application/json" id="page-config">(.*?)</script>', answer.text)
    assert json.loads(config) == {
        "endpoint": "/graphql",
        "issuer": "https://login.psgw.example/realm",
        "clientId": "console",
        "resource": "https://graph.psgw.example",
        "scopes": ["projects:read", "openid"],
        "exploreScope": "graphql:explore",
    }


async def test_scripts_and_styles_are_linked_from_this_origin_and_never_inline(
    browser: httpx.AsyncClient,
) -> None:
    page = (await browser.get("/graphql", headers=HTML)).text

    linked = re.findall(r'(?:src|href)="([^"]+)"', page)
    assert [link for link in linked if not link.startswith("data:")] == [
        "console/static/assets/graphiql-1.css",
        "console/static/assets/shared-2.css",
        "console/static/assets/shared-2.js",
        "console/static/assets/deep-3.js",
        "console/static/assets/graphiql-1.js",
    ]
    assert re.findall(r"<script(?! type=\"application/json\")[^>]*>([^<]+)", page) == []
    assert "<style" not in page
    assert " on" not in re.sub(r">[^<]*<", "><", page)


def test_settings_cannot_inject_markup_into_the_page(bundle: Bundle) -> None:
    sign_in = SignIn(issuer="https://i.example", client_id="</script><script>alert(1)", resource="r", scopes=())

    page = render_html("psgw", bundle.get_entry("graphiql/main.tsx"), sign_in, "/graphql")

    assert "<script>alert" not in page
    assert page.count("</script>") == 2


async def test_the_policy_allows_connections_to_the_issuer_and_the_own_websocket(browser: httpx.AsyncClient) -> None:
    rules = (await browser.get("/graphql", headers=HTML)).headers["content-security-policy"]

    host = browser.base_url.netloc.decode()
    assert f"connect-src 'self' https://login.psgw.example ws://{host} wss://{host};" in rules
    for rule in ("default-src 'none'", "script-src 'self'", "frame-ancestors 'none'", "base-uri 'none'"):
        assert rule in rules.split("; ")


@pytest.mark.parametrize("host", ["a; script-src *", "evil.example/", "a b", "", "a\tb"])
def test_an_invalid_host_header_is_not_copied_into_the_policy(host: str) -> None:
    rules = build_content_security_policy(SIGN_IN.issuer, host)

    assert "connect-src 'self' https://login.psgw.example; " in rules
    assert "ws://" not in rules


@pytest.mark.parametrize(
    ("built", "sign_in", "accept", "texts"),
    [
        (True, SIGN_IN, "*/*", []),
        (False, SIGN_IN, "text/html", ["<code>make web</code>"]),
        (True, None, "text/html", ["no issuer is configured"]),
    ],
)
async def test_otherwise_a_plain_page_shows_a_request_and_what_is_missing(
    bundle: Bundle, built: bool, sign_in: SignIn | None, accept: str, texts: list[str]
) -> None:
    page = GraphiqlPage(bundle if built else None, sign_in)
    app = Starlette(routes=[Route("/graphql", page.__call__)])

    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://a") as client:
        answer = await client.get("/graphql", headers={"Accept": accept})

    assert answer.status_code == 200
    assert "psgw token --role finance" in answer.text
    assert all(text in answer.text for text in texts)
    assert ("make web" in answer.text) is not built
    assert "<script" not in answer.text

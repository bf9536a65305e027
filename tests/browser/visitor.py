"""A visitor: one tab of a fresh browser profile that records every network request and console error.

With PSGW_SCREENSHOTS set to a folder it takes the screenshots of the documentation.
"""

import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.async_api import BrowserContext, Locator, Page, Request, Response, expect

from tests.fixtures.demo import RunningDemo

REPORT_VIOLATIONS = (
    "document.addEventListener('securitypolicyviolation',"
    " (event) => console.error(`policy: ${event.violatedDirective} ${event.blockedURI}`))"
)
STORAGE = """async () => JSON.stringify({
  local: {...localStorage}, session: {...sessionStorage}, cookies: document.cookie,
  databases: (await indexedDB.databases()).map(({name}) => name), caches: await caches.keys(),
})"""


@dataclass
class Visitor:
    """The tab. `requested` are all requested URLs, WebSockets included; `tokens` all access tokens that were issued.

    `expected_errors` are the console errors that a test provokes.
    """

    tab: Page
    served: RunningDemo
    screenshots: Path | None = None
    requested: list[str] = field(default_factory=list)
    console_errors: list[str] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)
    expected_errors: set[str] = field(default_factory=set)

    @property
    def foreign_origins(self) -> set[str]:
        """Requested origins other than the gateway and the provider."""
        origins = {
            f"{parts.scheme}://{parts.netloc}" for parts in map(urlsplit, self.requested) if parts.scheme != "data"
        }
        sockets = self.served.origin.replace("http", "ws", 1)
        return origins - {self.served.origin, self.served.issuer, sockets, "blob://"}

    @property
    def notice(self) -> Locator:
        """The line below the top bar."""
        return self.tab.get_by_role("status")

    @property
    def account(self) -> Locator:
        """The button with the signed-in user."""
        return self.tab.locator(".account")

    async def open_page(self) -> None:
        """Open the page and wait until it can be used."""
        await self.tab.goto(self.served.url)
        await self.wait_until_ready()

    async def wait_until_ready(self) -> None:
        """Wait until the editors are visible."""
        await expect(self.tab.locator(".graphiql-query-editor .view-lines")).to_be_visible(timeout=30_000)

    async def sign_in(self, person: str, button: str = "Sign in") -> None:
        """Sign in at the development provider as a person, by a button of the page."""
        await self.tab.get_by_role("button", name=button, exact=True).click()
        await self.tab.get_by_role("button", name=person).click()
        await self.wait_until_ready()
        await expect(self.account).to_contain_text("scope")

    async def run(self) -> dict[str, Any]:
        """Run the operation of the active tab; return the response."""
        async with self.tab.expect_response(_is_editor_response) as received:
            await self.tab.get_by_role("button", name="Execute query").click()
        answer: dict[str, Any] = await (await received.value).json()
        return answer

    async def take_screenshot(self, name: str) -> None:
        """Take a screenshot for the documentation if PSGW_SCREENSHOTS is set."""
        if self.screenshots is not None:
            await self.tab.mouse.move(0, 0)
            await self.tab.screenshot(path=self.screenshots / f"{name}.png", animations="disabled", caret="hide")

    async def read_storage(self) -> dict[str, Any]:
        """Return everything that the browser has stored for this origin."""
        storage: dict[str, Any] = json.loads(await self.tab.evaluate(STORAGE))
        return storage


def _is_editor_response(response: Response) -> bool:
    """Return whether a response belongs to the editor: only its operations have a name."""
    name = (response.request.post_data_json or {}).get("operationName") if response.request.method == "POST" else None
    return name not in {None, "IntrospectionQuery"}


async def open_visitor(context: BrowserContext, served: RunningDemo) -> Visitor:
    """Open a visitor in a new tab."""
    await context.add_init_script(REPORT_VIOLATIONS)
    tab = await context.new_page()
    folder = os.environ.get("PSGW_SCREENSHOTS")
    visitor = Visitor(tab, served, Path(folder) if folder else None)
    tab.on(
        "console",
        lambda message: visitor.console_errors.append(message.text) if message.type in {"error", "warning"} else None,
    )
    tab.on("pageerror", lambda error: visitor.console_errors.append(str(error)))
    tab.on("websocket", lambda socket: visitor.requested.append(socket.url))
    context.on("request", lambda request: visitor.requested.append(request.url))

    async def keep_token(request: Request) -> None:
        if request.method == "POST" and urlsplit(request.url).path == "/token":
            response = await request.response()
            if response is not None and response.ok:
                visitor.tokens.append((await response.json())["access_token"])

    context.on("requestfinished", keep_token)
    return visitor

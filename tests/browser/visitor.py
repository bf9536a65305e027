"""A person at a browser: one tab of a fresh profile, which remembers everything that it asked the network for and every complaint.

With PSGW_SCREENSHOTS set to a folder it takes the pictures of the documentation.
"""

import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.async_api import BrowserContext, Locator, Page, Request, Response, expect

from tests.fixtures.demo import Served

TELL_VIOLATIONS = (
    "document.addEventListener('securitypolicyviolation',"
    " (event) => console.error(`policy: ${event.violatedDirective} ${event.blockedURI}`))"
)
STORED = """async () => JSON.stringify({
  local: {...localStorage}, session: {...sessionStorage}, cookies: document.cookie,
  databases: (await indexedDB.databases()).map(({name}) => name), caches: await caches.keys(),
})"""


@dataclass
class Visitor:
    """The tab. `asked` are the addresses that were asked for, sockets included; `tokens` every access token that the provider gave out.

    `foreseen` is what a test makes the page complain of.
    """

    tab: Page
    served: Served
    pictures: Path | None = None
    asked: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)
    foreseen: set[str] = field(default_factory=set)

    @property
    def strangers(self) -> set[str]:
        """Origins that were asked for and are neither the gateway nor the provider."""
        origins = {f"{parts.scheme}://{parts.netloc}" for parts in map(urlsplit, self.asked) if parts.scheme != "data"}
        sockets = self.served.origin.replace("http", "ws", 1)
        return origins - {self.served.origin, self.served.issuer, sockets, "blob://"}

    @property
    def notice(self) -> Locator:
        """The line under the bar."""
        return self.tab.get_by_role("status")

    @property
    def account(self) -> Locator:
        """Who is signed in."""
        return self.tab.locator(".account")

    async def arrive(self) -> None:
        """Open the front door and wait until it can be used."""
        await self.tab.goto(self.served.url)
        await self.settled()

    async def settled(self) -> None:
        """Wait until the editors are there."""
        await expect(self.tab.locator(".graphiql-query-editor .view-lines")).to_be_visible(timeout=30_000)

    async def sign_in(self, person: str, button: str = "Sign in") -> None:
        """Leave by a button for the development provider, and come back as somebody."""
        await self.tab.get_by_role("button", name=button, exact=True).click()
        await self.tab.get_by_role("button", name=person).click()
        await self.settled()
        await expect(self.account).to_contain_text("scope")

    async def run(self) -> dict[str, Any]:
        """Run what is in the open tab; return the answer."""
        async with self.tab.expect_response(_is_answer_to_editor) as coming:
            await self.tab.get_by_role("button", name="Execute query").click()
        answer: dict[str, Any] = await (await coming.value).json()
        return answer

    async def picture(self, name: str) -> None:
        """Take a picture for the documentation, when the environment says where pictures go."""
        if self.pictures is not None:
            await self.tab.mouse.move(0, 0)
            await self.tab.screenshot(path=self.pictures / f"{name}.png", animations="disabled", caret="hide")

    async def stored(self) -> dict[str, Any]:
        """Everything that the browser has written down for this origin."""
        found: dict[str, Any] = json.loads(await self.tab.evaluate(STORED))
        return found


def _is_answer_to_editor(response: Response) -> bool:
    """Tell the answer to what the editor holds from what the page asks for itself: only the editor's has a name."""
    named = (response.request.post_data_json or {}).get("operationName") if response.request.method == "POST" else None
    return named not in {None, "IntrospectionQuery"}


async def visitor(context: BrowserContext, served: Served) -> Visitor:
    """Sit down before a fresh tab."""
    await context.add_init_script(TELL_VIOLATIONS)
    tab = await context.new_page()
    folder = os.environ.get("PSGW_SCREENSHOTS")
    found = Visitor(tab, served, Path(folder) if folder else None)
    tab.on("console", lambda told: found.complaints.append(told.text) if told.type in {"error", "warning"} else None)
    tab.on("pageerror", lambda error: found.complaints.append(str(error)))
    tab.on("websocket", lambda socket: found.asked.append(socket.url))
    context.on("request", lambda request: found.asked.append(request.url))

    async def keep_token(request: Request) -> None:
        if request.method == "POST" and urlsplit(request.url).path == "/token":
            response = await request.response()
            if response is not None and response.ok:
                found.tokens.append((await response.json())["access_token"])

    context.on("requestfinished", keep_token)
    return found

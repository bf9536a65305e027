"""Chromium, and what it visits. Without Chromium or the built pages these tests are skipped, on CI they fail."""

import os
import shutil
from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, async_playwright

from gateway.console.bundle import find_bundle
from tests.browser.elsewhere import PROVIDER, elsewhere
from tests.browser.visitor import Visitor, visitor
from tests.fixtures.demo import Served, running_demo

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
WIDTH, HEIGHT = 1280, 800


def _need(there: object, words: str) -> None:
    if there:
        return
    if "CI" in os.environ:
        pytest.fail(words)
    pytest.skip(words)


@pytest.fixture(scope="session")
def front_door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The real demo, which follows its systems often enough to wait for what becomes of them, and lets introspect whom a gateway does by default."""
    _need(find_bundle(), "the pages are not built: make web")
    _need(shutil.which("chromium"), "there is no Chromium: apt-get install chromium")
    changed = {"PSGW__SYNC__INTERVAL_SECONDS": "2", "PSGW__GRAPH__EXPLORE": "scoped"}
    with running_demo(tmp_path_factory.mktemp("demo"), **changed) as served:
        yield served


@pytest.fixture(scope="session")
def certified(front_door: Served) -> Iterator[Served]:
    """A gateway whose people sign in at npm's oidc-provider."""
    _need((PROVIDER / "node_modules").exists(), "npm's oidc-provider is not installed: make identity-provider")
    with elsewhere(front_door) as served:
        yield served


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def chromium() -> AsyncIterator[Browser]:
    """Debian's Chromium, headless."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        yield browser
        await browser.close()


@pytest_asyncio.fixture(loop_scope="module")
async def somebody(front_door: Served, chromium: Browser) -> AsyncIterator[Visitor]:
    """Somebody before the demo's front door; at the end nothing has left the machine and nothing was complained of."""
    context = await chromium.new_context(viewport={"width": WIDTH, "height": HEIGHT})
    found = await visitor(context, front_door)
    yield found
    await context.close()
    assert found.strangers == set()
    assert [each for each in found.complaints if each not in found.foreseen] == []

"""Fixtures: Chromium and the served pages. Without Chromium or a build these tests are skipped; on CI they fail."""

import os
import shutil
from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, async_playwright

from gateway.console.bundle import find_bundle
from tests.browser.certified_gateway import PROVIDER, run_certified_gateway
from tests.browser.portal import serve_portal
from tests.browser.visitor import Visitor, open_visitor
from tests.fixtures.demo import RunningDemo, run_demo

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


def _require(present: object, reason: str) -> None:
    if present:
        return
    if "CI" in os.environ:
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def portal() -> Iterator[str]:
    """The origin of a web page that the gateway's settings list."""
    with serve_portal() as origin:
        yield origin


@pytest.fixture(scope="session")
def demo_gateway(tmp_path_factory: pytest.TempPathFactory, portal: str) -> Iterator[RunningDemo]:
    """The real demo, with a short sync interval and introspection limited by scope, the default of a gateway.

    Its settings list the origin of the portal.
    """
    _require(find_bundle(), "the pages are not built: make web")
    _require(shutil.which("chromium"), "Chromium is not installed: apt-get install chromium")
    changed = {
        "PSGW__SYNC__INTERVAL_SECONDS": "2",
        "PSGW__GRAPH__INTROSPECTION": "scoped",
        "PSGW__SERVE__ORIGINS": f'["{portal}"]',
    }
    with run_demo(tmp_path_factory.mktemp("demo"), **changed) as served:
        yield served


@pytest.fixture(scope="session")
def certified(demo_gateway: RunningDemo) -> Iterator[RunningDemo]:
    """A gateway whose users sign in at npm's oidc-provider."""
    _require((PROVIDER / "node_modules").exists(), "npm's oidc-provider is not installed: make identity-provider")
    with run_certified_gateway(demo_gateway) as served:
        yield served


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def chromium() -> AsyncIterator[Browser]:
    """Debian's Chromium, headless."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        yield browser
        await browser.close()


@pytest_asyncio.fixture(loop_scope="module")
async def visitor(demo_gateway: RunningDemo, chromium: Browser) -> AsyncIterator[Visitor]:
    """A visitor of the demo. At the end, no foreign origin was contacted and the console has no unexpected message."""
    context = await chromium.new_context(viewport={"width": WIDTH, "height": HEIGHT})
    opened = await open_visitor(context, demo_gateway)
    yield opened
    await context.close()
    assert opened.foreign_origins == set()
    assert [each for each in opened.console_errors if each not in opened.expected_errors] == []

"""A twin of the small firm's org on loopback, and an HTTP client that is logged in to it."""

import tomllib
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime
from importlib.resources import files
from typing import Any

import httpx
import pytest

from gateway.canonical.roles import DataRegion, SystemRole
from gateway.net.upstream import create_opener
from gateway.ports.connection import Connection
from subgraphs.crm.salesforce.twin import ConnectedApp, TwinSettings, build_twin
from subgraphs.kit.twin.server import serve
from subgraphs.sandbox.firm.model import Firm
from subgraphs.sandbox.firm.small import FIRM


def load_sandbox_mapping() -> dict[str, Any]:
    """Return the sandbox's mapping file."""
    return tomllib.loads((files("subgraphs.sandbox") / "mappings" / "salesforce.toml").read_text(encoding="utf-8"))


def build_connection(
    base_url: str,
    client: ConnectedApp,
    *,
    mapping: Mapping[str, Any] | None = None,
    private_key: str = "",
    **options: Any,
) -> Connection:
    """Return a connection to an org."""
    return Connection(
        name="crm",
        role=SystemRole.CRM,
        vendor="salesforce",
        base_url=base_url,
        region=DataRegion.US,
        mapping=load_sandbox_mapping() if mapping is None else mapping,
        options=options,
        secrets={
            "client_id": lambda: client.id,
            "client_secret": lambda: client.secret,
            "private_key": lambda: private_key,
        },
        open_upstream=create_opener("crm", base_url, ()),
    )


def get_utc_now() -> datetime:
    """Return the current time, as adapters sign assertions with it."""
    return datetime.now(UTC)


OpenTwin = Callable[..., AbstractAsyncContextManager[str]]
OpenOrg = Callable[..., AbstractAsyncContextManager[httpx.AsyncClient]]


@pytest.fixture
def now() -> datetime:
    """The twin's current time."""
    return datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


@pytest.fixture
def client() -> ConnectedApp:
    """The connected app."""
    return ConnectedApp(id="consumer-key", secret="consumer-secret")


@pytest.fixture
def open_twin(client: ConnectedApp, now: datetime) -> OpenTwin:
    """Serve a twin with the given settings; yields its base URL."""

    def open_with(firm: Firm = FIRM, **settings: Any) -> AbstractAsyncContextManager[str]:
        values: dict[str, Any] = {"client": client, "clock": lambda: now, "login_clock": lambda: now} | settings
        return serve(build_twin(firm, TwinSettings(**values)))

    return open_with


@pytest.fixture
def open_org(open_twin: OpenTwin, client: ConnectedApp) -> OpenOrg:
    """Serve a twin with the given settings; yields a logged-in client for the data resources of v68.0."""

    @asynccontextmanager
    async def open_with(**settings: Any) -> AsyncIterator[httpx.AsyncClient]:
        async with open_twin(**settings) as base_url, httpx.AsyncClient(base_url=base_url) as http:
            form = {"grant_type": "client_credentials"}
            answer = await http.post("/services/oauth2/token", data=form, auth=(client.id, client.secret))
            http.headers["authorization"] = f"Bearer {answer.json()['access_token']}"
            http.base_url = httpx.URL(f"{base_url}/services/data/v68.0")
            yield http

    return open_with


@pytest.fixture
async def org(open_org: OpenOrg) -> AsyncIterator[httpx.AsyncClient]:
    """A client that is logged in to a twin of the small firm."""
    async with open_org() as http:
        yield http

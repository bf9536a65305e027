"""A Workday twin on loopback, an HTTP client, and the adapter over it."""

import tomllib
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from importlib.resources import files
from typing import Any

import httpx
import pytest
from starlette.types import ASGIApp

from gateway.canonical.roles import DataRegion, SystemRole
from gateway.net.upstream import create_opener
from gateway.ports.connection import Connection
from gateway.ports.hcm import HcmPort
from subgraphs.hcm.workday.adapter import connect
from subgraphs.hcm.workday.twin import TwinSettings, build_twin
from subgraphs.kit.twin.server import serve
from subgraphs.sandbox.firm.model import Firm
from subgraphs.sandbox.firm.small import FIRM
from tests.fixtures.switches import SwitchableTwin

SETTINGS = TwinSettings(client_id="client", client_secret="secret", refresh_token="refresh")
TOKEN_PATH = f"/ccx/oauth2/{SETTINGS.tenant}/token"


def load_sandbox_mapping() -> dict[str, Any]:
    """Return the sandbox's mapping file."""
    return tomllib.loads((files("subgraphs.sandbox") / "mappings" / "workday.toml").read_text(encoding="utf-8"))


@dataclass
class Tenant(SwitchableTwin):
    """A served twin and the adapter over it."""

    base_url: str
    port: HcmPort

    async def request_token(self, **fields: str) -> httpx.Response:
        form = {"grant_type": "refresh_token", "refresh_token": "refresh", **fields}
        return await self.http.post(TOKEN_PATH, data=form, auth=("client", "secret"))

    async def get(self, path: str, **query: Any) -> httpx.Response:
        token = (await self.request_token()).json()["access_token"]
        return await self.http.get(path, params=query, headers={"authorization": f"Bearer {token}"})

    async def count_calls(self) -> dict[str, int]:
        """Return the number of calls per endpoint since the last reset, without logins."""
        return {name: count for name, count in (await super().count_calls()).items() if name != "token"}

    async def logins(self) -> int:
        return (await super().count_calls()).get("token", 0)


Open = Callable[..., Any]


@pytest.fixture
async def opened() -> AsyncIterator[Open]:
    """Serve tenants: `await opened(firm=..., mapping=..., wrapped=..., denied=...)`."""
    async with AsyncExitStack() as stack:

        async def open_tenant(
            firm: Firm = FIRM,
            *,
            mapping: Mapping[str, Any] | None = None,
            options: Mapping[str, Any] | None = None,
            wrapped: Callable[[ASGIApp], ASGIApp] = lambda app: app,
            zone: str = "America/New_York",
            **settings: Any,
        ) -> Tenant:
            twin = build_twin(firm, replace(SETTINGS, **settings))
            base_url = await stack.enter_async_context(serve(wrapped(twin)))
            http = await stack.enter_async_context(httpx.AsyncClient(base_url=base_url))
            connection = build_connection(
                base_url, load_sandbox_mapping() if mapping is None else mapping, **(options or {})
            )
            port = connect(replace(connection, time_zone=zone))
            stack.push_async_callback(port.aclose)
            return Tenant(http, base_url, port)

        yield open_tenant


def build_connection(base_url: str, mapping: Mapping[str, Any], **options: Any) -> Connection:
    """Return a connection to a tenant."""
    return Connection(
        name="hcm",
        role=SystemRole.HCM,
        vendor="workday",
        base_url=base_url,
        region=DataRegion.US,
        options={"tenant": SETTINGS.tenant, **options},
        mapping=mapping,
        secrets={"client_id": lambda: "client", "client_secret": lambda: "secret", "refresh_token": lambda: "refresh"},
        open_upstream=create_opener("hcm", base_url, ()),
    )

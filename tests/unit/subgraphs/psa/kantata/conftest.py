"""A Kantata account on loopback, its raw HTTP client, and the adapter over it."""

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
from gateway.ports.psa import PsaPort
from subgraphs.kit.twin.server import serve
from subgraphs.psa.kantata.adapter import connect
from subgraphs.psa.kantata.twin import TwinSettings, build_twin
from subgraphs.psa.kantata.twin.life import AccountEditor
from subgraphs.sandbox.firm.model import Firm
from subgraphs.sandbox.firm.small import FIRM
from tests.fixtures.switches import SwitchableTwin


def load_sandbox_mapping() -> dict[str, Any]:
    """Return the sandbox's mapping file."""
    return tomllib.loads((files("subgraphs.sandbox") / "mappings" / "kantata.toml").read_text(encoding="utf-8"))


@dataclass
class Account(SwitchableTwin):
    """A served twin, the editor of its rows, and the adapter over it."""

    base_url: str
    port: PsaPort
    life: AccountEditor

    async def get(self, path: str, **query: Any) -> httpx.Response:
        return await self.http.get(f"/api/v1/{path}", params=query, headers={"authorization": "Bearer token"})


Open = Callable[..., Any]


@pytest.fixture
async def opened() -> AsyncIterator[Open]:
    """Serve accounts: `await opened(firm=..., mapping=..., wrapped=..., denied=...)`."""
    async with AsyncExitStack() as stack:

        async def open_account(
            firm: Firm = FIRM,
            *,
            mapping: Mapping[str, Any] | None = None,
            options: Mapping[str, Any] | None = None,
            wrapped: Callable[[ASGIApp], ASGIApp] = lambda app: app,
            **settings: Any,
        ) -> Account:
            twin = build_twin(firm, TwinSettings(token="token", **settings))
            base_url = await stack.enter_async_context(serve(wrapped(twin)))
            http = await stack.enter_async_context(httpx.AsyncClient(base_url=base_url))
            reached = build_connection(base_url, load_sandbox_mapping() if mapping is None else mapping)
            clock = {"now": settings["now"]} if "now" in settings else {}
            port = connect(replace(reached, options=options or {}, **clock))
            stack.push_async_callback(port.aclose)
            return Account(http, base_url, port, twin.state.life)

        yield open_account


def build_connection(base_url: str, mapping: Mapping[str, Any]) -> Connection:
    """Return a connection to an account."""
    return Connection(
        name="psa",
        role=SystemRole.PSA,
        vendor="kantata",
        base_url=base_url,
        region=DataRegion.US,
        mapping=mapping,
        secrets={"token": lambda: "token"},
        open_upstream=create_opener("psa", base_url, ()),
    )

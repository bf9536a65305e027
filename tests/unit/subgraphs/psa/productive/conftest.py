"""A Productive organization on loopback, its raw HTTP client, and the adapter over it."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from gateway.canonical.roles import SystemRole
from gateway.ports.psa import PsaPort
from subgraphs.kit.conformance import build_twin_connection, read_sandbox_mapping
from subgraphs.kit.twin.server import serve
from subgraphs.psa.productive.adapter import connect
from subgraphs.psa.productive.twin import TwinSettings, build_twin
from subgraphs.psa.productive.twin.rows import RowWriter
from subgraphs.psa.productive.twin.settings import UNLIMITED
from subgraphs.sandbox.firm.model import Firm
from subgraphs.sandbox.firm.small import FIRM
from tests.fixtures.switches import SwitchableTwin

MEDIA = "application/vnd.api+json"
LOGIN = {"x-auth-token": "token", "x-organization-id": "1067", "content-type": MEDIA}


@dataclass
class Organization(SwitchableTwin):
    """A served twin, and the adapter over it."""

    base_url: str
    port: PsaPort
    rows: RowWriter

    async def get(self, path: str, headers: Mapping[str, str] = LOGIN, **query: Any) -> httpx.Response:
        return await self.http.get(f"/api/v2/{path}", params=query, headers=dict(headers))


Open = Callable[..., Any]


@pytest.fixture
async def opened() -> AsyncIterator[Open]:
    """Serve organizations: `await opened(firm=..., mapping=..., organization=..., requests=..., denied=...)`."""
    async with AsyncExitStack() as stack:

        async def open_organization(
            firm: Firm = FIRM,
            *,
            mapping: Mapping[str, Any] | None = None,
            organization: str = "1067",
            **settings: Any,
        ) -> Organization:
            twin = build_twin(firm, TwinSettings(token="token", **{"requests": UNLIMITED, **settings}))
            base_url = await stack.enter_async_context(serve(twin))
            http = await stack.enter_async_context(httpx.AsyncClient(base_url=base_url))
            given = read_sandbox_mapping("productive") if mapping is None else mapping
            options = {"organization": organization}
            secrets = {"token": "token"}
            port = connect(build_twin_connection(base_url, SystemRole.PSA, "productive", given, secrets, options))
            stack.push_async_callback(port.aclose)
            return Organization(http, base_url, port, twin.state.rows)

        yield open_organization

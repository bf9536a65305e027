"""The small firm on the twins of Salesforce, Kantata or Productive, Workday and NetSuite, with fault injection."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
import pytest_asyncio
from starlette.types import ASGIApp

from gateway.composition import Gateway, open_gateway
from gateway.settings import ConnectionSettings, StoreSettings
from subgraphs.crm.salesforce.twin import ConnectedApp
from subgraphs.crm.salesforce.twin import TwinSettings as SalesforceTwin
from subgraphs.crm.salesforce.twin import build_twin as build_salesforce
from subgraphs.erp.netsuite.twin.app import build_twin as build_netsuite
from subgraphs.erp.netsuite.twin.settings import TwinSettings as NetSuiteTwin
from subgraphs.erp.netsuite.twin.settings import generate_key_pair
from subgraphs.hcm.workday.twin import TwinSettings as WorkdayTwin
from subgraphs.hcm.workday.twin import build_twin as build_workday
from subgraphs.kit.twin.fault_injection import CONTROL_PATH
from subgraphs.kit.twin.server import serve
from subgraphs.psa.kantata.twin import TwinSettings as KantataTwin
from subgraphs.psa.kantata.twin import build_twin as build_kantata
from subgraphs.psa.productive.twin import TwinSettings as ProductiveTwin
from subgraphs.psa.productive.twin import build_twin as build_productive
from subgraphs.psa.productive.twin.settings import UNLIMITED
from subgraphs.sandbox.firm.model import Firm
from subgraphs.sandbox.firm.small import FIRM
from tests.fixtures import connections
from tests.fixtures.connections import PATIENT_SECONDS
from tests.fixtures.firm import NOON, RunningFirm


@dataclass(frozen=True)
class Twin:
    """A running twin and its fault injection."""

    connection: ConnectionSettings
    http: httpx.AsyncClient

    async def set_fault(self, kind: str, **switch: Any) -> None:
        """Set a fault switch."""
        answer = await self.http.post(CONTROL_PATH, json={"kind": kind, **switch})
        assert answer.status_code == 200, answer.text

    async def reset(self) -> None:
        """Clear the switches and the call counts."""
        await self.http.delete(CONTROL_PATH)

    async def load_call_counts(self) -> dict[str, int]:
        """Return the number of received calls by operation."""
        calls: dict[str, int] = (await self.http.get(CONTROL_PATH)).json()["calls"]
        return calls


@dataclass(frozen=True)
class Twins:
    """The firm's twins by connection name, and the folder of the gateway's store."""

    folder: Path
    by_name: Mapping[str, Twin]

    @asynccontextmanager
    async def open_gateway(self, deadline: float = PATIENT_SECONDS, store: str = "psgw") -> AsyncIterator[RunningFirm]:
        """Open a new gateway, which has made no call yet, over the store of that name."""
        systems = (twin.connection for twin in self.by_name.values())
        place = StoreSettings(url=f"sqlite+aiosqlite:///{self.folder}/{store}.sqlite")
        settings = connections.build_settings(self.folder, *systems, deadline=deadline).model_copy(
            update={"store": place}
        )
        async with open_gateway(settings, clock=lambda: NOON) as gateway:
            yield RunningFirm(gateway, {})

    async def reset(self) -> None:
        """Clear the switches and call counts of every twin."""
        for twin in self.by_name.values():
            await twin.reset()

    async def load_call_counts(self) -> dict[str, dict[str, int]]:
        """Return the number of calls received by every twin, by operation."""
        return {name: await twin.load_call_counts() for name, twin in self.by_name.items()}


async def fill_cards(gateway: Gateway) -> None:
    """Sync the cards of an empty store."""
    results = await gateway.sync.run()
    assert [result.failure for result in results] == [None] * len(results)


@asynccontextmanager
async def serve_twins(
    folder: Path,
    firm: Firm = FIRM,
    *,
    most_rows: Mapping[str, int] | None = None,
    now: Callable[[], datetime] = lambda: NOON,
    productive: bool = False,
) -> AsyncIterator[Twins]:
    """Serve the four twins.

    `most_rows` limits the page size per connection, `now` dates changed rows, `productive` replaces Kantata.
    """
    page_sizes = most_rows or {}
    private_key, public_key = generate_key_pair()
    (folder / "netsuite.pem").write_text(private_key, encoding="utf-8")
    client = ConnectedApp(id="consumer", secret="secret")
    org = SalesforceTwin(client=client, clock=now, batch=page_sizes.get("crm", 2000))
    account = KantataTwin(token="token", now=now, most_rows=page_sizes.get("psa", 200))
    tenant = WorkdayTwin(
        client_id="client",
        client_secret="secret",
        refresh_token="refresh",
        now=now,
        most_rows=page_sizes.get("hcm", 1000),
    )
    company = NetSuiteTwin(
        client_id="integration",
        certificate_id="certificate",
        public_key=public_key,
        now=now,
        most_rows=page_sizes.get("erp", 1000),
    )
    if productive:
        organization = ProductiveTwin(token="token", requests=UNLIMITED, now=now)
        projects = build_productive(firm, organization), connections.connect_productive
    else:
        projects = build_kantata(firm, account), connections.connect_kantata
    apps: dict[str, tuple[ASGIApp, Any]] = {
        "crm": (build_salesforce(firm, org), connections.connect_salesforce),
        "psa": projects,
        "hcm": (build_workday(firm, tenant), connections.connect_workday),
        "erp": (build_netsuite(firm, company), connections.connect_netsuite),
    }
    async with AsyncExitStack() as stack:
        twins = {}
        for name, (app, settings_for) in apps.items():
            address = await stack.enter_async_context(serve(app))
            http = await stack.enter_async_context(httpx.AsyncClient(base_url=address))
            twins[name] = Twin(settings_for(address), http)
        yield Twins(folder, twins)


@asynccontextmanager
async def serve_filled_twins(folder: Path, *, productive: bool = False) -> AsyncIterator[Twins]:
    """Serve the twins and fill the cards of a store."""
    async with serve_twins(folder, productive=productive) as twins:
        async with twins.open_gateway() as running:
            await fill_cards(running.gateway)
        yield twins


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def filled_twins(tmp_path_factory: Any) -> AsyncIterator[Twins]:
    """The twins and a store with filled cards, shared by the tests of a module, which change no row."""
    async with serve_filled_twins(tmp_path_factory.mktemp("firm")) as twins:
        yield twins


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def filled_twins_with_productive(tmp_path_factory: Any) -> AsyncIterator[Twins]:
    """The same with Productive instead of Kantata."""
    async with serve_filled_twins(tmp_path_factory.mktemp("firm"), productive=True) as twins:
        yield twins


@pytest_asyncio.fixture(loop_scope="module")
async def twins(filled_twins: Twins) -> AsyncIterator[Twins]:
    """The shared twins without switches and with call counts at zero."""
    await filled_twins.reset()
    yield filled_twins


@pytest_asyncio.fixture(loop_scope="module")
async def twins_with_productive(filled_twins_with_productive: Twins) -> AsyncIterator[Twins]:
    """The same with Productive instead of Kantata."""
    await filled_twins_with_productive.reset()
    yield filled_twins_with_productive

"""Serve the twins of four vendors over the scaled firm in one process: `python -m tests.bench.twins FACTOR FOLDER`.

The first line of output is JSON: the URL of each system and the seconds to fill the twins. NetSuite's private key is
written to the folder. The process serves until its standard input ends.
"""

import asyncio
import sys
import time
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from subgraphs.crm.salesforce.twin import ConnectedApp
from subgraphs.crm.salesforce.twin import TwinSettings as SalesforceTwin
from subgraphs.crm.salesforce.twin import build_twin as build_salesforce
from subgraphs.erp.netsuite.twin.app import build_twin as build_netsuite
from subgraphs.erp.netsuite.twin.settings import TwinSettings as NetSuiteTwin
from subgraphs.erp.netsuite.twin.settings import generate_key_pair
from subgraphs.hcm.workday.twin import TwinSettings as WorkdayTwin
from subgraphs.hcm.workday.twin import build_twin as build_workday
from subgraphs.kit.twin.server import serve
from subgraphs.psa.kantata.twin import TwinSettings as KantataTwin
from subgraphs.psa.kantata.twin import build_twin as build_kantata
from subgraphs.sandbox.firm.scaled import build_scaled_firm

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


class TwinReport(msgspec.Struct, frozen=True, kw_only=True):
    """The systems' URLs by role, and the seconds to build the firm and to fill the twins."""

    urls: dict[str, str]
    firm_seconds: float
    fill_seconds: dict[str, float]


async def serve_scaled_firm(factor: int, folder: Path) -> None:
    """Fill the twins, print their URLs, and serve them until the input ends."""
    start = time.perf_counter()
    firm = build_scaled_firm(factor)
    firm_seconds = time.perf_counter() - start
    private_key, public_key = generate_key_pair()
    (folder / "netsuite.pem").write_text(private_key, encoding="utf-8")
    account = NetSuiteTwin(client_id="integration", certificate_id="certificate", public_key=public_key, now=_get_now)
    tenant = WorkdayTwin(client_id="client", client_secret="secret", refresh_token="refresh", now=_get_now)
    twins = {
        "crm": lambda: build_salesforce(
            firm, SalesforceTwin(client=ConnectedApp(id="consumer", secret="secret"), clock=_get_now)
        ),
        "psa": lambda: build_kantata(firm, KantataTwin(token="token", now=_get_now)),
        "hcm": lambda: build_workday(firm, tenant),
        "erp": lambda: build_netsuite(firm, account),
    }
    urls, fill_seconds = dict[str, str](), dict[str, float]()
    async with AsyncExitStack() as stack:
        for role, build in twins.items():
            start = time.perf_counter()
            twin = build()
            fill_seconds[role] = time.perf_counter() - start
            urls[role] = await stack.enter_async_context(serve(twin))
        report = TwinReport(urls=urls, firm_seconds=firm_seconds, fill_seconds=fill_seconds)
        sys.stdout.write(msgspec.json.encode(report).decode() + "\n")
        sys.stdout.flush()
        await asyncio.to_thread(sys.stdin.read)


def _get_now() -> datetime:
    return NOON


if __name__ == "__main__":
    asyncio.run(serve_scaled_firm(int(sys.argv[1]), Path(sys.argv[2])))

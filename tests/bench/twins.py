"""The twins of the four vendors over the scaled firm, in a process of their own: `python -m tests.bench.twins FACTOR FOLDER`.

The first line of output is JSON: where each system is, and how long the twins took to fill. NetSuite's private key goes into the folder. Serves until the
input ends.
"""

import asyncio
import sys
import time
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from subgraphs.crm.salesforce.twin import Client
from subgraphs.crm.salesforce.twin import TwinSettings as SalesforceTwin
from subgraphs.crm.salesforce.twin import build_twin as build_salesforce
from subgraphs.erp.netsuite.twin.app import build_twin as build_netsuite
from subgraphs.erp.netsuite.twin.settings import TwinSettings as NetSuiteTwin
from subgraphs.erp.netsuite.twin.settings import key_pair
from subgraphs.hcm.workday.twin import TwinSettings as WorkdayTwin
from subgraphs.hcm.workday.twin import build_twin as build_workday
from subgraphs.kit.serving import serving
from subgraphs.psa.kantata.twin import TwinSettings as KantataTwin
from subgraphs.psa.kantata.twin import build_twin as build_kantata
from subgraphs.sandbox.firm.scaled import scaled

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


class TwinReport(msgspec.Struct, frozen=True, kw_only=True):
    """Where the systems are, by role, and what it took to fill them."""

    urls: dict[str, str]
    firm_seconds: float
    fill_seconds: dict[str, float]


async def serve(factor: int, folder: Path) -> None:
    """Fill the twins, tell where they are, and serve them until the input ends."""
    began = time.perf_counter()
    firm = scaled(factor)
    firm_seconds = time.perf_counter() - began
    private_key, public_key = key_pair()
    (folder / "netsuite.pem").write_text(private_key, encoding="utf-8")
    account = NetSuiteTwin(client_id="integration", certificate_id="certificate", public_key=public_key, now=_get_now)
    tenant = WorkdayTwin(client_id="client", client_secret="secret", refresh_token="refresh", now=_get_now)
    twins = {
        "crm": lambda: build_salesforce(
            firm, SalesforceTwin(client=Client(id="consumer", secret="secret"), clock=_get_now)
        ),
        "psa": lambda: build_kantata(firm, KantataTwin(token="token", now=_get_now)),
        "hcm": lambda: build_workday(firm, tenant),
        "erp": lambda: build_netsuite(firm, account),
    }
    urls, fill_seconds = dict[str, str](), dict[str, float]()
    async with AsyncExitStack() as stack:
        for role, build in twins.items():
            began = time.perf_counter()
            twin = build()
            fill_seconds[role] = time.perf_counter() - began
            urls[role] = await stack.enter_async_context(serving(twin))
        told = TwinReport(urls=urls, firm_seconds=firm_seconds, fill_seconds=fill_seconds)
        sys.stdout.write(msgspec.json.encode(told).decode() + "\n")
        sys.stdout.flush()
        await asyncio.to_thread(sys.stdin.read)


def _get_now() -> datetime:
    return NOON


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), Path(sys.argv[2])))

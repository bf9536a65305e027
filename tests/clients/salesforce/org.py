"""The org that the foreign clients are driven against, with the switches that a driver may throw in the middle of its run."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

from subgraphs.crm.salesforce.twin import Client, TwinSettings, build_twin
from subgraphs.kit.serving import serving
from subgraphs.sandbox.firm.small import FIRM
from tests.clients.driving import Serve, Watch

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
_CLIENT = Client(id="consumer", secret="secret")


def org(**settings: Any) -> Serve:
    """Return what serves an org with the small firm, at noon of its present day."""

    @asynccontextmanager
    async def served(watch: Watch) -> AsyncIterator[Mapping[str, Any]]:
        twin = build_twin(FIRM, TwinSettings(client=_CLIENT, clock=lambda: NOON, **settings))
        async with serving(watch(twin)) as address:
            yield {
                "address": address,
                "client_id": _CLIENT.id,
                "client_secret": _CLIENT.secret,
                "switches": _switches(address),
            }

    return served


def _switches(address: str) -> Mapping[str, Any]:
    """Return the requests that throw the twin's fault switches: where to POST, and what."""
    control = f"{address}/__control"
    return {
        "expire": {"url": f"{control}/expire", "json": {}},
        "lock a row": {"url": f"{control}/faults", "json": {"kind": "locked"}},
    }

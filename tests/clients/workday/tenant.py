"""The tenant for the third-party client."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from subgraphs.hcm.workday.twin import TwinSettings, build_twin
from subgraphs.hcm.workday.twin.store import build_wid
from subgraphs.kit.twin.server import serve
from subgraphs.sandbox.firm.small import FIRM
from tests.clients.client_runs import AppWrapper

_TENANT = TwinSettings(client_id="client", client_secret="secret", refresh_token="refresh")


@asynccontextmanager
async def serve_tenant(wrap: AppWrapper) -> AsyncIterator[Mapping[str, Any]]:
    """Serve a tenant with the small firm."""
    async with serve(wrap(build_twin(FIRM, _TENANT))) as address:
        yield {
            "login": f"{address}/ccx/oauth2/{_TENANT.tenant}/token",
            "reports": f"{address}/ccx/service/customreport2/{_TENANT.tenant}/{_TENANT.owner}",
            "client_id": _TENANT.client_id,
            "client_secret": _TENANT.client_secret,
            "refresh_token": _TENANT.refresh_token,
            "workers": [build_wid("worker", worker.number) for worker in FIRM.workers],
        }

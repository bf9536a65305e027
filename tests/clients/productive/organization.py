"""The organization for the third-party client."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from subgraphs.kit.twin.server import serve
from subgraphs.psa.productive.twin import TwinSettings, build_twin
from subgraphs.sandbox.firm.small import FIRM
from tests.clients.client_runs import AppWrapper

_ORGANIZATION = TwinSettings(token="token")


@asynccontextmanager
async def serve_organization(watch: AppWrapper) -> AsyncIterator[Mapping[str, Any]]:
    """Serve an organization with the small firm."""
    async with serve(watch(build_twin(FIRM, _ORGANIZATION))) as address:
        yield {"address": address, "organization": _ORGANIZATION.organization, "token": _ORGANIZATION.token}

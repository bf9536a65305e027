"""Serves a Workday tenant with the small firm in it, for the tests that run over every adapter."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

from gateway.canonical.records.hcm import HcmWorker
from gateway.canonical.roles import DataRegion, SystemRole
from gateway.errors import ConfigurationError
from gateway.net.upstream import opener
from gateway.ports.connection import Connection
from subgraphs.hcm.workday.twin import TwinSettings, build_twin
from subgraphs.hcm.workday.twin.store import wid
from subgraphs.kit.conformance import NOWHERE, Misnamed, Refusal, Running, mapping_of
from subgraphs.kit.serving import serving
from subgraphs.sandbox.firm.small import FIRM

_NAME = "workday-main"
_NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
_TENANT = TwinSettings(client_id="client", client_secret="secret", refresh_token="refresh", now=lambda: _NOON)  # noqa: S106 -- of a twin on loopback
_LIMITED = Refusal(status=429, body=b'{"error":"too many requests","errors":[]}')


def unreached(_role: SystemRole) -> Connection:
    """Return a connection to no tenant."""
    return _connection_to(NOWHERE, mapping_of("workday"))


@asynccontextmanager
async def system(role: SystemRole) -> AsyncIterator[Running]:
    """Serve a tenant with the small firm; Workday plays no other role than HCM."""
    if role is not SystemRole.HCM:
        raise ConfigurationError([f"Workday does not play {role}"])
    mapping = mapping_of("workday")
    wrong = {**mapping, "workers": {**mapping["workers"], "practice": "cf_practise"}}
    async with serving(build_twin(FIRM, _TENANT)) as base_url:
        yield Running(
            connection=_connection_to(base_url, mapping),
            ids={HcmWorker: tuple(wid("worker", worker.number) for worker in FIRM.workers)},
            references={HcmWorker: ("W-1004", wid("worker", "W-1004"))},
            misnamed=Misnamed(mapping=wrong, name="cf_practise"),
            limited=_LIMITED,
            unknown_id=lambda number: wid("worker", f"nobody {number}"),
            token_path=f"/ccx/oauth2/{_TENANT.tenant}/token",
            control=f"{base_url}/__control",
        )


def _connection_to(base_url: str, mapping: Mapping[str, Any]) -> Connection:
    return Connection(
        name=_NAME,
        role=SystemRole.HCM,
        vendor="workday",
        base_url=base_url,
        region=DataRegion.US,
        options={"tenant": _TENANT.tenant},
        mapping=mapping,
        secrets={
            "client_id": lambda: _TENANT.client_id,
            "client_secret": lambda: _TENANT.client_secret,
            "refresh_token": lambda: _TENANT.refresh_token,
        },
        open_upstream=opener(_NAME, base_url, ()),
    )

"""Starts the twin with the small firm, for the contract tests of all adapters."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from gateway.canonical.records.hcm import HcmWorker
from gateway.canonical.roles import SystemRole
from gateway.errors import ConfigurationError
from gateway.ports.connection import Connection
from subgraphs.hcm.workday.twin import TwinSettings, build_twin
from subgraphs.hcm.workday.twin.store import build_wid
from subgraphs.kit.conformance import (
    UNREACHABLE_URL,
    ErrorAnswer,
    InvalidMapping,
    RunningSystem,
    build_twin_connection,
    read_sandbox_mapping,
)
from subgraphs.kit.twin.server import serve
from subgraphs.sandbox.firm.small import FIRM

_NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
_TENANT = TwinSettings(client_id="client", client_secret="secret", refresh_token="refresh", now=lambda: _NOON)  # noqa: S106 -- of a twin on loopback
_LIMITED = ErrorAnswer(status=429, body=b'{"error":"too many requests","errors":[]}')


def build_unreachable(_role: SystemRole) -> Connection:
    """Return a connection to an address where no tenant answers."""
    return _build_connection(UNREACHABLE_URL, read_sandbox_mapping("workday"))


@asynccontextmanager
async def run_system(role: SystemRole) -> AsyncIterator[RunningSystem]:
    """Serve a tenant with the small firm; raise ConfigurationError for a role other than HCM."""
    if role is not SystemRole.HCM:
        raise ConfigurationError([f"Workday does not support the role {role}"])
    mapping = read_sandbox_mapping("workday")
    wrong = {**mapping, "workers": {**mapping["workers"], "practice": "cf_practise"}}
    async with serve(build_twin(FIRM, _TENANT)) as base_url:
        yield RunningSystem(
            connection=_build_connection(base_url, mapping),
            ids={HcmWorker: tuple(build_wid("worker", worker.number) for worker in FIRM.workers)},
            references={HcmWorker: ("W-1004", build_wid("worker", "W-1004"))},
            invalid_mapping=InvalidMapping(mapping=wrong, name="cf_practise"),
            rate_limit=_LIMITED,
            build_unknown_id=lambda number: build_wid("worker", f"unknown {number}"),
            token_path=f"/ccx/oauth2/{_TENANT.tenant}/token",
            control=f"{base_url}/__control",
        )


def _build_connection(base_url: str, mapping: Mapping[str, object]) -> Connection:
    secrets = {
        "client_id": _TENANT.client_id,
        "client_secret": _TENANT.client_secret,
        "refresh_token": _TENANT.refresh_token,
    }
    return build_twin_connection(base_url, SystemRole.HCM, "workday", mapping, secrets, {"tenant": _TENANT.tenant})

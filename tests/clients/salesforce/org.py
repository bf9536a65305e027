"""The org for the third-party clients, with faults that a driver can inject during its run."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from typing import Any

from joserfc.jwk import RSAKey

from subgraphs.crm.salesforce.twin import ConnectedApp, TwinSettings, build_twin
from subgraphs.kit.conformance import RunningSystem
from subgraphs.kit.twin.server import serve
from subgraphs.sandbox.firm.small import FIRM
from tests.clients.client_runs import AppWrapper, StartSystem

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
USERNAME = "robot@meridian.example"


@cache
def get_key() -> RSAKey:
    """Return the key pair of the connected app's certificate, one per process."""
    return RSAKey.generate_key(2048)


def build_connected_app() -> ConnectedApp:
    """Return a connected app for login by secret or by assertion."""
    return ConnectedApp(
        id="consumer", secret="secret", public_key=get_key().as_pem(private=False).decode(), username=USERNAME
    )


def build_org_server(**settings: Any) -> StartSystem:
    """Return a context manager that serves an org with the small firm, at noon of its current date."""

    @asynccontextmanager
    async def serve_org(wrap: AppWrapper) -> AsyncIterator[Mapping[str, Any]]:
        client = build_connected_app()
        twin = build_twin(FIRM, TwinSettings(client=client, clock=lambda: NOON, **settings))
        async with serve(wrap(twin)) as address:
            yield {
                "address": address,
                "client_id": client.id,
                "client_secret": client.secret,
                "private_key": get_key().as_pem(private=True).decode(),
                "username": client.username,
                "switches": _build_switches(address),
            }

    return serve_org


def _build_switches(address: str) -> Mapping[str, Any]:
    """Return the requests that inject the twin's faults: URL and JSON body."""
    control = f"{address}/__control"
    return {
        "expire": {"url": control, "json": {"kind": "token-expired"}},
        "lock a row": {"url": control, "json": {"kind": "row-locked"}},
    }


@asynccontextmanager
async def serve_with_assertion(running: RunningSystem) -> AsyncIterator[RunningSystem]:
    """Serve a copy of an org with login by assertion and query batches of three rows."""
    client = build_connected_app()
    twin = build_twin(FIRM, TwinSettings(client=client, clock=lambda: NOON, batch=3))
    async with serve(twin) as address:
        connection = replace(
            running.connection,
            base_url=address,
            options={"grant": "jwt_bearer", "username": client.username},
            secrets={"client_id": lambda: client.id, "private_key": lambda: get_key().as_pem(private=True).decode()},
        )
        yield replace(running, connection=connection)

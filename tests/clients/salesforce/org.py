"""The org that the foreign clients are driven against, with the switches that a driver may throw in the middle of its run."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from typing import Any

from joserfc.jwk import RSAKey

from subgraphs.crm.salesforce.twin import Client, TwinSettings, build_twin
from subgraphs.kit.conformance import Running
from subgraphs.kit.serving import serving
from subgraphs.sandbox.firm.small import FIRM
from tests.clients.driving import Serve, Watch

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
USERNAME = "robot@meridian.example"


@cache
def key() -> RSAKey:
    """Return the key pair of the connected app's certificate, one a process."""
    return RSAKey.generate_key(2048)


def connected_app() -> Client:
    """Return the app that logs in by secret or by assertion."""
    return Client(id="consumer", secret="secret", public_key=key().as_pem(private=False).decode(), username=USERNAME)


def org(**settings: Any) -> Serve:
    """Return what serves an org with the small firm, at noon of its present day."""

    @asynccontextmanager
    async def served(watch: Watch) -> AsyncIterator[Mapping[str, Any]]:
        client = connected_app()
        twin = build_twin(FIRM, TwinSettings(client=client, clock=lambda: NOON, **settings))
        async with serving(watch(twin)) as address:
            yield {
                "address": address,
                "client_id": client.id,
                "client_secret": client.secret,
                "private_key": key().as_pem(private=True).decode(),
                "username": client.username,
                "switches": _switches(address),
            }

    return served


def _switches(address: str) -> Mapping[str, Any]:
    """Return the requests that throw the twin's fault switches: where to POST, and what."""
    control = f"{address}/__control"
    return {
        "expire": {"url": control, "json": {"kind": "token-expired"}},
        "lock a row": {"url": control, "json": {"kind": "row-locked"}},
    }


@asynccontextmanager
async def by_assertion(running: Running) -> AsyncIterator[Running]:
    """Serve an org like a running one, to which the adapter logs in by assertion, and whose queries come in batches of three."""
    client = connected_app()
    twin = build_twin(FIRM, TwinSettings(client=client, clock=lambda: NOON, batch=3))
    async with serving(twin) as address:
        connection = replace(
            running.connection,
            base_url=address,
            options={"grant": "jwt_bearer", "username": client.username},
            secrets={"client_id": lambda: client.id, "private_key": lambda: key().as_pem(private=True).decode()},
        )
        yield replace(running, connection=connection)

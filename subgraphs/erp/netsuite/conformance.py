"""Starts the twin with the small firm behind it, for tests that run over every adapter and for the sandbox."""

import asyncio
import socket
import tomllib
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

import uvicorn
from starlette.applications import Starlette

from gateway.canonical.records.erp import (
    ErpContract,
    ErpCustomer,
    ErpEmployee,
    ErpExpense,
    ErpInvoice,
    ErpJob,
    ErpLegalEntity,
    ErpPayment,
    ErpRecord,
    ErpTimePosting,
)
from gateway.canonical.roles import DataRegion, SystemRole
from gateway.errors import ConfigurationError
from gateway.net.upstream import opener
from gateway.ports.connection import Connection
from subgraphs.erp.netsuite.twin.app import CONTROL, build_twin
from subgraphs.erp.netsuite.twin.settings import TwinSettings, key_pair
from subgraphs.sandbox.firm.small import FIRM


class _Server(uvicorn.Server):
    """A server that tells when it listens and stops when it is told, not at its next tick."""

    def __init__(self, app: Starlette) -> None:
        super().__init__(uvicorn.Config(app, log_level="warning", lifespan="off"))
        self.listening = asyncio.Event()
        self.stopped = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then tell."""
        await super().startup(sockets)
        self.listening.set()

    async def main_loop(self) -> None:
        """Serve until stopped."""
        await self.stopped.wait()


@asynccontextmanager
async def serving(app: Starlette) -> AsyncIterator[str]:
    """Serve an application on a free port of loopback; yield its base URL."""
    # Named so, the protocol is known to asyncio, which then turns Nagle's algorithm off: 40 ms a call.
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listener:
        listener.bind(("127.0.0.1", 0))
        server = _Server(app)
        task = asyncio.create_task(server.serve(sockets=[listener]))
        await server.listening.wait()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.stopped.set()
            await task


def sandbox_mapping() -> Mapping[str, Any]:
    """Return the mapping file of the sandbox's account."""
    text = (files("subgraphs.sandbox") / "mappings" / "netsuite.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def connection_to(
    base_url: str,
    *,
    client_id: str,
    certificate_id: str,
    private_key: str,
    mapping: Mapping[str, Any],
    time_zone: str,
    **options: Any,
) -> Connection:
    """Describe a connection to an account on loopback."""
    name = "netsuite-main"
    return Connection(
        name=name,
        role=SystemRole.ERP,
        vendor="netsuite",
        base_url=base_url,
        region=DataRegion.US,
        time_zone=time_zone,
        options={"certificate_id": certificate_id, "algorithm": "ES256", **options},
        mapping=mapping,
        secrets={"client_id": lambda: client_id, "private_key": lambda: private_key},
        open_upstream=opener(name, base_url, ()),
    )


@dataclass(frozen=True, kw_only=True)
class Running:
    """A system that is up, with the small firm in it.

    `ids` holds, per record class that is read by id, all ids of the firm; `references` one reference and the id that it leads to. `control` is the
    address of the fault switches.
    """

    connection: Connection
    control: str
    ids: Mapping[type[ErpRecord], tuple[str, ...]]
    references: Mapping[type[ErpRecord], tuple[str, str]]


@asynccontextmanager
async def system(role: SystemRole) -> AsyncIterator[Running]:
    """Serve an account with the small firm; NetSuite plays no other role than ERP."""
    if role is not SystemRole.ERP:
        raise ConfigurationError([f"NetSuite does not play {role}"])
    private, public = key_pair()
    client, certificate = "sandbox-client", "sandbox-certificate"
    settings = TwinSettings(client_id=client, certificate_id=certificate, public_key=public)
    async with serving(build_twin(FIRM, settings)) as base_url:
        connection = connection_to(
            base_url,
            client_id=client,
            certificate_id=certificate,
            private_key=private,
            mapping=sandbox_mapping(),
            time_zone=settings.time_zone,
        )
        yield Running(connection=connection, control=base_url + CONTROL, ids=_IDS, references=_REFERENCES)


def _span(first: int, last: int) -> tuple[str, ...]:
    return tuple(str(id_) for id_ in range(first, last + 1))


_IDS: Mapping[type[ErpRecord], tuple[str, ...]] = {
    ErpLegalEntity: _span(1, 3),
    ErpCustomer: _span(101, 108),
    ErpEmployee: _span(109, 116),
    ErpJob: _span(117, 125),
    ErpContract: _span(401, 409),
    ErpInvoice: ("1001", "1003", "1004", "1005", "1007", "1008", "1010", "1012", "1014"),
    ErpPayment: ("1002", "1006", "1009", "1011", "1013"),
    ErpExpense: ("90032", "90034", "90036"),
}
_REFERENCES: Mapping[type[ErpRecord], tuple[str, str]] = {
    ErpLegalEntity: ("UK01", "2"),
    ErpCustomer: ("C-2005", "105"),
    ErpEmployee: ("W-1004", "112"),
    ErpJob: ("PRJ-1007", "123"),
    ErpContract: ("CT-4007", "406"),
    ErpInvoice: ("INV-NL-0002", "1008"),
    ErpTimePosting: ("PSA-T-70001", "5001"),
}

"""Calls every method of an adapter's port, and tells which were called and what arrived at the twin for it."""

import inspect
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from gateway.canonical.roles import SystemRole
from gateway.ports.crm import CrmPort
from gateway.ports.erp import ErpPort, RateKey
from gateway.ports.hcm import HcmPort
from gateway.ports.psa import PsaPort
from subgraphs.kit.conformance import Running
from tests.clients.arrivals import Arrival, record_calls
from tests.clients.driving import Watch
from tests.clients.kantata.events import by_events
from tests.clients.salesforce.org import serve_with_assertion
from tests.contract.broken import watched
from tests.contract.reads import BY_ID
from tests.contract.systems import Played, Subject, connected, started

PORTS: Final[Mapping[SystemRole, type]] = {
    SystemRole.CRM: CrmPort,
    SystemRole.PSA: PsaPort,
    SystemRole.HCM: HcmPort,
    SystemRole.ERP: ErpPort,
}


EXTRA_SETUPS: Final = {"salesforce": (serve_with_assertion,), "kantata": (by_events,)}
"""Per vendor how else its system is reached: another login, other sizes, another feed."""
_UNKNOWN_IDS: Final = 120


@dataclass(frozen=True)
class RecordingPort:
    """A port, and the names of its methods that were taken."""

    port: Any
    called: set[str] = field(default_factory=set)

    def __getattr__(self, name: str) -> Any:
        value = getattr(self.port, name)
        if callable(value):
            self.called.add(name)
        return value


def list_port_methods(role: SystemRole) -> set[str]:
    """Return the names of the methods that a role's port has."""
    found = inspect.getmembers(PORTS[role], inspect.isfunction)
    return {name for name, _ in found if not name.startswith("_")}


@dataclass(frozen=True)
class PortRun:
    """The methods of a port that were called, and the calls that arrived for them."""

    methods: set[str]
    calls: tuple[Arrival, ...]


async def exercise_port(played: Played, watch: Watch | None = None) -> PortRun:
    """Start a vendor's twin and call every method of the port over it; where the vendor is reached in other ways too, in these as well."""
    seen: list[Arrival] = []
    methods: set[str] = set()
    ways = EXTRA_SETUPS.get(played.manifest.vendor, ())
    async with started(played) as subject:
        for way in (_keep_running, *ways):
            async with (
                way(subject.running) as running,
                watched(running, lambda app: record_calls(seen)(watch(app) if watch else app)) as connection,
                connected(played.manifest, connection) as port,
            ):
                noted = RecordingPort(port)
                await _call_every_method(Subject(played.manifest, played.role, running, noted))
            methods |= noted.called
    return PortRun({*methods, "aclose"}, tuple(seen))


@asynccontextmanager
async def _keep_running(running: Running) -> AsyncIterator[Running]:
    yield running


async def _call_every_method(subject: Subject) -> None:
    port = subject.port
    found = await subject.everything()
    for record in BY_ID[subject.role]:
        ids = [row.native.id for row in found.get(record, ())]
        unknown = [subject.running.unknown_id(number) for number in range(_UNKNOWN_IDS)]
        await subject.by_id(record, [*ids, *unknown])
    for kind in port.feeds:
        pages = [page async for page in port.changed_since(kind, None)]
        # Followed further, a feed asks for deletions too where the vendor tells them.
        assert [page async for page in port.changed_since(kind, pages[-1].watermark)]
    for kind, (reference, _) in subject.running.references.items():
        assert await port.find_by_reference(kind, reference)
    assert await port.check()
    if subject.role is SystemRole.ERP:
        await port.exchange_rates([RateKey("EUR", "USD", date(2026, 8, 31))])

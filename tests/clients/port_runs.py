"""Calls every method of an adapter's port; returns the methods called and the calls that the twin received."""

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
from subgraphs.kit.conformance import RunningSystem
from tests.clients.client_runs import AppWrapper
from tests.clients.kantata.events import use_events
from tests.clients.recorded_calls import RecordedCall, record_calls
from tests.clients.salesforce.org import serve_with_assertion
from tests.contract.proxies import forward_calls
from tests.contract.reads import BY_ID
from tests.contract.systems import SystemUnderTest, VendorRole, open_port, start_system

PORTS: Final[Mapping[SystemRole, type]] = {
    SystemRole.CRM: CrmPort,
    SystemRole.PSA: PsaPort,
    SystemRole.HCM: HcmPort,
    SystemRole.ERP: ErpPort,
}


EXTRA_SETUPS: Final = {"salesforce": (serve_with_assertion,), "kantata": (use_events,)}
"""Further setups per vendor: another login, other batch sizes, another feed."""
_UNKNOWN_IDS: Final = 120


@dataclass(frozen=True)
class RecordingPort:
    """A port that records the names of the methods that are called."""

    port: Any
    called: set[str] = field(default_factory=set)

    def __getattr__(self, name: str) -> Any:
        value = getattr(self.port, name)
        if callable(value):
            self.called.add(name)
        return value


def list_port_methods(role: SystemRole) -> set[str]:
    """Return the method names of a role's port."""
    members = inspect.getmembers(PORTS[role], inspect.isfunction)
    return {name for name, _ in members if not name.startswith("_")}


@dataclass(frozen=True)
class PortRun:
    """The methods of a port that were called, and the calls that the twin received."""

    methods: set[str]
    calls: tuple[RecordedCall, ...]


async def exercise_port(played: VendorRole, wrap: AppWrapper | None = None) -> PortRun:
    """Start a vendor's twin and call every method of the port, in the standard and the extra setups."""
    calls: list[RecordedCall] = []
    methods: set[str] = set()
    setups = EXTRA_SETUPS.get(played.manifest.vendor, ())
    async with start_system(played) as subject:
        for setup in (_keep_running, *setups):
            async with (
                setup(subject.running) as running,
                forward_calls(running, lambda app: record_calls(calls)(wrap(app) if wrap else app)) as connection,
                open_port(played.manifest, connection) as port,
            ):
                recording_port = RecordingPort(port)
                await _call_every_method(SystemUnderTest(played.manifest, played.role, running, recording_port))
            methods |= recording_port.called
    return PortRun({*methods, "aclose"}, tuple(calls))


@asynccontextmanager
async def _keep_running(running: RunningSystem) -> AsyncIterator[RunningSystem]:
    yield running


async def _call_every_method(subject: SystemUnderTest) -> None:
    port = subject.port
    records = await subject.read_all_records()
    for record in BY_ID[subject.role]:
        ids = [row.native.id for row in records.get(record, ())]
        unknown = [subject.running.build_unknown_id(number) for number in range(_UNKNOWN_IDS)]
        await subject.read_by_id(record, [*ids, *unknown])
    for kind in port.feeds:
        pages = [page async for page in port.list_changes(kind, None)]
        # The second run also reads deletions, if the vendor reports them.
        assert [page async for page in port.list_changes(kind, pages[-1].watermark)]
    for kind, (reference, _) in subject.running.references.items():
        assert await port.find_by_reference(kind, reference)
    assert await port.check()
    if subject.role is SystemRole.ERP:
        await port.get_exchange_rates([RateKey("EUR", "USD", date(2026, 8, 31))])

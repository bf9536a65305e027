"""The composition root: settings in, a running gateway out. Nothing else wires adapters, store, auth and schema together."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from starlette.applications import Starlette

from gateway.auth.issuers import issuer_of
from gateway.auth.tokens import TokenVerifier
from gateway.canonical import states
from gateway.canonical.states import MappingDomain
from gateway.http.app import create_app
from gateway.identity import reference_data
from gateway.identity.index import CardIndex
from gateway.identity.reference_data import ReferenceData
from gateway.identity.sync import CardSync
from gateway.loaders.catalogue import LOADERS
from gateway.net.documents import fetch_document
from gateway.ports.base import SystemPort
from gateway.ports.discovery import connect_all, mapping_of
from gateway.schema.build import build
from gateway.schema.engine import Engine, Parts, Site
from gateway.schema.system import ConnectionEnvironment
from gateway.settings import Settings
from gateway.store.engine import Store

VOCABULARY: Mapping[MappingDomain, frozenset[str]] = {
    MappingDomain.CUSTOMER_STATUS: frozenset(states.CustomerStatus),
    MappingDomain.OPPORTUNITY_STAGE: frozenset(states.OpportunityStage),
    MappingDomain.CONTRACT_TYPE: frozenset(states.ContractType),
    MappingDomain.CONTRACT_STATUS: frozenset(states.ContractStatus),
    MappingDomain.PROJECT_TYPE: frozenset(states.ProjectType),
    MappingDomain.PROJECT_STATUS: frozenset(states.ProjectStatus),
    MappingDomain.TASK_STATUS: frozenset(states.TaskStatus),
    MappingDomain.DEMAND_STATUS: frozenset(states.DemandStatus),
    MappingDomain.BOOKING_STATUS: frozenset(states.BookingStatus),
    MappingDomain.RESOURCE_TYPE: frozenset(states.ResourceType),
    MappingDomain.EMPLOYMENT_STATUS: frozenset(states.EmploymentStatus),
    MappingDomain.SKILL_LEVEL: frozenset(states.SkillLevel),
    MappingDomain.APPROVAL_STATE: frozenset(states.ApprovalState),
    MappingDomain.BILLING_STATE: frozenset(states.BillingState),
    MappingDomain.INVOICE_KIND: frozenset(states.InvoiceKind),
    MappingDomain.INVOICE_STATUS: frozenset(states.InvoiceStatus),
    MappingDomain.INVOICE_LINE_KIND: frozenset(states.InvoiceLineKind),
    MappingDomain.TAX_TREATMENT: frozenset(states.TaxTreatment),
    MappingDomain.TAX_TYPE: frozenset(states.TaxType),
    MappingDomain.DIMENSION_KIND: frozenset(states.DimensionKind),
}
"""Domains whose words are fixed; the others take a system's own code as the firm's."""


@dataclass(frozen=True, kw_only=True)
class Gateway:
    """A gateway with everything open."""

    settings: Settings
    store: Store
    ports: Mapping[str, SystemPort]
    sync: CardSync
    reference_data: ReferenceData
    engine: Engine

    async def ready(self) -> bool:
        """Tell whether the store answers; a vendor being down is no reason not to serve."""
        try:
            async with asyncio.timeout(2), self.store.reading():
                return True
        except Exception:  # noqa: BLE001 -- whatever it is, the store does not answer
            return False


@asynccontextmanager
async def open_gateway(
    settings: Settings, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
) -> AsyncIterator[Gateway]:
    """Open the store and every connection; raises ConfigurationError for settings that cannot work."""
    ports = connect_all(settings)
    store = Store(settings.store.url)
    try:
        await store.upgrade()
        yield await _assembled(settings, store, ports, clock)
    finally:
        for port in ports.values():
            with contextlib.suppress(OSError):
                await port.aclose()
        await store.aclose()


async def _assembled(
    settings: Settings, store: Store, ports: Mapping[str, SystemPort], clock: Callable[[], datetime]
) -> Gateway:
    tenant = settings.graph.tenant
    for connection in settings.connections:
        codes = mapping_of(connection, settings.home).get("codes", {})
        await reference_data.seed(store, tenant, connection.name, codes)
    codes_now = await reference_data.load(store, tenant, VOCABULARY)
    seal_key = await store.seal_key()
    sync = CardSync(store, tenant, ports, codes_now, seal_key)
    parts = Parts(
        graph=build(LOADERS),
        ports=ports,
        sites={
            connection.name: Site(region=connection.region, environment=ConnectionEnvironment(connection.environment))
            for connection in settings.connections
        },
        index=CardIndex(store, tenant),
        sync=sync,
        reference_data=codes_now,
        seal_key=seal_key,
        tenant=tenant,
        group_currency=settings.graph.group_currency,
        deadline_seconds=settings.graph.deadline_seconds,
        explore_open=settings.graph.explore == "open",
        clock=clock,
    )
    return Gateway(
        settings=settings, store=store, ports=ports, sync=sync, reference_data=codes_now, engine=Engine(parts)
    )


def application(gateway: Gateway) -> Starlette:
    """Build the web application of an open gateway; while it runs, it follows the change feeds."""
    verifier = TokenVerifier([issuer_of(each) for each in gateway.settings.issuers], fetch_document)
    interval = gateway.settings.sync.interval_seconds

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        task = asyncio.create_task(gateway.sync.keep(interval)) if interval > 0 else None
        try:
            yield
        finally:
            if task is not None:
                task.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await task

    return create_app(gateway.engine, verifier, ready=gateway.ready, lifespan=lifespan)

"""The composition root: the only module that wires adapters, store, auth and schema into a running gateway."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache

from starlette.applications import Starlette

from gateway.auth.issuers import build_issuer
from gateway.auth.scopes import EXPLORE
from gateway.auth.tokens import TokenVerifier
from gateway.canonical import states
from gateway.canonical.states import MappingDomain
from gateway.console.bundle import find_bundle
from gateway.console.graphiql import GraphiqlPage
from gateway.console.page import SignIn
from gateway.http.app import create_app
from gateway.identity import reference_data
from gateway.identity.index import CardIndex
from gateway.identity.lease import SyncLease
from gateway.identity.reference_data import CodeMappings
from gateway.identity.sync import CardSync
from gateway.loaders.catalogue import LOADERS
from gateway.net.documents import fetch_document
from gateway.observability.health_monitor import HealthMonitor
from gateway.observability.health_state import HealthPolicy
from gateway.ports.base import SystemPort
from gateway.ports.discovery import connect_all, load_mapping
from gateway.resilience.caller_budget import Usage
from gateway.schema.build import Graph, build_graph
from gateway.schema.connection_info import ConnectionInfo
from gateway.schema.engine import Engine, GatewayServices
from gateway.schema.system import ConnectionEnvironment
from gateway.settings import Settings
from gateway.store.database import Store
from gateway.store.owner import describe_process, own_file

CANONICAL_VALUES: Mapping[MappingDomain, frozenset[str]] = {
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
"""Domains with a fixed set of canonical values; in other domains a vendor's code is the canonical code."""


@dataclass(frozen=True, kw_only=True)
class Gateway:
    """An open gateway: its store and every connection are open."""

    settings: Settings
    store: Store
    ports: Mapping[str, SystemPort]
    sync: CardSync
    reference_data: CodeMappings
    engine: Engine

    async def is_ready(self) -> bool:
        """Return whether the store responds and can be written; an unavailable vendor does not make it unready."""
        try:
            async with asyncio.timeout(2):
                return await self.store.is_ready()
        except Exception:  # noqa: BLE001 -- any failure means that the store does not respond
            return False


@cache
def get_graph() -> Graph:
    """Return the graph, built once per process: it depends on the code only."""
    return build_graph(LOADERS)


@asynccontextmanager
async def open_gateway(
    settings: Settings, clock: Callable[[], datetime] = lambda: datetime.now(UTC), address: str | None = None
) -> AsyncIterator[Gateway]:
    """Open the store and every connection; raise ConfigurationError for settings that cannot work.

    A store on SQLite belongs to this process alone; `address` is the socket at which the process takes commands.
    """
    # A system that is synchronised rarely must not become UNKNOWN between two rounds.
    policy = HealthPolicy(stale_after=max(HealthPolicy.stale_after, 3 * settings.sync.interval_seconds))
    health = HealthMonitor((connection.name for connection in settings.connections), policy)
    ports = connect_all(settings, health.observe)
    store = Store(settings.store.url)
    try:
        with own_file(store.file, address):
            await store.upgrade()
            yield await _assemble_gateway(settings, store, ports, health, clock)
    finally:
        for port in ports.values():
            with contextlib.suppress(OSError):
                await port.aclose()
        await store.aclose()


async def _assemble_gateway(
    settings: Settings,
    store: Store,
    ports: Mapping[str, SystemPort],
    health: HealthMonitor,
    clock: Callable[[], datetime],
) -> Gateway:
    tenant = settings.graph.tenant
    for connection in settings.connections:
        codes = load_mapping(connection, settings.home).get("codes", {})
        await reference_data.store_file_mappings(store, tenant, connection.name, codes)
    code_mappings = await reference_data.load_reference_data(store, tenant, CANONICAL_VALUES)
    seal_key = await store.load_seal_key()
    lease = SyncLease(store, tenant, describe_process(), settings.sync.lease_seconds)
    sync = CardSync(store, tenant, ports, code_mappings, seal_key, health.observe, lease)
    services = GatewayServices(
        graph=get_graph(),
        ports=ports,
        connection_info={
            connection.name: ConnectionInfo(
                region=connection.region, environment=ConnectionEnvironment(connection.environment)
            )
            for connection in settings.connections
        },
        index=CardIndex(store, tenant),
        sync=sync,
        health=health,
        reference_data=code_mappings,
        seal_key=seal_key,
        tenant=tenant,
        group_currency=settings.graph.group_currency,
        deadline_seconds=settings.graph.deadline_seconds,
        introspection_open=settings.graph.introspection == "open",
        clock=clock,
    )
    return Gateway(
        settings=settings, store=store, ports=ports, sync=sync, reference_data=code_mappings, engine=Engine(services)
    )


def create_application(gateway: Gateway) -> Starlette:
    """Build the web application of an open gateway; while it runs, it polls the change feeds."""
    verifier = TokenVerifier([build_issuer(each) for each in gateway.settings.issuers], fetch_document)
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

    page, budget = create_graphiql_page(gateway.settings), gateway.settings.budget
    return create_app(
        gateway.engine,
        verifier,
        ready=gateway.is_ready,
        allowance=Usage(budget.requests_per_minute, budget.cost_per_minute, budget.cpu_seconds_per_minute),
        deadline_seconds=gateway.settings.graph.deadline_seconds,
        origins=gateway.settings.serve.origins,
        serves_get_queries=gateway.settings.serve.get_queries,
        lifespan=lifespan,
        page=page,
        routes=() if page is None else page.routes,
    )


def create_graphiql_page(settings: Settings) -> GraphiqlPage | None:
    """Build the page that a browser gets at the endpoint; None if the settings disable it."""
    if not settings.console.enabled:
        return None
    issuer, console = settings.sign_in_issuer, settings.console
    sign_in = None
    if issuer is not None:
        sign_in = SignIn(
            issuer=issuer.issuer,
            client_id=console.client_id,
            resource=issuer.audience,
            scopes=console.scopes,
            explore_scope=EXPLORE if settings.graph.introspection == "scoped" else None,
        )
    return GraphiqlPage(find_bundle(), sign_in)

"""The graph engine: it builds the request state for a principal and executes documents with it."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import blake2b
from typing import Any
from uuid import UUID

import msgspec
from graphql import DocumentNode, GraphQLError

from gateway.auth.principal import Principal
from gateway.auth.scopes import EXPLORE
from gateway.auth.user_roles import RowAccess
from gateway.canonical.entity_days import EntityDays
from gateway.canonical.records.card import Card
from gateway.canonical.roles import Noun, SystemRole
from gateway.errors import BadInputError, GatewayOverloadedError, StoreUnavailableError
from gateway.execution.event_stream import create_event_stream
from gateway.execution.global_ids import IdCodec
from gateway.execution.projection import ProjectionCache
from gateway.execution.request import Caller, RequestState
from gateway.execution.response import GraphQLResponse, execute_document
from gateway.identity.feed_health import FeedHealth
from gateway.identity.index import CardIndex
from gateway.identity.reference_data import CodeMappings
from gateway.identity.rows import RowFilter
from gateway.identity.sync import CardSync
from gateway.loaders.catalogue import LOADERS
from gateway.loaders.runtime import LoaderRuntime
from gateway.loaders.sources import Sources
from gateway.net.call_counter import count_calls
from gateway.observability.health_monitor import HealthMonitor
from gateway.ports.base import SystemPort
from gateway.ports.projection import ALL_ATTRIBUTES, NeededAttributes
from gateway.resilience.deadline import apply_deadline, compute_remaining
from gateway.schema.build import Graph
from gateway.schema.connection_info import ConnectionInfo, SystemData, build_system
from gateway.schema.validation import validate_document


@dataclass(frozen=True, kw_only=True)
class GatewayServices:
    """The services that the engine uses, opened once per process."""

    graph: Graph
    ports: Mapping[str, SystemPort]
    connection_info: Mapping[str, ConnectionInfo]
    index: CardIndex
    sync: CardSync
    health: HealthMonitor
    reference_data: CodeMappings
    seal_key: bytes
    tenant: str
    group_currency: str
    deadline_seconds: float
    introspection_open: bool = False
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)


class Engine:
    """The graph engine of one process."""

    def __init__(self, services: GatewayServices) -> None:
        self._services = services
        self._ids = IdCodec(services.seal_key)
        self._projections = ProjectionCache(services.graph.registry)
        self._abandoned_builds = set[asyncio.Task[RequestState]]()

    def validate(self, document: DocumentNode, principal: Principal) -> list[GraphQLError]:
        """Return the validation errors of a document. Introspection requires the scope `graphql:explore`."""
        may_introspect = self._services.introspection_open or EXPLORE in principal.scopes
        return validate_document(self._services.graph.schema, document, may_introspect=may_introspect)

    async def execute(
        self,
        document: DocumentNode,
        variables: Mapping[str, Any] | None,
        operation_name: str | None,
        principal: Principal,
        correlation_id: str,
    ) -> GraphQLResponse:
        """Execute a valid query or mutation within the deadline; `calls` of the response counts the upstream calls."""
        return await self._execute(document, variables, operation_name, principal, correlation_id)

    async def subscribe(
        self,
        document: DocumentNode,
        variables: Mapping[str, Any] | None,
        operation_name: str | None,
        principal: Principal,
        correlation_id: str,
    ) -> AsyncGenerator[GraphQLResponse, None]:
        """Execute a valid subscription: yield one response per event, or a single one if it is rejected.

        Each event has a request state and a deadline of its own.
        """
        deadline = asyncio.get_running_loop().time() + self._services.deadline_seconds
        with apply_deadline(deadline):
            request = await self._build_request_in_time(principal, correlation_id, deadline, ALL_ATTRIBUTES)
        events = await create_event_stream(self._services.graph.schema, document, request, variables, operation_name)
        if isinstance(events, GraphQLResponse):
            yield events
            return
        async with aclosing(events):
            async for event in events:
                yield await self._execute(document, variables, operation_name, principal, correlation_id, event)

    async def _execute(
        self,
        document: DocumentNode,
        variables: Mapping[str, Any] | None,
        operation_name: str | None,
        principal: Principal,
        correlation_id: str,
        event: Any = None,
    ) -> GraphQLResponse:
        now = asyncio.get_running_loop().time()
        deadline = now + compute_remaining(now, self._services.deadline_seconds)
        with count_calls(correlation_id) as calls, apply_deadline(deadline):
            request = await self._build_request_in_time(
                principal, correlation_id, deadline, self._projections.get_projection(document)
            )
            result = await execute_document(
                self._services.graph.schema, document, request, variables, operation_name, event
            )
        if isinstance(request.record_loader, LoaderRuntime) and request.record_loader.is_gateway_overloaded:
            raise GatewayOverloadedError
        result.calls.update(calls)
        return result

    async def _build_request_in_time(
        self, principal: Principal, correlation_id: str, deadline: float, wanted: NeededAttributes
    ) -> RequestState:
        """Build the request state. Raise StoreUnavailableError at the deadline: access rights are in the store."""
        building = asyncio.create_task(self.build_request(principal, correlation_id, deadline, wanted))
        try:
            await asyncio.wait({building}, timeout=deadline - asyncio.get_running_loop().time())
            if building.done():
                return building.result()
            raise StoreUnavailableError("no answer in time")
        finally:
            if not building.done():
                # A database driver may take seconds to cancel a query; the caller does not wait for it.
                building.cancel()
                self._abandoned_builds.add(building)
                building.add_done_callback(self._discard_build)

    def _discard_build(self, build: "asyncio.Task[RequestState]") -> None:
        self._abandoned_builds.discard(build)
        if not build.cancelled():
            build.exception()  # retrieved, so that asyncio does not log it: the caller has got an error already

    async def build_request(
        self,
        principal: Principal,
        correlation_id: str,
        deadline: float | None = None,
        wanted: NeededAttributes = ALL_ATTRIBUTES,
    ) -> RequestState:
        """Build the state of one request; `wanted` is the projection of its reads by id."""
        services, now = self._services, self._services.clock()
        rows = await self._build_row_filter(principal)
        # A caller of another tenant sees no system, neither its name nor data without a row rule, such as rates.
        ports = services.ports if principal.tenant == services.tenant else {}
        faults = _CallOnce(lambda: services.sync.load_faults(correlation_id) if ports else _return_no_faults())
        feeds = await services.sync.load_health()
        entities = await services.index.get_all(Noun.LEGAL_ENTITY)
        zones = {card.code: card.time_zone for card in entities.values() if card.code is not None}
        sources = Sources(
            ports=ports,
            index=services.index,
            reference_data=services.reference_data,
            rows=rows,
            days=EntityDays(now, zones),
            group_currency=services.group_currency,
            correlation_id=correlation_id,
            resolve_canonical_id=self._decode_canonical_id,
            resolve_entity_codes=self._build_entity_code_lookup(entities, rows),
            digest_person_code=self.hash_worker_number,
            load_feed_faults=faults,
            unreadable=[each for name in ports if name in feeds for each in feeds[name].unreadable],
            needed_attributes=wanted,
        )
        return RequestState(
            registry=services.graph.registry,
            caller=Caller(
                scopes=principal.scopes,
                can_see=rows.is_visible,
                sees_every_row=rows.is_unrestricted,
                legal_entities=rows.catalogue_entities,
                regions=principal.regions,
                masked=principal.masked,
                principal=principal,
            ),
            record_loader=LoaderRuntime(LOADERS, sources, correlation_id, deadline),
            code_mapping=services.reference_data,
            id_codec=self._ids,
            now=now,
            correlation_id=correlation_id,
            group_currency=services.group_currency,
            lineage={name: port.lineage for name, port in ports.items()},
            entity_zones=zones,
            connections=ConnectionDirectory(services, sources, feeds, now),
        )

    def hash_worker_number(self, number: str) -> str:
        """Return the keyed hash by which the card index stores a worker number."""
        return blake2b(f"number:{number}".encode(), key=self._services.seal_key, digest_size=12).hexdigest()

    async def _build_row_filter(self, principal: Principal) -> RowFilter:
        person = None
        if principal.actor_id is not None:
            key = (Noun.RESOURCE.value, self.hash_worker_number(principal.actor_id))
            card = (await self._services.index.get_by_codes([key])).get(key)
            person = card.id if card else None
        same_tenant = principal.tenant == self._services.tenant
        rows = RowFilter(
            tenant=principal.tenant,
            legal_entities=principal.legal_entities if same_tenant else frozenset(),
            regions=principal.regions,
            bound=principal.row_access is RowAccess.OWN,
            only_of=person,
        )
        return (
            await self._restrict_to_customers(rows, principal) if principal.row_access is RowAccess.CUSTOMER else rows
        )

    async def _restrict_to_customers(self, rows: RowFilter, principal: Principal) -> RowFilter:
        """Return the filter of a customer's person: the customers of the token, and the people on their projects."""
        index = self._services.index
        found = await index.get_by_codes([(Noun.CUSTOMER.value, number) for number in sorted(principal.customers)])
        bound = msgspec.structs.replace(rows, customers=frozenset(card.id for card in found.values()))
        return msgspec.structs.replace(bound, team=await index.list_team(bound)) if found else bound

    def _decode_canonical_id(self, global_id: str, field: str) -> UUID:
        decoded = self._ids.decode(global_id)
        if decoded is None or not isinstance(decoded[1], UUID):
            raise BadInputError(f"{field} contains a value that is not a global id.", field=field)
        return decoded[1]

    def _build_entity_code_lookup(
        self, entities: Mapping[UUID, Card], rows: RowFilter
    ) -> Callable[[Sequence[str]], tuple[str, ...]]:
        """Return the lookup of the entities that the caller may see: a filter by another one finds nothing."""
        visible = {card_id: card for card_id, card in entities.items() if rows.is_visible(card)}

        def find_codes(global_ids: Sequence[str]) -> tuple[str, ...]:
            ids = [self._decode_canonical_id(each, "filter.legalEntityId") for each in global_ids]
            return tuple(visible[each].code or "" for each in ids if each in visible)

        return find_codes


class ConnectionDirectory:
    """The connections of the gateway, as root fields read them."""

    def __init__(
        self, services: GatewayServices, sources: Sources, feeds: Mapping[str, FeedHealth], now: datetime
    ) -> None:
        self._services = services
        self._sources = sources
        self._feeds = feeds
        self._now = now
        self.ports = sources.ports

    def list_by_role(self, role: SystemRole) -> tuple[str, ...]:
        """Return the names of the connections with a role."""
        return self._sources.list_connections(role)

    def list_visible(self, role: SystemRole | None) -> list[str]:
        """Return the names of the visible connections, with one role or all."""
        return [name for name, port in self.ports.items() if role in {None, port.role}]

    def watch_health(self, role: SystemRole | None) -> AsyncGenerator[str, None]:
        """Yield the name of each visible connection at once, and again whenever its health changes."""
        return self._services.health.watch_changes(self.list_visible(role))

    def get_system(self, name: str) -> SystemData:
        """Return one connection with its health."""
        services = self._services
        feed = self._feeds.get(name, FeedHealth())
        return build_system(
            services.ports[name],
            services.connection_info[name],
            feed,
            services.health.take_snapshot(name, self._now),
            self._now,
        )


async def _return_no_faults() -> dict[str, Any]:
    return {}


class _CallOnce:
    """Calls a coroutine function at most once per request."""

    def __init__(self, call: Callable[[], Any]) -> None:
        self._call = call
        self._task: asyncio.Task[Any] | None = None

    async def __call__(self) -> Any:
        """Return the result of the single call."""
        if self._task is None:
            self._task = asyncio.ensure_future(self._call())
        return await asyncio.shield(self._task)

"""A firm without gaps: every record has every value, every id finds a record, and every call is counted.

Loaders, engine and schema are real; systems and card index are fakes, because no twin fills every field.
"""

import typing
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import aclosing
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from types import NoneType, UnionType
from typing import Any
from uuid import UUID, uuid5

import msgspec
from graphql import DocumentNode, OperationType, get_operation_ast, parse

from gateway.auth.principal import Principal
from gateway.canonical import states
from gateway.canonical.fault import Fault, FaultCode
from gateway.canonical.native import NativeId
from gateway.canonical.page import Page
from gateway.canonical.records.base import Record
from gateway.canonical.records.card import Card, Link
from gateway.canonical.records.psa import PsaExpense
from gateway.canonical.roles import DataRegion, Noun, SystemRole
from gateway.canonical.states import MappingDomain
from gateway.canonical.values import Money
from gateway.errors import SourceError
from gateway.execution.request import CodeMapping
from gateway.execution.response import GraphQLResponse
from gateway.identity.feed_health import FeedHealth
from gateway.identity.unreadable_records import UnreadableEntry
from gateway.observability.health_monitor import HealthMonitor
from gateway.ports.base import Capabilities
from gateway.ports.crm import CrmPort
from gateway.ports.erp import ErpPort
from gateway.ports.hcm import HcmPort
from gateway.ports.lineage import Lineage, Supplied
from gateway.ports.psa import PsaPort
from gateway.schema.build import Graph
from gateway.schema.connection_info import ConnectionInfo
from gateway.schema.engine import Engine, GatewayServices
from gateway.schema.system import ConnectionEnvironment
from tests.fixtures.firm import NOON, build_principal

CONNECTIONS = {SystemRole.CRM: "crm", SystemRole.PSA: "psa", SystemRole.HCM: "hcm", SystemRole.ERP: "erp"}
PORTS = {SystemRole.CRM: CrmPort, SystemRole.PSA: PsaPort, SystemRole.HCM: HcmPort, SystemRole.ERP: ErpPort}
CARD_NAMESPACE = UUID("7a1d0000-0000-4000-8000-000000000000")
TODAY = date(2026, 11, 20)
WORD = "WORD"
SPECIAL_VALUES = {
    "status": "OPEN",
    "priority": "NORMAL",
    "reimbursement": "PENDING",
    "region": "EU",
    "rate_type": "CORPORATE",
}
SPECIAL_VALUES |= dict.fromkeys(("overall", "schedule", "budget", "scope"), "GREEN") | {"kind": "SERVICE_LINE"}
SPECIAL_VALUES |= {"required_on": "PROJECT", "time_zone": "Europe/Berlin"}
"""Values by attribute that the gateway reads without reference data, where WORD is invalid."""
CAPABILITIES = Capabilities(read_batch=100, parent_batch=100, page_cap=100, concurrency=4)
VALUES_BY_TYPE: Mapping[Any, Any] = {
    bool: True,
    int: 1,
    Decimal: Decimal("2.50"),
    date: TODAY,
    datetime: datetime(2026, 11, 20, 11, tzinfo=UTC),
    Money: Money(Decimal("100.00"), "EUR"),
}


def build_value(kind: Any, name: str = "") -> Any:
    """Return a value of an annotated type, with every optional part present and one item in every list."""
    if typing.get_origin(kind) in {UnionType, typing.Union}:
        return build_value(next(each for each in typing.get_args(kind) if each not in {NoneType, SourceError}), name)
    if typing.get_origin(kind) is tuple:
        inner = [each for each in typing.get_args(kind) if each is not Ellipsis]
        return tuple(build_value(each, name) for each in inner)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return next(iter(kind))
    if kind is str:
        return SPECIAL_VALUES.get(name, WORD)
    return VALUES_BY_TYPE[kind] if kind in VALUES_BY_TYPE else build_record(kind)


def build_record(kind: type[Any]) -> Any:
    """Return a record with every attribute filled; all records of a system have the same native id."""
    values = {
        each.name: build_value(each.type, each.name) for each in msgspec.structs.fields(kind) if each.name != "native"
    }
    if issubclass(kind, Record):
        values |= {"native": NativeId(CONNECTIONS[kind.role], "thing", WORD)}
        values |= {"references": ((WORD, WORD),)}
    return kind(**values)


class FilledPort:
    """A system that answers every read of its role's port; `calls` counts the reads."""

    api_version = "1"
    vendor = "example"
    capabilities = CAPABILITIES
    feeds: tuple[Any, ...] = ()

    def __init__(self, role: SystemRole, calls: Counter[str]) -> None:
        self.role = role
        self.connection = CONNECTIONS[role]
        self.lineage: Lineage = {PsaExpense: {"amount": Supplied("expense", "amount")}}
        self._calls = calls

    def __getattr__(self, name: str) -> Callable[..., Awaitable[Any]]:
        annotation = typing.get_type_hints(getattr(PORTS[self.role], name))["return"]

        async def read(keys: Sequence[Any] = (), *_where: Any) -> Any:
            self._calls[self.connection] += 1
            return self._answer(annotation, keys)

        return read

    @staticmethod
    def _answer(annotation: Any, keys: Sequence[Any]) -> Any:
        given = typing.get_args(annotation)
        if len(given) == 1:  # the dimension catalogue: the two dimensions that fields use
            made = build_record(given[0])
            return [msgspec.structs.replace(made, kind=kind) for kind in ("SERVICE_LINE", "COST_CENTER")]
        kind = next(each for each in (typing.get_args(given[1]) or given[1:]) if each is not SourceError)
        if typing.get_origin(kind) is Page:
            row = build_record(typing.get_args(kind)[0])
            return dict.fromkeys(keys, Page(rows=(row,), cursors=("1",), total=1, faults=(build_fault(),)))
        return dict.fromkeys(keys, build_value(kind))


def build_fault() -> Fault:
    """Return the fault of a PSA that timed out."""
    return Fault(system=SystemRole.PSA, code=FaultCode.TIMEOUT, message="late", correlation_id="c", connection="psa")


def compute_card_id(noun: Noun, number: int = 1) -> UUID:
    return uuid5(CARD_NAMESPACE, f"{noun}/{number}")


def build_card(noun: Noun, number: int = 1) -> Card:
    """Return a card of a noun, linked to every system and every other noun; card 2 is the parent of card 1."""
    links = tuple(
        Link(
            role=role,
            native=NativeId(connection, "thing", WORD),
            status="LINKED",
            linked_by="MANUAL",
            display_number=WORD,
            url="https://system.example/1",
            synced_at=NOON,
            source_modified_at=NOON,
        )
        for role, connection in CONNECTIONS.items()
    )
    return Card(
        id=compute_card_id(noun, number),
        noun=noun,
        links=links,
        code=WORD,
        name=WORD,
        number=WORD,
        status="ACTIVE",
        region="EU",
        customer_id=compute_card_id(Noun.CUSTOMER),
        contract_id=compute_card_id(Noun.CONTRACT),
        opportunity_id=compute_card_id(Noun.OPPORTUNITY),
        project_ids=(compute_card_id(Noun.PROJECT),),
        manager_id=compute_card_id(Noun.RESOURCE),
        parent_id=compute_card_id(noun, 2) if number == 1 else None,
        modified_at=NOON,
        synced_at=NOON,
    )


class FilledIndex:
    """A card index that returns a card of every noun for every key."""

    CARDS: typing.ClassVar = {made.id: made for noun in Noun for made in (build_card(noun), build_card(noun, 2))}

    async def get_by_ids(self, ids: Sequence[UUID]) -> dict[UUID, Card]:
        return {each: self.CARDS[each] for each in ids if each in self.CARDS}

    async def get_all(self, noun: Noun) -> dict[UUID, Card]:
        return {made.id: made for made in self.CARDS.values() if made.noun is noun}

    async def get_by_natives(self, keys: Sequence[Any]) -> dict[Any, Card]:
        return {key: build_card(Noun(key[0])) for key in keys}

    get_by_external_ids = get_by_codes = find_by_codes = get_by_natives

    async def search(self, noun: Noun, *_where: Any) -> Page[Card]:
        return Page(rows=(build_card(noun),), cursors=("1",), total=1)

    async def list_children(
        self, noun: Noun, _relation: str, keys: Sequence[UUID], *_where: Any
    ) -> dict[UUID, Page[Card]]:
        return {key: await self.search(noun) for key in keys}


class FilledSync:
    """A card sync with one failed feed, so that pages are partial, and with an unreadable record per connection."""

    async def load_faults(self, _correlation_id: str) -> Mapping[str, Fault]:
        return {"psa": build_fault()}

    async def load_health(self) -> Mapping[str, FeedHealth]:
        return dict.fromkeys(CONNECTIONS.values(), FeedHealth(unreadable=(build_record(UnreadableEntry),)))


class FirstCodes:
    """A mapping of every source value to a canonical code."""

    def map_code(self, domain: MappingDomain, connection: str, raw: str) -> str:
        """Return the first canonical code of the domain; a domain without fixed codes keeps the source value."""
        codes = getattr(states, domain.value.title().replace("_", ""), None)
        return raw if codes is None else next(iter(codes)).value


class FilledFirm:
    """The real engine over systems without gaps."""

    def __init__(self, graph: Graph) -> None:
        self.calls: Counter[str] = Counter()
        ports: dict[str, Any] = {connection: FilledPort(role, self.calls) for role, connection in CONNECTIONS.items()}
        info = ConnectionInfo(region=DataRegion.EU, environment=ConnectionEnvironment.MOCK)
        index: Any = FilledIndex()
        sync: Any = FilledSync()
        codes: CodeMapping = FirstCodes()
        reference_data: Any = codes
        self.engine = Engine(
            GatewayServices(
                graph=graph,
                ports=ports,
                connection_info=dict.fromkeys(ports, info),
                index=index,
                sync=sync,
                health=HealthMonitor(ports),
                reference_data=reference_data,
                seal_key=b"k" * 32,
                tenant="main",
                group_currency="USD",
                deadline_seconds=timedelta(seconds=30).total_seconds(),
                clock=lambda: NOON,
            )
        )

    async def execute(self, document: str, scopes: frozenset[str]) -> GraphQLResponse:
        """Execute a document with some scopes; return the (first) answer with the calls that each system received."""
        self.calls.clear()
        answer = await self._execute(parse(document), build_principal(scopes=scopes))
        answer.calls.clear()
        answer.calls.update(self.calls)
        return answer

    async def _execute(self, document: DocumentNode, caller: Principal) -> GraphQLResponse:
        operation = get_operation_ast(document)
        assert operation is not None
        if operation.operation is not OperationType.SUBSCRIPTION:
            return await self.engine.execute(document, None, None, caller, "correlation")
        async with aclosing(self.engine.subscribe(document, None, None, caller, "correlation")) as answers:
            return await anext(answers)

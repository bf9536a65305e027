"""The state of one request: its caller, its services and the results loaded so far; and the keys of cards."""

from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from graphql import GraphQLError, GraphQLResolveInfo

from gateway.canonical.entity_days import EntityDays
from gateway.canonical.fault import Fault
from gateway.canonical.native import NativeId
from gateway.canonical.page import Page
from gateway.canonical.records.base import Record
from gateway.canonical.records.card import Card
from gateway.canonical.roles import DataClass, SystemRole
from gateway.canonical.states import MappingDomain
from gateway.execution.declarations import Registry
from gateway.execution.global_ids import IdCodec
from gateway.execution.guarded_records import guard_record
from gateway.execution.view import ValueWithErrors, View
from gateway.loaders.arguments import NO_ARGS
from gateway.loaders.declaration import LoadKey
from gateway.ports.lineage import Lineage

NOT_LOADED: Any = object()
"""Marks a key without a loaded result."""


class CodeMapping(Protocol):
    """Mapping of a system's codes to canonical codes."""

    def map_code(self, domain: MappingDomain, connection: str, raw: str) -> str | None:
        """Return the canonical code for a system's raw code, or None if it has no mapping."""


class RecordLoader(Protocol):
    """A loader that returns faults instead of raising them."""

    async def load(self, wanted: Iterable[LoadKey]) -> dict[LoadKey, Any]:
        """Return one result per key."""


@dataclass(frozen=True, kw_only=True)
class Caller:
    """The rights of the caller that execution enforces.

    `sees_every_row` says that no row rule restricts the caller. `legal_entities` are those whose shared data, such as
    cost centres, the caller may see, and `regions` the data regions; None means all. `masked` lists the data classes
    that the caller sees only masked.
    """

    scopes: frozenset[str]
    can_see: Callable[[Card], bool]
    sees_every_row: bool = False
    legal_entities: frozenset[str] | None = None
    regions: frozenset[str] | None = None
    masked: frozenset[DataClass] = frozenset()
    principal: Any = None


@dataclass(kw_only=True, repr=False)
class RequestState:
    """The state of one request. Resolvers only read `results`, which holds every loaded result.

    If `lazy` is set there is no plan, and resolvers load missing keys through `lazy_loaders`. It has no repr: it holds
    names and salaries.
    """

    registry: Registry
    caller: Caller
    record_loader: RecordLoader
    code_mapping: CodeMapping
    id_codec: IdCodec
    now: datetime
    correlation_id: str
    group_currency: str
    lineage: Mapping[str, Lineage]
    entity_zones: Mapping[str, str | None] = field(default_factory=dict)
    connections: Any = None
    lazy: bool = False
    results: dict[LoadKey, Any] = field(default_factory=dict)
    fetch_times: dict[LoadKey, datetime] = field(default_factory=dict)
    lazy_loaders: dict[tuple[str, Hashable], Any] = field(default_factory=dict)
    unsupported_fields: dict[tuple[str, SystemRole], str] = field(default_factory=dict)
    list_faults: dict[Fault, None] = field(default_factory=dict)
    """The faults of records that lists without `partial` lack."""
    value_errors: list[GraphQLError] = field(default_factory=list)
    denied_requirements: frozenset[int] = frozenset()
    days: EntityDays = field(init=False)

    def __post_init__(self) -> None:
        self.days = EntityDays(self.now, self.entity_zones)
        self.denied_requirements = self.registry.find_denied(self.caller.scopes)

    def unwrap_value(self, value: Any, info: GraphQLResolveInfo[Any]) -> Any:
        """Return a field's value; keep the errors that come with it for the response."""
        if not isinstance(value, ValueWithErrors):
            return value
        path = info.path.as_list()
        self.value_errors += [
            GraphQLError(error.message, info.field_nodes, path=path, original_error=error) for error in value.errors
        ]
        return value.value

    def add_results(self, loaded: Mapping[LoadKey, Any], at: datetime) -> None:
        """Store loaded results; the rows of a page are stored as facets of their nouns as well."""
        for key, value in loaded.items():
            self._store_result(key, value, at)
            rows = value.rows if isinstance(value, Page) else value if isinstance(value, tuple) else ()
            for row in rows:
                self._add_row(row, at)

    def _add_row(self, row: Any, at: datetime) -> None:
        if isinstance(row, Card):
            self._store_result(("cards_by_id", NO_ARGS, row.id), row, at)
        elif isinstance(row, Record):
            known = self.registry.find_facet(type(row))
            loader = known and self.registry.nouns[known[0]].facets[known[1]].loader
            if loader:
                self._store_result((loader, NO_ARGS, drop_object_type(row.native)), row, at)

    def _store_result(self, key: LoadKey, value: Any, at: datetime) -> None:
        self.results[key] = guard_record(value, self.correlation_id)
        self.fetch_times[key] = at

    def build_view(self, card: Card | None) -> View | None:
        """Return the view of a card, or None if it does not exist or the caller may not see it."""
        if card is None or not self.caller.can_see(card):
            return None
        return View.from_card(self.registry.nouns[card.noun.value], card)


def drop_object_type(native: NativeId) -> NativeId:
    """Return the key of a facet loader for a native id: the loader implies the object type."""
    return NativeId(native.connection, "", native.id)


def build_native_card_key(noun: str, connection: str, native_id: str) -> LoadKey:
    """Return the key of a card by an id in a source system."""
    return ("cards_by_native", NO_ARGS, (noun, connection, native_id))


def build_card_key(card_id: UUID) -> LoadKey:
    """Return the key of a card by its canonical id."""
    return ("cards_by_id", NO_ARGS, card_id)


def build_code_card_key(noun: str, code: str) -> LoadKey:
    """Return the key of a card by its canonical code or number."""
    return ("cards_by_code", NO_ARGS, (noun, code))

"""Loaders of cards: by id, by a system's id, by code, and in pages. Reading the index calls no system."""

from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from typing import Any
from uuid import UUID

import msgspec

from gateway.canonical.page import Page
from gateway.canonical.records.card import Card
from gateway.canonical.roles import Noun, SystemRole
from gateway.errors import BadInputError
from gateway.identity.filters import CardFilter, CardOrder, DateCondition, InvoiceStatusCondition, TextCondition
from gateway.loaders.conditions import Args, require_page_size, require_storable
from gateway.loaders.declaration import Loader
from gateway.loaders.list_cursors import bind_cursors
from gateway.loaders.sources import Sources
from gateway.loaders.unreadable_cards import build_list_faults
from gateway.ports.base import NormalizesIds

GATEWAY = SystemRole.GATEWAY
DEFAULT_PAGE = 25
ENTITIES_PAGE = 500

ORDER_COLUMNS = {
    "CODE": "code",
    "NAME": "name",
    "NUMBER": "number",
    "START_DATE": "start_date",
    "END_DATE": "end_date",
    "ISSUE_DATE": "start_date",
    "DUE_DATE": "end_date",
    "HIRE_DATE": "start_date",
    "UPDATED_AT": "modified_at",
}
DATE_FIELDS = {
    "startDate": "start",
    "issueDate": "start",
    "endDate": "end",
    "dueDate": "end",
    "closeDate": "end",
    "expiring": "end",
}
ID_FIELDS = {"customerId": "customer", "managerId": "manager", "projectId": "project"}
CODE_FIELDS = {"status", "stage", "type", "kind", "employmentStatus", "region"}
DEFAULT_ORDER = {
    Noun.CUSTOMER: CardOrder(column="name"),
    Noun.OPPORTUNITY: CardOrder(column="end_date", descending=True),
    Noun.CONTRACT: CardOrder(column="number"),
    Noun.PROJECT: CardOrder(column="code"),
    Noun.RESOURCE: CardOrder(column="start_date"),
    Noun.INVOICE: CardOrder(column="start_date", descending=True),
    Noun.LEGAL_ENTITY: CardOrder(column="code"),
}


async def _load_by_id(sources: Sources, keys: Sequence[UUID], _args: Args) -> Mapping[Any, Any]:
    return await sources.index.get_by_ids(keys)


async def _load_by_native(sources: Sources, keys: Sequence[Any], _args: Args) -> Mapping[Any, Any]:
    return await sources.index.get_by_natives(keys)


async def _load_by_external_id(sources: Sources, keys: Sequence[Any], _args: Args) -> Mapping[Any, Any]:
    stored = {key: (*key[:-1], _normalize_id(sources, key[1], key[-1])) for key in keys}
    found = await sources.index.get_by_external_ids(list(dict.fromkeys(stored.values())))
    return {key: found[form] for key, form in stored.items() if form in found}


def _normalize_id(sources: Sources, role: str, identifier: str) -> str:
    """Return an id in the form in which the systems of a role store it."""
    for port in sources.ports.values():
        if port.role == role and isinstance(port, NormalizesIds):
            identifier = port.normalize_id(identifier)
    return identifier


async def _load_by_code(sources: Sources, keys: Sequence[Any], _args: Args) -> Mapping[Any, Any]:
    """Look up cards by code; the index stores a person's code only as a keyed digest."""
    stored = {
        (noun, sources.digest_person_code(code) if noun == Noun.RESOURCE else code): (noun, code) for noun, code in keys
    }
    found = await sources.index.find_by_codes(list(stored))
    return {stored[key]: card for key, card in found.items()}


def build_list_loader(name: str, noun: Noun) -> Loader:
    """Build the loader of a root list of a noun."""

    async def call(sources: Sources, keys: Sequence[Any], args: Args) -> Mapping[Any, Page[Card]]:
        first, after, backwards = _parse_slice(args)
        order = _parse_order(noun, args, backwards=backwards)
        where = await _drop_hidden_ids(sources, build_card_filter(sources, noun, args))
        page = await sources.index.search(noun, where, order, sources.rows, first, after)
        return {keys[0]: await _add_faults(sources, page, noun, where, order)}

    return bind_cursors(Loader(name=name, system=GATEWAY, call=call, batch=1))


def build_child_loader(name: str, noun: Noun, relation: str) -> Loader:
    """Build the loader of the cards below a parent: one query for any number of parents."""

    async def call(sources: Sources, keys: Sequence[UUID], args: Args) -> Mapping[Any, Page[Card]]:
        first, after, _ = _parse_slice(args)
        order = _parse_order(noun, args, backwards=False)
        where = await _drop_hidden_ids(sources, build_card_filter(sources, noun, args))
        pages = await sources.index.list_children(noun, relation, keys, where, order, sources.rows, first, after)
        return {key: await _add_faults(sources, page, noun, where, order) for key, page in pages.items()}

    return bind_cursors(Loader(name=name, system=GATEWAY, call=call, batch=500))


async def _load_legal_entities(sources: Sources, keys: Sequence[Any], _args: Args) -> Mapping[Any, Page[Card]]:
    order = DEFAULT_ORDER[Noun.LEGAL_ENTITY]
    page = await sources.index.search(Noun.LEGAL_ENTITY, CardFilter(), order, sources.rows, ENTITIES_PAGE)
    return {keys[0]: page}


async def _add_faults(
    sources: Sources, page: Page[Card], noun: Noun, where: CardFilter, order: CardOrder
) -> Page[Card]:
    """Add what the index may miss: rows of systems whose feed fails, and records and values that no feed could read."""
    faults = (
        *(await sources.load_feed_faults()).values(),
        *build_list_faults(sources, noun, where, order),
    )
    return msgspec.structs.replace(page, faults=faults) if faults else page


def _parse_slice(args: Args) -> tuple[int, str | None, bool]:
    """Return (size, cursor, backwards). Raises BadInputError for contradictory arguments."""
    first, last = args.get("first"), args.get("last")
    if first is not None and last is not None:
        raise BadInputError("Use either first or last, not both.", field="last")
    if args.get("before") is not None and last is None:
        raise BadInputError("before requires last.", field="before")
    if args.get("after") is not None and last is not None:
        raise BadInputError("Use after with first, and before with last.", field="after")
    size = last if last is not None else DEFAULT_PAGE if first is None else first
    require_page_size(size, "first" if last is None else "last")
    return size, args.get("before") if last is not None else args.get("after"), last is not None


def _parse_order(noun: Noun, args: Args, *, backwards: bool) -> CardOrder:
    requested = args.get("orderBy")
    if requested is None:
        default = DEFAULT_ORDER[noun]
        return CardOrder(column=default.column, descending=default.descending, backwards=backwards)
    column = ORDER_COLUMNS[requested["field"].value]
    return CardOrder(column=column, descending=requested["direction"].value == "DESC", backwards=backwards)


def build_card_filter(sources: Sources, noun: Noun, args: Args) -> CardFilter:
    """Convert a filter argument to conditions on cards."""
    given: Mapping[str, Any] = args.get("filter") or {}
    values: dict[str, Any] = {}
    for name, value in given.items():
        if name in DATE_FIELDS:
            values[DATE_FIELDS[name]] = _build_date_condition(value)
        elif name in ID_FIELDS:
            values[ID_FIELDS[name]] = tuple(sources.resolve_canonical_id(wanted, f"filter.{name}") for wanted in value)
        elif name in CODE_FIELDS:
            values.update(_build_code_conditions(sources, noun, name, value))
        elif name == "legalEntityId":
            values.update(_build_entity_condition(sources, noun, value))
        else:
            values.update(_build_condition(name, value))
    return CardFilter(**values)


async def _drop_hidden_ids(sources: Sources, where: CardFilter) -> CardFilter:
    """Drop the ids of records that the caller may not see: a filter by them finds nothing."""
    wanted = {name: ids for name in ID_FIELDS.values() if (ids := getattr(where, name)) is not None}
    if not wanted or sources.rows.is_unrestricted:
        return where
    cards = await sources.index.get_by_ids([card_id for ids in wanted.values() for card_id in ids])
    visible = {card_id for card_id, card in cards.items() if sources.rows.is_visible(card)}
    kept = {name: tuple(each for each in ids if each in visible) for name, ids in wanted.items()}
    return msgspec.structs.replace(where, **kept)


def _build_code_conditions(sources: Sources, noun: Noun, name: str, value: Sequence[StrEnum]) -> dict[str, Any]:
    codes = tuple(code.value for code in value)
    if name == "region":
        return {"region": codes}
    if noun is Noun.INVOICE and name == "status":
        days = sources.days
        condition = InvoiceStatusCondition(any_of=codes, today=days.in_utc, other_days=days.list_other_days())
        return {"invoice_status": condition}
    return {"status" if name in {"status", "stage", "employmentStatus"} else "type": codes}


def _build_entity_condition(sources: Sources, noun: Noun, ids: Sequence[str]) -> dict[str, Any]:
    """A customer is sold to by several legal entities; every other record belongs to one."""
    return {"seller" if noun is Noun.CUSTOMER else "legal_entity": sources.resolve_entity_codes(ids)}


def _build_condition(name: str, value: Any) -> dict[str, Any]:
    readers: dict[str, Callable[[], dict[str, Any]]] = {
        "name": lambda: {"name": _build_text_condition(name, value)},
        "code": lambda: {"code": _build_text_condition(name, value)},
        "updatedSince": lambda: {"modified_since": value},
        "withoutProject": lambda: {"without_project": value},
    }
    if name not in readers:
        raise BadInputError(f"filter.{name} is not supported by this list.", field=f"filter.{name}")
    return readers[name]()


def _build_text_condition(name: str, value: Mapping[str, Any]) -> TextCondition:
    among = value.get("in")
    require_storable(f"filter.{name}", *value.values(), *(among or ()))
    return TextCondition(
        eq=value.get("eq"),
        any_of=None if among is None else tuple(among),
        contains=value.get("contains"),
        starts_with=value.get("startsWith"),
    )


def _build_date_condition(value: Mapping[str, Any]) -> DateCondition:
    return DateCondition(at_least=value.get("gte"), at_most=value.get("lte"), is_null=value.get("isNull"))


CARD_LOADERS: tuple[Loader, ...] = (
    Loader(name="cards_by_id", system=GATEWAY, call=_load_by_id, batch=500),
    Loader(name="cards_by_native", system=GATEWAY, call=_load_by_native, batch=300),
    Loader(name="cards_by_external", system=GATEWAY, call=_load_by_external_id, batch=100),
    Loader(name="cards_by_code", system=GATEWAY, call=_load_by_code, batch=300),
    Loader(name="legal_entities", system=GATEWAY, call=_load_legal_entities, batch=1),
    build_list_loader("customers", Noun.CUSTOMER),
    build_list_loader("opportunities", Noun.OPPORTUNITY),
    build_list_loader("contracts", Noun.CONTRACT),
    build_list_loader("projects", Noun.PROJECT),
    build_list_loader("resources", Noun.RESOURCE),
    build_list_loader("invoices", Noun.INVOICE),
    build_child_loader("opportunities_of_customer", Noun.OPPORTUNITY, "customer_id"),
    build_child_loader("contracts_of_customer", Noun.CONTRACT, "customer_id"),
    build_child_loader("projects_of_customer", Noun.PROJECT, "customer_id"),
    build_child_loader("invoices_of_customer", Noun.INVOICE, "customer_id"),
    build_child_loader("customer_children", Noun.CUSTOMER, "parent_id"),
    build_child_loader("projects_of_contract", Noun.PROJECT, "contract_id"),
    build_child_loader("invoices_of_project", Noun.INVOICE, "PROJECT"),
)

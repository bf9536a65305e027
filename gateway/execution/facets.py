"""Finds what one system says of a noun: in the graph, or names what has to be loaded for it."""

from typing import Any
from uuid import UUID

from gateway.canonical.fault import Fault
from gateway.canonical.native import NativeId
from gateway.canonical.records.card import Card
from gateway.canonical.roles import SystemRole
from gateway.errors import ClientError, SourceUnavailableError
from gateway.execution.facts import Facet, Owner
from gateway.execution.request import NOT_LOADED, Request, build_card_key, build_native_card_key, drop_object_type
from gateway.execution.view import MissingKeys, View
from gateway.loaders.arguments import NO_ARGS
from gateway.loaders.declaration import LoadKey


def get_loaded(request: Request, key: LoadKey) -> Any:
    """Return what the graph holds for a key, or Needs; raises the ClientError that stands in its place."""
    value = request.results.get(key, NOT_LOADED)
    if value is NOT_LOADED:
        return MissingKeys(key)
    if isinstance(value, ClientError):
        raise value
    return value


def facet(view: View, role: SystemRole, request: Request) -> Any:
    """Return the record of a role, None when that system has none, the Fault when it could not say, or Needs."""
    if role is SystemRole.GATEWAY:
        return view.card
    declared = view.noun.facets.get(role)
    if declared is None:
        return None
    if declared.borrowed is not None:
        return _get_borrowed_facet(view, declared.borrowed, role, request)
    key = build_facet_load_key(view, role, declared, request)
    if key is None or isinstance(key, (MissingKeys, Fault)):
        return key
    return get_loaded(request, key)


def build_facet_load_key(
    view: View, role: SystemRole, declared: Facet, request: Request
) -> LoadKey | MissingKeys | Fault | None:
    """Return under which key a facet is loaded; None when the noun is not known to that system."""
    if declared.key is not None:
        native = declared.key(view, request)
    elif view.card is not None:
        native = view.card.link(role)
    else:
        native = view.key if role is view.own_role else None
    if native is None or isinstance(native, (MissingKeys, Fault)):
        return native
    return (declared.loader or "", NO_ARGS, drop_object_type(native))


def _get_borrowed_facet(view: View, field: str, role: SystemRole, request: Request) -> Any:
    from gateway.execution.references import resolve_reference  # noqa: PLC0415 -- references read facets, borrowed facets read references

    declared = request.registry.fields[view.noun.name, field]
    try:
        target = resolve_reference(declared, view, request)  # type: ignore[arg-type] # checked at start-up to be a reference
    except SourceUnavailableError as error:
        return error.fault
    if target is None or isinstance(target, MissingKeys):
        return target
    return facet(target, role, request)


def resolve_card(request: Request, key: LoadKey) -> View | MissingKeys | None:
    """Return the view of a card that the caller may see, None like absence, or Needs."""
    card = get_loaded(request, key)
    if isinstance(card, MissingKeys):
        return card
    if isinstance(card, Fault):
        raise SourceUnavailableError(card)
    return request.build_view(card)


def resolve_leaf(noun: str, native: NativeId, own: SystemRole, request: Request) -> View | MissingKeys | None:
    """Return a leaf whose record exists and whose owner the caller may see; otherwise None, like absence."""
    fact = request.registry.nouns[noun]
    view = View.of_leaf(fact, native, own)
    record = facet(view, own, request)
    if isinstance(record, MissingKeys):
        return record
    if isinstance(record, Fault):
        raise SourceUnavailableError(record)
    if record is None:
        return None
    view.key = record.native
    if fact.owner is None:
        return view
    owner = resolve_owner(fact.owner, record, request)
    if isinstance(owner, MissingKeys):
        return owner
    return view if owner is not None else None


def resolve_owner(owner: Owner, record: Any, request: Request) -> View | MissingKeys | None:
    """Return the noun that a leaf belongs to, as far as the caller may see it."""
    raw = owner.of(record) if callable(owner.of) else getattr(record, owner.of, None)
    if raw is None:
        return None
    fact = request.registry.nouns[owner.noun]
    if fact.leaf:
        return resolve_leaf(owner.noun, NativeId(record.native.connection, "", raw), record.role, request)
    return resolve_card(request, build_target_key(owner.noun, raw, record))


def build_target_key(noun: str, raw: Any, record: Any) -> LoadKey:
    """Return the key of the card that a record's attribute names: a canonical id, a full native id, or an id of the same connection."""
    if isinstance(raw, UUID):
        return build_card_key(raw)
    if isinstance(raw, NativeId):
        return build_native_card_key(noun, raw.connection, raw.id)
    if isinstance(record, Card):
        raise TypeError(f"a card names {noun} by {type(raw).__name__}")
    return build_native_card_key(noun, record.native.connection, str(raw))

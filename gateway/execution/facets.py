"""Finds what one system says of a noun: in the graph, or names what has to be loaded for it."""

from typing import Any
from uuid import UUID

from gateway.canonical.fault import Fault
from gateway.canonical.native import NativeId
from gateway.canonical.records.card import Card
from gateway.canonical.roles import SystemRole
from gateway.errors import ClientError, SourceUnavailableError
from gateway.execution.facts import Facet, Owner
from gateway.execution.request import UNSET, Request, card_key, cards_by_id, facet_key
from gateway.execution.view import Needs, View
from gateway.loaders.arguments import NO_ARGS
from gateway.loaders.declaration import LoadKey


def loaded(request: Request, key: LoadKey) -> Any:
    """Return what the graph holds for a key, or Needs; raises the ClientError that stands in its place."""
    value = request.graph.get(key, UNSET)
    if value is UNSET:
        return Needs(key)
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
        return _borrowed(view, declared.borrowed, role, request)
    key = facet_load_key(view, role, declared, request)
    if key is None or isinstance(key, (Needs, Fault)):
        return key
    return loaded(request, key)


def facet_load_key(view: View, role: SystemRole, declared: Facet, request: Request) -> LoadKey | Needs | Fault | None:
    """Return under which key a facet is loaded; None when the noun is not known to that system."""
    if declared.key is not None:
        native = declared.key(view, request)
    elif view.card is not None:
        native = view.card.link(role)
    else:
        native = view.key if role is view.own else None
    if native is None or isinstance(native, (Needs, Fault)):
        return native
    return (declared.loader or "", NO_ARGS, facet_key(native))


def _borrowed(view: View, field: str, role: SystemRole, request: Request) -> Any:
    from gateway.execution.references import reference  # noqa: PLC0415 -- references read facets, borrowed facets read references

    declared = request.registry.fields[view.noun.name, field]
    try:
        target = reference(declared, view, request)  # type: ignore[arg-type] # checked at start-up to be a reference
    except SourceUnavailableError as error:
        return error.fault
    if target is None or isinstance(target, Needs):
        return target
    return facet(target, role, request)


def card_view(request: Request, key: LoadKey) -> View | Needs | None:
    """Return the view of a card that the caller may see, None like absence, or Needs."""
    card = loaded(request, key)
    if isinstance(card, Needs):
        return card
    if isinstance(card, Fault):
        raise SourceUnavailableError(card)
    return request.view(card)


def leaf_view(noun: str, native: NativeId, own: SystemRole, request: Request) -> View | Needs | None:
    """Return a leaf whose record exists and whose owner the caller may see; otherwise None, like absence."""
    fact = request.registry.nouns[noun]
    view = View.of_leaf(fact, native, own)
    record = facet(view, own, request)
    if isinstance(record, Needs):
        return record
    if isinstance(record, Fault):
        raise SourceUnavailableError(record)
    if record is None:
        return None
    view.key = record.native
    if fact.owner is None:
        return view
    owner = owner_view(fact.owner, record, request)
    if isinstance(owner, Needs):
        return owner
    return view if owner is not None else None


def owner_view(owner: Owner, record: Any, request: Request) -> View | Needs | None:
    """Return the noun that a leaf belongs to, as far as the caller may see it."""
    raw = owner.of(record) if callable(owner.of) else getattr(record, owner.of, None)
    if raw is None:
        return None
    fact = request.registry.nouns[owner.noun]
    if fact.leaf:
        return leaf_view(owner.noun, NativeId(record.native.connection, "", raw), record.role, request)
    return card_view(request, target_key(owner.noun, raw, record))


def target_key(noun: str, raw: Any, record: Any) -> LoadKey:
    """Return the key of the card that a record's attribute names: a canonical id, a full native id, or an id of the same connection."""
    if isinstance(raw, UUID):
        return cards_by_id(raw)
    if isinstance(raw, NativeId):
        return card_key(noun, raw.connection, raw.id)
    if isinstance(record, Card):
        raise TypeError(f"a card names {noun} by {type(raw).__name__}")
    return card_key(noun, record.native.connection, str(raw))

"""Access to facets, the records that each system holds of a noun: from the loaded results, or as keys still to load."""

from typing import Any
from uuid import UUID

from gateway.canonical.fault import Fault
from gateway.canonical.native import NativeId
from gateway.canonical.records.card import AmbiguousCards, Card
from gateway.canonical.roles import SystemRole
from gateway.errors import AmbiguousReferenceError, ClientError, SourceUnavailableError, build_source_error
from gateway.execution.declarations import Facet, Owner
from gateway.execution.request import NOT_LOADED, RequestState, build_card_key, build_native_card_key, drop_object_type
from gateway.execution.view import MissingKeys, View
from gateway.loaders.arguments import NO_ARGS
from gateway.loaders.declaration import LoadKey


def get_loaded(request: RequestState, key: LoadKey) -> Any:
    """Return the loaded result of a key, or MissingKeys. Raise the ClientError if that is the result."""
    value = request.results.get(key, NOT_LOADED)
    if value is NOT_LOADED:
        return MissingKeys(key)
    if isinstance(value, ClientError):
        raise value
    return value


def get_facet(view: View, role: SystemRole, request: RequestState) -> Any:
    """Return a system's record of a noun, None if it has none, the Fault if it could not answer, or MissingKeys."""
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
    view: View, role: SystemRole, declared: Facet, request: RequestState
) -> LoadKey | MissingKeys | Fault | None:
    """Return the key that loads a facet; None if the noun has no id in that system."""
    loader = declared.loader if declared.joined is None or role is view.own_role else declared.joined
    if declared.key is not None and not (declared.joined is not None and role is view.own_role):
        native = declared.key(view, request)
    elif view.card is not None:
        native = view.card.get_native_id(role)
    else:
        native = view.key if role is view.own_role else None
    if native is None or isinstance(native, (MissingKeys, Fault)):
        return native
    return (loader or "", NO_ARGS, drop_object_type(native))


def _get_borrowed_facet(view: View, field: str, role: SystemRole, request: RequestState) -> Any:
    from gateway.execution.references import resolve_reference  # noqa: PLC0415 -- references read facets, borrowed facets read references

    declared = request.registry.fields[view.noun.name, field]
    try:
        target = resolve_reference(declared, view, request)  # type: ignore[arg-type] # checked at start-up to be a reference
    except SourceUnavailableError as error:
        return error.fault
    if target is None or isinstance(target, MissingKeys):
        return target
    return get_facet(target, role, request)


def resolve_card(request: RequestState, key: LoadKey, field: str | None = None) -> View | MissingKeys | None:
    """Return the view of a card, None if it does not exist or the caller may not see it, or MissingKeys.

    `field` names the input with the reference. Raise AmbiguousReferenceError if it names several visible cards.
    """
    card = get_loaded(request, key)
    if isinstance(card, MissingKeys):
        return card
    if isinstance(card, Fault):
        raise build_source_error(card)
    if isinstance(card, AmbiguousCards):
        card = _choose_visible(card, request, field)
    return request.build_view(card)


def _choose_visible(ambiguous: AmbiguousCards, request: RequestState, field: str | None) -> Card | None:
    """Return the only candidate that the caller may see, None without one."""
    visible = [(card, names) for card, names in ambiguous.candidates if request.caller.can_see(card)]
    if len(visible) > 1:
        connections = dict.fromkeys(name for _, names in visible for name in names)
        raise AmbiguousReferenceError(list(connections), field=field)
    return visible[0][0] if visible else None


def resolve_leaf(noun: str, native: NativeId, own: SystemRole, request: RequestState) -> View | MissingKeys | None:
    """Return the view of a leaf, None if it does not exist or the caller may not see its owner, or MissingKeys."""
    declaration = request.registry.nouns[noun]
    view = View.from_leaf(declaration, native, own)
    record = get_facet(view, own, request)
    if isinstance(record, MissingKeys):
        return record
    if isinstance(record, Fault):
        raise build_source_error(record)
    if record is None:
        return None
    view.key = record.native
    if declaration.owner is None:
        return view
    owner = resolve_owner(declaration.owner, record, request)
    if isinstance(owner, MissingKeys):
        return owner
    return view if owner is not None else None


def resolve_owner(owner: Owner, record: Any, request: RequestState) -> View | MissingKeys | None:
    """Return the view of the owner of a leaf, None if it has none or the caller may not see it, or MissingKeys."""
    raw = owner.of(record) if callable(owner.of) else getattr(record, owner.of, None)
    if raw is None:
        return None
    declaration = request.registry.nouns[owner.noun]
    if declaration.leaf:
        return resolve_leaf(owner.noun, NativeId(record.native.connection, "", raw), record.role, request)
    return resolve_card(request, build_target_key(owner.noun, raw, record))


def build_target_key(noun: str, raw: Any, record: Any) -> LoadKey:
    """Return the card key for a reference value: a canonical id, a full native id, or an id in the same connection."""
    if isinstance(raw, UUID):
        return build_card_key(raw)
    if isinstance(raw, NativeId):
        return build_native_card_key(noun, raw.connection, raw.id)
    if isinstance(record, Card):
        raise TypeError(f"a card references {noun} by {type(raw).__name__}; expected a UUID or a NativeId")
    return build_native_card_key(noun, record.native.connection, str(raw))

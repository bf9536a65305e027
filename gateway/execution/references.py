"""Follows a reference to another noun: by native id, canonical id or the firm's own code."""

from typing import Any

from gateway.canonical.native import NativeId
from gateway.canonical.records.card import Card
from gateway.errors import MappingMissingError
from gateway.execution.facets import build_target_key, resolve_card, resolve_leaf
from gateway.execution.facts import Reference
from gateway.execution.request import Request, build_code_card_key
from gateway.execution.source_values import read_value, resolve_source
from gateway.execution.view import MissingKeys, View


def resolve_reference(fact: Reference, source: Any, request: Request) -> Any:
    """Return the view that a reference leads to, a list of them for a list, None, or Needs."""
    record, raw = _read_key(fact, source, request)
    return raw if isinstance(raw, MissingKeys) or raw is None else follow_key(fact, record, raw, request)


def follow_key(fact: Reference, record: Any, raw: Any, request: Request) -> Any:
    """Return where the key that a record holds leads, as `reference` does."""
    if not fact.many:
        return _resolve_target(fact, raw, record, request)
    targets = [_resolve_target(fact, item, record, request) for item in raw]
    missing = [target for target in targets if isinstance(target, MissingKeys)]
    return MissingKeys.combine(missing) if missing else [target for target in targets if target is not None]


def _read_key(fact: Reference, source: Any, request: Request) -> tuple[Any, Any]:
    if not isinstance(source, View):
        return source, read_value(source, fact.of[None], request)
    choice = resolve_source(fact, source, request)
    if choice is None or isinstance(choice, MissingKeys):
        return None, choice
    return choice.record, choice.raw


def _resolve_target(fact: Reference, raw: Any, record: Any, request: Request) -> View | MissingKeys | None:
    noun = request.registry.nouns[fact.noun]
    if fact.by_code:
        return resolve_card(request, build_code_card_key(fact.noun, _map_code(fact, raw, record, request)))
    if noun.leaf:
        native = raw if isinstance(raw, NativeId) else NativeId(record.native.connection, "", str(raw))
        own = noun.anchor if isinstance(record, Card) else getattr(record, "role", noun.anchor)
        return resolve_leaf(fact.noun, native, own, request)
    return resolve_card(request, build_target_key(fact.noun, raw, record))


def _map_code(fact: Reference, raw: str, record: Any, request: Request) -> str:
    if fact.maps is None or isinstance(record, Card):
        return raw
    code = request.codes.canonical(fact.maps, record.native.connection, raw)
    if code is None:
        raise MappingMissingError(fact.maps.value, record.native.connection, raw)
    return code

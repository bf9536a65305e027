"""Follows a reference to another noun: by native id, canonical id or the firm's own code."""

from typing import Any

from gateway.canonical.native import NativeId
from gateway.canonical.records.card import Card
from gateway.errors import MappingMissingError
from gateway.execution.choice import choose, read
from gateway.execution.facets import card_view, leaf_view, target_key
from gateway.execution.facts import Reference
from gateway.execution.request import Request, cards_by_code
from gateway.execution.view import Needs, View


def reference(fact: Reference, source: Any, request: Request) -> Any:
    """Return the view that a reference leads to, a list of them for a list, None, or Needs."""
    record, raw = _key(fact, source, request)
    return raw if isinstance(raw, Needs) or raw is None else followed(fact, record, raw, request)


def followed(fact: Reference, record: Any, raw: Any, request: Request) -> Any:
    """Return where the key that a record holds leads, as `reference` does."""
    if not fact.many:
        return _target(fact, raw, record, request)
    targets = [_target(fact, item, record, request) for item in raw]
    missing = [target for target in targets if isinstance(target, Needs)]
    return Needs.together(missing) if missing else [target for target in targets if target is not None]


def _key(fact: Reference, source: Any, request: Request) -> tuple[Any, Any]:
    if not isinstance(source, View):
        return source, read(source, fact.of[None], request)
    choice = choose(fact, source, request)
    if choice is None or isinstance(choice, Needs):
        return None, choice
    return choice.record, choice.raw


def _target(fact: Reference, raw: Any, record: Any, request: Request) -> View | Needs | None:
    noun = request.registry.nouns[fact.noun]
    if fact.by_code:
        return card_view(request, cards_by_code(fact.noun, _code(fact, raw, record, request)))
    if noun.leaf:
        native = raw if isinstance(raw, NativeId) else NativeId(record.native.connection, "", str(raw))
        own = noun.anchor if isinstance(record, Card) else getattr(record, "role", noun.anchor)
        return leaf_view(fact.noun, native, own, request)
    return card_view(request, target_key(fact.noun, raw, record))


def _code(fact: Reference, raw: str, record: Any, request: Request) -> str:
    if fact.maps is None or isinstance(record, Card):
        return raw
    code = request.codes.canonical(fact.maps, record.native.connection, raw)
    if code is None:
        raise MappingMissingError(fact.maps.value, record.native.connection, raw)
    return code

"""Resolution of references to other nouns: by native id, canonical id or canonical code."""

from typing import Any

from gateway.canonical.native import NativeId
from gateway.canonical.records.card import Card
from gateway.errors import MappingMissingError
from gateway.execution.declarations import Reference
from gateway.execution.facets import build_target_key, resolve_card, resolve_leaf
from gateway.execution.request import RequestState, build_code_card_key
from gateway.execution.source_values import read_value, resolve_source
from gateway.execution.view import MissingKeys, View


def resolve_reference(declaration: Reference, source: Any, request: RequestState) -> Any:
    """Return the view of the referenced noun, a list of views for a list, None, or MissingKeys."""
    record, raw = _read_key(declaration, source, request)
    return raw if isinstance(raw, MissingKeys) or raw is None else follow_key(declaration, record, raw, request)


def follow_key(declaration: Reference, record: Any, raw: Any, request: RequestState) -> Any:
    """Return the views for a key read from a record, as `resolve_reference` does."""
    if not declaration.many:
        return _resolve_target(declaration, raw, record, request)
    targets = [_resolve_target(declaration, item, record, request) for item in raw]
    missing = [target for target in targets if isinstance(target, MissingKeys)]
    return MissingKeys.combine(missing) if missing else [target for target in targets if target is not None]


def _read_key(declaration: Reference, source: Any, request: RequestState) -> tuple[Any, Any]:
    if not isinstance(source, View):
        return source, read_value(source, declaration.of[None], request)
    source_value = resolve_source(declaration, source, request)
    if source_value is None or isinstance(source_value, MissingKeys):
        return None, source_value
    return source_value.record, source_value.raw


def _resolve_target(declaration: Reference, raw: Any, record: Any, request: RequestState) -> View | MissingKeys | None:
    noun = request.registry.nouns[declaration.noun]
    if declaration.by_code:
        return resolve_card(
            request, build_code_card_key(declaration.noun, _map_code(declaration, raw, record, request))
        )
    if noun.leaf:
        native = raw if isinstance(raw, NativeId) else NativeId(record.native.connection, "", str(raw))
        own = noun.anchor if isinstance(record, Card) else getattr(record, "role", noun.anchor)
        return resolve_leaf(declaration.noun, native, own, request)
    return resolve_card(request, build_target_key(declaration.noun, raw, record))


def _map_code(declaration: Reference, raw: str, record: Any, request: RequestState) -> str:
    if declaration.maps is None or isinstance(record, Card):
        return raw
    code = request.code_mapping.map_code(declaration.maps, record.native.connection, raw)
    if code is None:
        raise MappingMissingError(declaration.maps.value, record.native.connection, raw)
    return code

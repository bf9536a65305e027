"""Resolvers of root fields that do not come from the card index."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Mapping
from typing import Any
from uuid import UUID

import msgspec

from gateway.canonical.fault import Fault
from gateway.canonical.native import NativeId
from gateway.canonical.roles import DataRegion
from gateway.canonical.roles import SystemRole as Role
from gateway.errors import (
    AmbiguousReferenceError,
    BadInputError,
    ForbiddenError,
    SourceUnavailableError,
    build_source_error,
)
from gateway.execution.conditions import check_condition
from gateway.execution.facets import get_loaded, resolve_card, resolve_leaf
from gateway.execution.request import RequestState, build_card_key, build_code_card_key
from gateway.execution.view import MissingKeys, View
from gateway.insight.dimensions import PostedDimension
from gateway.loaders.arguments import NO_ARGS
from gateway.loaders.conditions import require_storable
from gateway.ports.erp import RateKey
from gateway.schema.addresses import ActorKind
from gateway.schema.customer_fields import ActorData
from gateway.schema.dimension_fields import get_dimension_catalogue
from gateway.schema.money import RateData, build_rate

MAX_NODES = 100
MAX_RATES = 100


class ViewerData(msgspec.Struct, frozen=True, kw_only=True):
    """The caller and their rights."""

    actor: ActorData
    tenant_id: str
    client_id: str
    scopes: tuple[str, ...]
    roles: tuple[str, ...]
    regions: tuple[DataRegion, ...]


def build_reference_resolver(noun: str) -> Callable[..., View | MissingKeys | None]:
    """Return a resolver that finds one noun by an EntityRef."""

    def resolve(_root: Any, request: RequestState, ref: Mapping[str, Any]) -> View | MissingKeys | None:
        if ref.get("id") is not None:
            decoded = request.id_codec.decode(str(ref["id"]))
            if decoded is None or decoded[0] != noun or not isinstance(decoded[1], UUID):
                raise BadInputError(f"ref.id is not the global id of a {noun}.", field="ref.id")
            return resolve_card(request, build_card_key(decoded[1]))
        if ref.get("code") is not None:
            require_storable("ref.code", ref["code"])
            _check_code(noun, request, "ref.code")
            return resolve_card(request, build_code_card_key(noun, ref["code"]), "ref.code")
        external = ref["external"]
        parts = (external["system"].value, external["objectType"], external["externalId"], external.get("connection"))
        require_storable("ref.external", *parts)
        return resolve_card(request, ("cards_by_external", NO_ARGS, (noun, *parts)), "ref.external")

    return resolve


def _check_code(noun: str, request: RequestState, argument: str) -> None:
    """Raise ForbiddenError if the caller may not read the code of a noun: the answer would confirm it."""
    condition = request.registry.code_conditions.get(noun)
    if condition is not None:
        check_condition(condition, request, argument)


def resolve_node(_root: Any, request: RequestState, id: str) -> View | MissingKeys | None:
    """Return a record by its global id; None if it does not exist or the caller may not see it."""
    decoded = request.id_codec.decode(id)
    if decoded is None or decoded[0] not in request.registry.nouns:
        return None
    name, key = decoded
    noun = request.registry.nouns[name]
    if request.registry.type_requirements[name] in request.denied_requirements:
        raise ForbiddenError(noun.scopes)
    if isinstance(key, UUID):
        return resolve_card(request, build_card_key(key))
    if not isinstance(key, tuple) or key[0] not in noun.facets:
        return None
    role, native = key
    if native.connection not in request.connections.ports:
        return None
    return resolve_leaf(name, NativeId(*native), role, request)


def resolve_nodes(_root: Any, request: RequestState, ids: list[str]) -> list[Any] | MissingKeys:
    """Return records by their global ids, in order. Raise BadInputError for more than 100."""
    if len(ids) > MAX_NODES:
        raise BadInputError(f"ids may contain at most {MAX_NODES} ids.", field="ids")
    resolved = [_resolve_node_or_error(request, global_id) for global_id in ids]
    missing = [item for item in resolved if isinstance(item, MissingKeys)]
    return MissingKeys.combine(missing) if missing else resolved


def resolve_entities(
    _root: Any, request: RequestState, representations: list[Mapping[str, Any]]
) -> list[Any] | MissingKeys:
    """Return the entities that a federation router requests, by id or by canonical code or number.

    Raise BadInputError for more than 100 representations.
    """
    if len(representations) > MAX_NODES:
        raise BadInputError(f"representations may contain at most {MAX_NODES} items.", field="representations")
    if not all(isinstance(each, Mapping) for each in representations):
        raise BadInputError("Each representation must be an object.", field="representations")
    resolved = [_resolve_entity_or_error(request, representation) for representation in representations]
    missing = [item for item in resolved if isinstance(item, MissingKeys)]
    return MissingKeys.combine(missing) if missing else resolved


def _resolve_entity_or_error(request: RequestState, representation: Mapping[str, Any]) -> Any:
    name = str(representation.get("__typename"))
    if "id" in representation:
        resolved = _resolve_node_or_error(request, str(representation["id"]))
        return None if isinstance(resolved, View) and resolved.noun.name != name else resolved
    code = representation.get("code", representation.get("number"))
    noun = request.registry.nouns.get(name)
    if noun is None or noun.leaf or code is None:
        return None
    if request.registry.type_requirements[name] in request.denied_requirements:
        return ForbiddenError(noun.scopes)
    try:
        _check_code(name, request, "representations")
        return resolve_card(request, build_code_card_key(name, str(code)))
    except (AmbiguousReferenceError, ForbiddenError, SourceUnavailableError) as error:
        return error


def _resolve_node_or_error(request: RequestState, global_id: str) -> Any:
    """Return a record, or the error of its own list item instead of raising it for the whole list."""
    try:
        return resolve_node(None, request, global_id)
    except (ForbiddenError, SourceUnavailableError) as error:
        return error


def resolve_viewer(_root: Any, request: RequestState) -> ViewerData:
    """Return the caller."""
    principal = request.caller.principal
    return ViewerData(
        actor=ActorData(
            id=principal.subject,
            display_name=principal.subject,
            kind=ActorKind.SERVICE if principal.subject == principal.client_id else ActorKind.USER,
        ),
        tenant_id=principal.tenant,
        client_id=principal.client_id,
        scopes=tuple(sorted(principal.scopes)),
        roles=tuple(sorted(principal.roles)),
        regions=tuple(sorted(region for region in DataRegion if region in (request.caller.regions or ()))),
    )


def resolve_financial_dimensions(
    _root: Any, request: RequestState, kind: Any = None
) -> tuple[PostedDimension, ...] | MissingKeys:
    """Return the financial dimensions of the ERP, of one kind or of all."""
    if request.caller.legal_entities == frozenset():
        return ()  # dimensions are shared data of the legal entities, and the caller sees none of them
    catalogue = get_dimension_catalogue(request)
    if isinstance(catalogue, MissingKeys):
        return catalogue
    return tuple(dimension for dimension in catalogue if kind is None or dimension.kind == kind)


def resolve_exchange_rates(_root: Any, request: RequestState, **args: Any) -> list[RateData] | MissingKeys:
    """Return the exchange rates on a day; a target without a rate is left out."""
    targets = args["to"]
    if len(targets) > MAX_RATES:
        raise BadInputError(f"to may contain at most {MAX_RATES} currencies.", field="to")
    kind = args.get("rateType")
    keys = [RateKey(args["from"], target, args["on"], kind.value if kind else "CORPORATE") for target in targets]
    rates = [get_loaded(request, ("exchange_rates", NO_ARGS, key)) for key in keys]
    missing = [rate for rate in rates if isinstance(rate, MissingKeys)]
    if missing:
        return MissingKeys.combine(missing)
    faults = [rate for rate in rates if isinstance(rate, Fault)]
    if faults:
        raise build_source_error(faults[0])
    return [build_rate(rate) for rate in rates if rate is not None]


def resolve_systems(_root: Any, request: RequestState, role: Role | None = None) -> list[Any]:
    """Return the configured connections and their health."""
    return [request.connections.get_system(name) for name in request.connections.list_visible(role)]


def watch_system_health(request: RequestState, role: Role | None = None) -> AsyncGenerator[str, None]:
    """Yield the name of each connection at once, and again whenever its health changes."""
    changes: AsyncGenerator[str, None] = request.connections.watch_health(role)
    return changes


def resolve_changed_system(name: str, request: RequestState, **_args: Any) -> Any:
    """Return the current state of a connection whose health has changed."""
    return request.connections.get_system(name)

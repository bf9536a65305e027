"""How the roots find what they are asked for: by reference, by global id, or from the card index."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Mapping
from typing import Any
from uuid import UUID

import msgspec

from gateway.canonical.fault import Fault
from gateway.canonical.native import NativeId
from gateway.canonical.roles import DataRegion
from gateway.canonical.roles import SystemRole as Role
from gateway.errors import BadInputError, ForbiddenError, SourceUnavailableError
from gateway.execution.facets import get_loaded, resolve_card, resolve_leaf
from gateway.execution.request import Request, build_card_key, build_code_card_key
from gateway.execution.view import MissingKeys, View
from gateway.insight.dimensions import PostedDimension
from gateway.loaders.arguments import NO_ARGS
from gateway.ports.erp import RateKey
from gateway.schema.addresses import ActorKind
from gateway.schema.customer_fields import ActorData
from gateway.schema.dimension_fields import get_dimension_catalogue
from gateway.schema.money import RateData, build_rate

MAX_NODES = 100
MAX_RATES = 100


class ViewerData(msgspec.Struct, frozen=True, kw_only=True):
    """The caller."""

    actor: ActorData
    tenant_id: str
    client_id: str
    scopes: tuple[str, ...]
    roles: tuple[str, ...]
    regions: tuple[DataRegion, ...]


def by_reference(noun: str) -> Callable[..., View | MissingKeys | None]:
    """Return the root that finds one noun by an EntityRef."""

    def find(_root: Any, request: Request, ref: Mapping[str, Any]) -> View | MissingKeys | None:
        if ref.get("id") is not None:
            decoded = request.ids.decode(str(ref["id"]))
            if decoded is None or decoded[0] != noun or not isinstance(decoded[1], UUID):
                raise BadInputError(f"ref.id is not the id of a {noun}.", field="ref.id")
            return resolve_card(request, build_card_key(decoded[1]))
        if ref.get("code") is not None:
            return resolve_card(request, build_code_card_key(noun, ref["code"]))
        external = ref["external"]
        key = (noun, external["system"].value, external["objectType"], external["externalId"])
        return resolve_card(request, ("cards_by_external", NO_ARGS, key))

    find.__doc__ = None
    return find


def node(_root: Any, request: Request, id: str) -> View | MissingKeys | None:
    """Any record by its global id; absent, unknown and invisible look the same."""
    decoded = request.ids.decode(id)
    if decoded is None or decoded[0] not in request.registry.nouns:
        return None
    name, key = decoded
    noun = request.registry.nouns[name]
    if request.registry.type_requirement[name] in request.denied_requirements:
        raise ForbiddenError(noun.scopes)
    if isinstance(key, UUID):
        return resolve_card(request, build_card_key(key))
    if not isinstance(key, tuple) or key[0] not in noun.facets:
        return None
    role, native = key
    if native.connection not in request.services.ports:
        return None
    return resolve_leaf(name, NativeId(*native), role, request)


def nodes(_root: Any, request: Request, ids: list[str]) -> list[Any] | MissingKeys:
    """Several records by their global ids, in the order asked; at most 100."""
    if len(ids) > MAX_NODES:
        raise BadInputError(f"ids may name at most {MAX_NODES} records.", field="ids")
    found = [_resolve_node_or_error(request, global_id) for global_id in ids]
    missing = [item for item in found if isinstance(item, MissingKeys)]
    return MissingKeys.combine(missing) if missing else found


def entities(_root: Any, request: Request, representations: list[Mapping[str, Any]]) -> list[Any] | MissingKeys:
    """Find what a federation router names by key: an id, or the firm's code or number; at most 100."""
    if len(representations) > MAX_NODES:
        raise BadInputError(f"representations may name at most {MAX_NODES} records.", field="representations")
    if not all(isinstance(each, Mapping) for each in representations):
        raise BadInputError("representations have to be objects.", field="representations")
    found = [_resolve_entity_or_error(request, representation) for representation in representations]
    missing = [item for item in found if isinstance(item, MissingKeys)]
    return MissingKeys.combine(missing) if missing else found


def _resolve_entity_or_error(request: Request, representation: Mapping[str, Any]) -> Any:
    name = str(representation.get("__typename"))
    if "id" in representation:
        found = _resolve_node_or_error(request, str(representation["id"]))
        return None if isinstance(found, View) and found.noun.name != name else found
    code = representation.get("code", representation.get("number"))
    noun = request.registry.nouns.get(name)
    if noun is None or noun.leaf or code is None:
        return None
    if request.registry.type_requirement[name] in request.denied_requirements:
        return ForbiddenError(noun.scopes)
    try:
        return resolve_card(request, build_code_card_key(name, str(code)))
    except SourceUnavailableError as error:
        return error


def _resolve_node_or_error(request: Request, global_id: str) -> Any:
    """One record's refusal is an error of its own item, not of the list."""
    try:
        return node(None, request, global_id)
    except (ForbiddenError, SourceUnavailableError) as error:
        return error


def resolve_viewer(_root: Any, request: Request) -> ViewerData:
    """Who is asking."""
    who = request.caller.principal
    return ViewerData(
        actor=ActorData(
            id=who.subject,
            display_name=who.subject,
            kind=ActorKind.SERVICE if who.subject == who.client_id else ActorKind.USER,
        ),
        tenant_id=who.tenant,
        client_id=who.client_id,
        scopes=tuple(sorted(who.scopes)),
        roles=tuple(sorted(who.roles)),
        regions=tuple(sorted(region for region in DataRegion if region in (request.caller.regions or ()))),
    )


def resolve_financial_dimensions(
    _root: Any, request: Request, kind: Any = None
) -> tuple[PostedDimension, ...] | MissingKeys:
    """The dimensions that the ERP posts by."""
    known = get_dimension_catalogue(request)
    if isinstance(known, MissingKeys):
        return known
    return tuple(dimension for dimension in known if kind is None or dimension.kind == kind)


def resolve_exchange_rates(_root: Any, request: Request, **args: Any) -> list[RateData] | MissingKeys:
    """The rates in force on a day; a pair without a rate is left out."""
    targets = args["to"]
    if len(targets) > MAX_RATES:
        raise BadInputError(f"to may name at most {MAX_RATES} currencies.", field="to")
    kind = args.get("rateType")
    keys = [RateKey(args["from"], target, args["on"], kind.value if kind else "CORPORATE") for target in targets]
    rates = [get_loaded(request, ("exchange_rates", NO_ARGS, key)) for key in keys]
    missing = [rate for rate in rates if isinstance(rate, MissingKeys)]
    if missing:
        return MissingKeys.combine(missing)
    faults = [rate for rate in rates if isinstance(rate, Fault)]
    if faults:
        raise SourceUnavailableError(faults[0])
    return [build_rate(rate) for rate in rates if rate is not None]


def resolve_systems(_root: Any, request: Request, role: Role | None = None) -> list[Any]:
    """The configured connections and how they are doing, as the gateway has seen it."""
    return [request.services.system(name) for name in request.services.named(role)]


def watch_system_health(request: Request, role: Role | None = None) -> AsyncGenerator[str, None]:
    """The names of the same connections: each at once, and again when its health has changed."""
    changes: AsyncGenerator[str, None] = request.services.changes(role)
    return changes


def resolve_changed_system(name: str, request: Request, **_args: Any) -> Any:
    """The connection that has changed, as it is by now."""
    return request.services.system(name)

"""Resolvers of identity, freshness and lineage: a record's ids in each system, its age and the source of each value."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

import msgspec

from gateway.canonical.fault import Fault
from gateway.canonical.native import NativeId
from gateway.canonical.records.card import Card
from gateway.canonical.roles import ConflictPolicy, SystemRole
from gateway.canonical.values import Money
from gateway.errors import (
    BadInputError,
    ClientError,
    ContractMismatchError,
    ForbiddenError,
    MappingMissingError,
    SourceUnavailableError,
)
from gateway.execution.declarations import FieldDeclaration, Reference, Sourced, list_sufficient_scopes
from gateway.execution.facets import build_facet_load_key, get_facet
from gateway.execution.references import follow_key
from gateway.execution.request import NOT_LOADED, RequestState
from gateway.execution.source_values import SourceValue, convert_value, read_value, resolve_source
from gateway.execution.view import MissingKeys, ValueWithErrors, View
from gateway.ports.lineage import Supplied
from gateway.schema.identity import FreshnessStatus, LinkMethod, ReferenceStatus
from gateway.schema.money import DeferredAmount, MoneySetData
from gateway.schema.origins import COMPOSED_FIELDS

STALE_AFTER = timedelta(minutes=5)
CARD = "card"


class ReferenceData(msgspec.Struct, frozen=True, kw_only=True):
    """An id of the record in a source system."""

    system: SystemRole
    connection: str
    object_type: str
    external_id: str
    display_number: str | None = None
    url: str | None = None
    status: ReferenceStatus = ReferenceStatus.LINKED
    last_synced_at: datetime | None = None
    source_modified_at: datetime | None = None
    linked_by: LinkMethod = LinkMethod.EXTERNAL_ID_FIELD


class SourceFreshnessData(msgspec.Struct, frozen=True, kw_only=True):
    """How current the part of one system is."""

    system: SystemRole
    status: FreshnessStatus
    fetched_at: datetime | None
    source_modified_at: datetime | None
    age: timedelta | None
    cache_hit: bool
    error: Fault | None = None


class FreshnessData(msgspec.Struct, frozen=True, kw_only=True):
    """How current the record is."""

    status: FreshnessStatus
    as_of: datetime
    sources: tuple[SourceFreshnessData, ...]


class AlternateData(msgspec.Struct, frozen=True, kw_only=True):
    """The value in another system."""

    system: SystemRole
    value: Any
    agrees: bool
    source_modified_at: datetime | None


class ProvenanceData(msgspec.Struct, frozen=True, kw_only=True):
    """The source of one value."""

    field: str
    system: SystemRole
    source_object: str
    source_field: str
    fetched_at: datetime
    rule: ConflictPolicy
    fallback_used: bool
    transformation: str | None
    alternates: tuple[AlternateData, ...]


def resolve_references(
    view: View, _request: RequestState, system: SystemRole | None = None
) -> list[ReferenceData] | MissingKeys:
    """Return the ids of a record in each system, or in one (the crosswalk)."""
    if view.card is None:
        native = view.key if isinstance(view.key, NativeId) else None
        own = [] if native is None else [_build_own_reference(view.own_role, native)]
        return [each for each in own if system in {None, each.system}]
    return [
        ReferenceData(
            system=link.role,
            connection=link.native.connection,
            object_type=link.native.object_type,
            external_id=link.native.id,
            display_number=link.display_number,
            url=link.url,
            status=ReferenceStatus(link.status),
            last_synced_at=link.synced_at,
            source_modified_at=link.source_modified_at,
            linked_by=LinkMethod(link.linked_by),
        )
        for link in view.card.links
        if system in {None, link.role}
    ]


def _build_own_reference(role: SystemRole, native: NativeId) -> ReferenceData:
    return ReferenceData(
        system=role, connection=native.connection, object_type=native.object_type, external_id=native.id
    )


def resolve_freshness(view: View, request: RequestState) -> FreshnessData:
    """Return the freshness over every system that this request has read for a record; without one, that of its card."""
    sources = tuple(_collect_sources(view, request))
    if not sources and view.card is not None:
        sources = (_build_card_source(view.card, request.now),)
    dates = [source.fetched_at for source in sources if source.fetched_at is not None]
    order = list(FreshnessStatus)
    worst = max((source.status for source in sources), key=order.index, default=FreshnessStatus.LIVE)
    return FreshnessData(status=worst, as_of=min(dates, default=request.now), sources=sources)


def _collect_sources(view: View, request: RequestState) -> Iterator[SourceFreshnessData]:
    for role, declared in view.noun.facets.items():
        if role is SystemRole.GATEWAY or declared.borrowed is not None:
            continue
        key = build_facet_load_key(view, role, declared, request)
        if key is None or isinstance(key, (MissingKeys, Fault)):
            continue
        record = request.results.get(key, NOT_LOADED)
        if record is NOT_LOADED or record is None or isinstance(record, ClientError):
            continue
        failed = record if isinstance(record, Fault) else None
        fetched = None if failed else request.fetch_times[key]
        yield SourceFreshnessData(
            system=role,
            status=FreshnessStatus.UNAVAILABLE if failed else FreshnessStatus.LIVE,
            fetched_at=fetched,
            source_modified_at=None if failed else record.modified_at,
            age=None if fetched is None else max(request.now - fetched, timedelta(0)),
            cache_hit=False,
            error=failed,
        )


def _build_card_source(card: Card, now: datetime) -> SourceFreshnessData:
    age = now - card.synced_at
    return SourceFreshnessData(
        system=SystemRole.GATEWAY,
        status=FreshnessStatus.STALE if age > STALE_AFTER else FreshnessStatus.CACHED,
        fetched_at=card.synced_at,
        source_modified_at=card.modified_at,
        age=age,
        cache_hit=True,
    )


def resolve_version(view: View, request: RequestState) -> str:
    """Return the version: a hash of the modification times of the sources that this request has read."""
    seen = sorted(
        f"{source.system}={source.source_modified_at.isoformat() if source.source_modified_at else ''}"
        for source in resolve_freshness(view, request).sources
    )
    return sha256("|".join([str(view.key), *seen]).encode()).hexdigest()[:32]


def resolve_provenance(
    view: View, request: RequestState, fields: Sequence[str] | None = None
) -> list[ProvenanceData] | ValueWithErrors | MissingKeys:
    """Return the lineage of the named fields, or of every single value that this request has read.

    A named field that the caller may not read is left out, and the error names it. Raise BadInputError for a field
    without a source.
    """
    known = {
        name: declaration
        for (type_name, name), declaration in request.registry.fields.items()
        if type_name == view.noun.name and declaration.printed_roles
    }
    unknown = [name for name in fields or () if name not in known]
    if unknown:
        raise BadInputError(f"{view.noun.name} has no sourced field {unknown[0]!r}.", field="fields")
    rules = {name: request.registry.field_requirements[view.noun.name, name] for name in known}
    denied = {name: rule for name, rule in rules.items() if rule in request.denied_requirements}
    readable = [name for name in fields or known if name not in denied]
    if fields is None:
        single = [name for name in readable if isinstance(known[name], (Sourced, Reference))]
        read = (_build_provenance(view, name, known[name], request) for name in single)
        return [each for each in read if isinstance(each, ProvenanceData)]
    lineages = [_build_provenance(view, name, known[name], request) for name in readable]
    missing = [each for each in lineages if isinstance(each, MissingKeys)]
    if missing:
        return MissingKeys.combine(missing)
    found = [each for each in lineages if isinstance(each, ProvenanceData)]
    requirements = request.registry.requirements
    errors = [
        ForbiddenError(list_sufficient_scopes(requirements[denied[name]]), field=name)
        for name in dict.fromkeys(fields)
        if name in denied
    ]
    return ValueWithErrors(found, errors) if errors else found


def _build_provenance(
    view: View, name: str, declaration: FieldDeclaration, request: RequestState
) -> ProvenanceData | MissingKeys | None:
    if not isinstance(declaration, (Sourced, Reference)):
        return _build_composed_provenance(view, name, declaration, request)
    try:
        source_value = resolve_source(declaration, view, request)
    except ClientError:
        return None
    if source_value is None or isinstance(source_value, MissingKeys):
        return source_value
    value = _to_json_value(declaration, source_value, request)
    if value is None or isinstance(value, MissingKeys):
        return value
    origin = _find_origin(view, name, source_value, declaration, request)
    return ProvenanceData(
        field=name,
        system=source_value.role,
        source_object=origin.object,
        source_field=origin.field,
        fetched_at=_get_fetch_time(view, source_value.role, request),
        rule=declaration.conflict,
        fallback_used=source_value.role is not declaration.roles[0],
        transformation=origin.transformation,
        alternates=tuple(_collect_alternates(view, declaration, source_value, value, request)),
    )


def _build_composed_provenance(
    view: View, name: str, declaration: FieldDeclaration, request: RequestState
) -> ProvenanceData | MissingKeys | None:
    """Return the lineage of a list or composed value: the vendor's field that it is read or selected by."""
    attributes = COMPOSED_FIELDS.get((view.noun.name, name), {})
    for role in declaration.printed_roles:
        connection = _find_connection(view, role, request)
        if isinstance(connection, MissingKeys):
            return connection
        lineage = request.lineage.get(connection or "", {})
        origins = (
            lineage.get(record, {}).get(attribute) for record, attribute in attributes.items() if record.role is role
        )
        origin = next((each for each in origins if isinstance(each, Supplied)), None)
        if origin is not None:
            return ProvenanceData(
                field=name,
                system=role,
                source_object=origin.object,
                source_field=origin.field,
                fetched_at=_get_fetch_time(view, role, request),
                rule=declaration.conflict,
                fallback_used=role is not declaration.printed_roles[0],
                transformation=origin.transformation,
                alternates=(),
            )
    return None


def _find_connection(view: View, role: SystemRole, request: RequestState) -> str | MissingKeys | None:
    """Return the name of the connection in which a system holds a noun."""
    if view.card is not None:
        native = view.card.get_native_id(role)
        return None if native is None else native.connection
    if isinstance(view.key, NativeId) and role is view.own_role:
        return view.key.connection
    record = get_facet(view, role, request)
    if record is None or isinstance(record, Fault):
        return None
    connection: str | MissingKeys = record if isinstance(record, MissingKeys) else record.native.connection
    return connection


def _get_fetch_time(view: View, role: SystemRole, request: RequestState) -> datetime:
    declared = view.noun.facets.get(role)
    key = None if declared is None else build_facet_load_key(view, role, declared, request)
    fetched = request.fetch_times.get(key) if isinstance(key, tuple) else None
    return fetched or (view.card.synced_at if view.card else request.now)


def _find_origin(
    view: View, name: str, source_value: SourceValue, declaration: Sourced | Reference, request: RequestState
) -> Supplied:
    """Return the vendor's field of a value; a value of the card index is named as in the schema."""
    record = source_value.record
    if isinstance(record, Card):
        return Supplied(CARD, name, "from the card index")
    of = declaration.of[source_value.role]
    attribute = of if isinstance(of, str) else COMPOSED_FIELDS.get((view.noun.name, name), {}).get(type(record), "")
    origin = request.lineage.get(record.native.connection, {}).get(type(record), {}).get(attribute)
    return origin if isinstance(origin, Supplied) else Supplied(record.native.object_type, name)


def _collect_alternates(
    view: View, declaration: Sourced | Reference, source_value: SourceValue, chosen: Any, request: RequestState
) -> Iterator[AlternateData]:
    """Yield the values of the other systems that this request has read; none for a classified field."""
    if declaration.sensitive is not None:
        return
    for role in declaration.roles:
        if role is source_value.role or role is SystemRole.GATEWAY:
            continue
        record = get_facet(view, role, request)
        if record is None or isinstance(record, (MissingKeys, Fault)):
            continue
        try:
            raw = read_value(record, declaration.of[role], request)
        except ContractMismatchError:
            continue
        if raw is None:
            continue
        value = _to_json_value(declaration, SourceValue(role, record, raw), request)
        if value is not None and not isinstance(value, MissingKeys):
            agrees = value == chosen
            yield AlternateData(system=role, value=value, agrees=agrees, source_modified_at=record.modified_at)


def _to_json_value(declaration: Sourced | Reference, source_value: SourceValue, request: RequestState) -> Any:
    """Return a value in JSON's types; a code without a mapping stays a raw source value.

    A reference is given by the code or id of the noun it refers to, so that the ids of two systems compare as equal; it
    is None if the caller may not see the noun.
    """
    try:
        if isinstance(declaration, Reference):
            return _to_reference_value(
                follow_key(declaration, source_value.record, source_value.raw, request), declaration, request
            )
        value = convert_value(declaration, source_value, request)
    except SourceUnavailableError:
        return None
    except MappingMissingError:
        value = source_value.raw
    return msgspec.to_builtins(_simplify_amounts(value), str_keys=True)


def _simplify_amounts(value: Any) -> Any:
    """Return amounts as what a source states: without the day and the parts that conversions need."""
    if isinstance(value, MoneySetData):
        return {name: _simplify_amounts(getattr(value, name)) for name in ("transaction", "functional")}
    if isinstance(value, DeferredAmount):
        return None
    return Money(value.amount, value.currency) if isinstance(value, Money) else value


def _to_reference_value(
    target: View | list[View] | MissingKeys | None, declaration: Reference, request: RequestState
) -> Any:
    match target:
        case None | MissingKeys():
            return target
        case View():
            return target.card.code if declaration.by_code and target.card else request.id_codec.encode(target)
        case _:
            return [_to_reference_value(each, declaration, request) for each in target]

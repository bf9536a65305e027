"""The record-and-fallback rule: which system supplies a value."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from gateway.canonical.fault import Fault
from gateway.canonical.records.card import Card
from gateway.canonical.roles import SystemRole
from gateway.errors import ContractMismatchError, MappingMissingError, build_source_error
from gateway.execution.declarations import Accessor, FieldDeclaration, Reference, Sourced
from gateway.execution.facets import build_facet_load_key, get_facet
from gateway.execution.request import RequestState
from gateway.execution.view import MissingKeys, View
from gateway.ports.lineage import Unsupported

NO_SYSTEM = "No connected system has this role."
NO_RECORD = "The system has no record with the reference of this one: it is not posted there."


class SourceValue(NamedTuple):
    """A raw value, its record, and the role of the system that supplied the record."""

    role: SystemRole
    record: Any
    raw: Any


def resolve_source(
    declaration: Sourced | Reference, view: View, request: RequestState
) -> SourceValue | MissingKeys | None:
    """Return the value of the first system, in declared order, that has one.

    A system that has no record, no value, an unreadable value or a fault is skipped. Return None if every system
    answered and none has a value. Raise SourceUnavailableError if none has a value and at least one returned a fault,
    ContractMismatchError if it is that of a single value or record.
    """
    fault: Fault | None = None
    for role in declaration.roles:
        record = get_facet(view, role, request)
        if isinstance(record, MissingKeys):
            return record
        if isinstance(record, Fault):
            fault = fault or record
        elif record is not None:
            try:
                raw = read_value(record, declaration.of[role], request)
            except ContractMismatchError as error:
                fault = fault or error.fault
                continue
            if raw is not None:
                return SourceValue(role, record, raw)
    if fault is not None:
        raise build_source_error(fault)
    return None


def read_value(record: Any, of: Accessor, request: RequestState) -> Any:
    """Return the named attribute of a record, or the result of a function of the record."""
    return of(record, request) if callable(of) else getattr(record, of)


def convert_value(declaration: Sourced, source_value: SourceValue, request: RequestState) -> Any:
    """Convert a raw value into the canonical one: map it by reference data, then convert it into its enum.

    A card already holds canonical codes. Raise MappingMissingError if the code has no mapping.
    """
    value = source_value.raw
    if declaration.maps is not None and not isinstance(source_value.record, Card):
        connection = source_value.record.native.connection
        value = request.code_mapping.map_code(declaration.maps, connection, source_value.raw)
        if value is None:
            raise MappingMissingError(declaration.maps.value, connection, str(source_value.raw))
    if declaration.into is None:
        return value
    try:
        return declaration.into(value)
    except ValueError:
        raise MappingMissingError(
            declaration.into.__name__, _get_connection_name(source_value.record), str(value)
        ) from None


def _get_connection_name(record: Any) -> str:
    return "the card index" if isinstance(record, Card) else record.native.connection


def find_unsupported_attributes(
    declaration: Sourced | Reference, view: View, request: RequestState
) -> Mapping[SystemRole, str]:
    """Return, per system read, why it has no value; empty if one of them has the record and supports the value."""
    reasons: dict[SystemRole, str] = {}
    for role in declaration.roles:
        record = get_facet(view, role, request)
        if record is None:
            reasons |= explain_missing_record(view, role, declaration.of[role], request)
        if record is None or isinstance(record, (MissingKeys, Fault, Card)):
            continue
        of = declaration.of[role]
        lineage = request.lineage.get(record.native.connection, {})
        origin = None if callable(of) else lineage.get(record.__class__, {}).get(of)
        if not isinstance(origin, Unsupported):
            return {}
        reasons[role] = origin.reason
    return reasons


def explain_missing_record(
    view: View, role: SystemRole, of: Accessor | None, request: RequestState
) -> Mapping[SystemRole, str]:
    """Return why a system has no record of a leaf of another system; empty for every other noun."""
    facet = view.noun.facets.get(role)
    if facet is None or facet.key is None or role is view.own_role:
        return {}
    key = build_facet_load_key(view, role, facet, request)
    if not isinstance(key, tuple):
        return {role: NO_SYSTEM}
    lineage = request.lineage.get(key[2].connection, {}).get(facet.record, {})  # type: ignore[attr-defined] # a NativeId
    origins = [lineage.get(of)] if isinstance(of, str) else list(lineage.values())
    if origins and all(isinstance(origin, Unsupported) for origin in origins):
        return {role: origins[0].reason}  # type: ignore[union-attr] # checked in the line above
    return {role: NO_RECORD}


def find_unsupported_origins(
    declaration: FieldDeclaration, source: Any, request: RequestState
) -> Mapping[SystemRole, str]:
    """Return, per linked system, why it does not support the origins of a value; empty if any of them supports one."""
    reasons: dict[SystemRole, str] = {}
    for record, attribute in declaration.origins.items():
        link = source.card.get_native_id(record.role) if isinstance(source, View) and source.card else None
        if link is None:
            continue
        origins = request.lineage.get(link.connection, {}).get(record, {})
        relevant = origins.values() if attribute is None else [origins.get(attribute)]
        unsupported = [origin for origin in relevant if isinstance(origin, Unsupported)]
        if not unsupported or len(unsupported) < len(relevant):
            return {}
        reasons[record.role] = unsupported[0].reason
    return reasons

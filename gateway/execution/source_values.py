"""The one place of the record-and-fallback rule: which system supplies a value."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from gateway.canonical.fault import Fault
from gateway.canonical.records.card import Card
from gateway.canonical.roles import SystemRole
from gateway.errors import MappingMissingError, SourceUnavailableError
from gateway.execution.facets import facet
from gateway.execution.facts import Accessor, FieldDeclaration, Reference, Sourced
from gateway.execution.request import Request
from gateway.execution.view import MissingKeys, View
from gateway.ports.lineage import Absent


class SourceValue(NamedTuple):
    """A raw value, the record that holds it, and the role of its system."""

    role: SystemRole
    record: Any
    raw: Any


def resolve_source(fact: Sourced | Reference, view: View, request: Request) -> SourceValue | MissingKeys | None:
    """Return the first system, in order, that has a value.

    A system without the record, without a value or out of order passes on to the next one. Raises SourceUnavailableError when nobody had a value
    and somebody could not be asked; returns None when everybody could and nobody had.
    """
    fault: Fault | None = None
    for role in fact.roles:
        record = facet(view, role, request)
        if isinstance(record, MissingKeys):
            return record
        if isinstance(record, Fault):
            fault = fault or record
        elif record is not None:
            raw = read_value(record, fact.of[role], request)
            if raw is not None:
                return SourceValue(role, record, raw)
    if fault is not None:
        raise SourceUnavailableError(fault)
    return None


def read_value(record: Any, of: Accessor, request: Request) -> Any:
    """Read an attribute, or what a function makes of the record."""
    return of(record, request) if callable(of) else getattr(record, of)


def convert_value(fact: Sourced, source_value: SourceValue, request: Request) -> Any:
    """Turn a raw value into the firm's own: mapped by reference data, then made a member of its enum.

    Raises MappingMissingError when nobody has mapped the code. A card already holds the firm's words.
    """
    value = source_value.raw
    if fact.maps is not None and not isinstance(source_value.record, Card):
        connection = source_value.record.native.connection
        value = request.codes.canonical(fact.maps, connection, source_value.raw)
        if value is None:
            raise MappingMissingError(fact.maps.value, connection, str(source_value.raw))
    if fact.into is None:
        return value
    try:
        return fact.into(value)
    except ValueError:
        raise MappingMissingError(fact.into.__name__, _get_connection_name(source_value.record), str(value)) from None


def _get_connection_name(record: Any) -> str:
    return "the card index" if isinstance(record, Card) else record.native.connection


def find_unsupported_attributes(fact: Sourced | Reference, view: View, request: Request) -> Mapping[SystemRole, str]:
    """Return why no system that was asked has a place for the value, as their adapters declare; nothing when one of them has a place."""
    reasons: dict[SystemRole, str] = {}
    for role in fact.roles:
        record = facet(view, role, request)
        if record is None or isinstance(record, (MissingKeys, Fault, Card)):
            continue
        of = fact.of[role]
        lineage = request.lineage.get(record.native.connection, {})
        origin = None if callable(of) else lineage.get(type(record), {}).get(of)
        if not isinstance(origin, Absent):
            return {}
        reasons[role] = origin.reason
    return reasons


def find_unsupported_origins(fact: FieldDeclaration, source: Any, request: Request) -> Mapping[SystemRole, str]:
    """Return why no system that holds the thing has a place for what is behind the value; nothing when one of them has."""
    reasons: dict[SystemRole, str] = {}
    for record, attribute in fact.origins.items():
        link = source.card.link(record.role) if isinstance(source, View) and source.card else None
        if link is None:
            continue
        origins = request.lineage.get(link.connection, {}).get(record, {})
        asked = origins.values() if attribute is None else [origins.get(attribute)]
        absent = [origin for origin in asked if isinstance(origin, Absent)]
        if not absent or len(absent) < len(asked):
            return {}
        reasons[record.role] = absent[0].reason
    return reasons

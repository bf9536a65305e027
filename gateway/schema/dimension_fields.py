"""Declarations of fields that combine the codes of a record with the dimensions of the ERP."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from gateway.canonical.fault import Fault
from gateway.canonical.records.crm import CrmOpportunityLine
from gateway.canonical.roles import ConflictPolicy, SystemRole
from gateway.canonical.states import DimensionTarget, MappingDomain
from gateway.errors import MappingMissingError, build_source_error
from gateway.execution.declarations import Sourced
from gateway.execution.facets import get_loaded
from gateway.execution.field_resolution import record_unsupported
from gateway.execution.request import RequestState
from gateway.execution.source_values import SourceValue, convert_value, resolve_source
from gateway.execution.view import MissingKeys, View
from gateway.insight.dimensions import PostedDimension, PostedValue, build_assignments, build_dimensions
from gateway.loaders.arguments import NO_ARGS
from gateway.schema.kernel import derived

SERVICE_LINE = "SERVICE_LINE"
COST_CENTER = "COST_CENTER"


class ServiceLineData(msgspec.Struct, frozen=True, kw_only=True):
    """A service line; its name is its code if the ERP has no such dimension value."""

    code: str
    name: str
    dimension_value: PostedValue | None


def get_dimension_catalogue(request: RequestState) -> tuple[PostedDimension, ...] | MissingKeys:
    """Return every dimension of every ERP. Raise SourceUnavailableError if an ERP does not answer."""
    catalogue: list[PostedDimension] = []
    for connection in request.connections.list_by_role(SystemRole.ERP):
        rows = get_loaded(request, ("erp_dimensions", NO_ARGS, connection))
        if isinstance(rows, MissingKeys):
            return rows
        if isinstance(rows, Fault):
            raise build_source_error(rows)
        catalogue.extend(build_dimensions(connection, rows or ()))
    return tuple(catalogue)


def declare_dimensions(record: SystemRole, *, fallback: Sequence[SystemRole] = (), target: DimensionTarget) -> Any:
    """Declare the dimensions of a record: those assigned to it and those that are required and missing."""

    def build_value(source_value: SourceValue, catalogue: tuple[PostedDimension, ...], _request: RequestState) -> Any:
        return build_assignments(source_value.raw, catalogue, target)

    return _declare_from_catalogue(
        "dimensions", record, fallback, _declare_source(record, fallback, "dimensions"), build_value
    )


def declare_service_line(record: SystemRole, *, fallback: Sequence[SystemRole] = ()) -> Any:
    """Declare the service line of a record, by its canonical code."""
    declaration = _declare_source(record, fallback, "service_line", MappingDomain.SERVICE_LINE)

    def build_value(
        source_value: SourceValue, catalogue: tuple[PostedDimension, ...], request: RequestState
    ) -> ServiceLineData:
        code = str(convert_value(declaration, source_value, request))
        value = _find_value(catalogue, SERVICE_LINE, code)
        return ServiceLineData(code=code, name=value.name if value else code, dimension_value=value)

    return _declare_from_catalogue("serviceLine", record, fallback, declaration, build_value)


def resolve_line_service_line(line: CrmOpportunityLine, request: RequestState) -> ServiceLineData | MissingKeys | None:
    """Return the service line of an opportunity's line. Raise MappingMissingError if its code has no mapping."""
    if line.service_line is None:
        return None
    code = request.code_mapping.map_code(MappingDomain.SERVICE_LINE, line.connection, line.service_line)
    if code is None:
        raise MappingMissingError(MappingDomain.SERVICE_LINE, line.connection, line.service_line)
    catalogue = get_dimension_catalogue(request)
    if isinstance(catalogue, MissingKeys):
        return catalogue
    value = _find_value(catalogue, SERVICE_LINE, code)
    return ServiceLineData(code=code, name=value.name if value else code, dimension_value=value)


def declare_cost_center(record: SystemRole, *, fallback: Sequence[SystemRole] = (), conflict: ConflictPolicy) -> Any:
    """Declare the cost centre of a person."""
    declaration = _declare_source(record, fallback, "cost_center")

    def build_value(
        source_value: SourceValue, catalogue: tuple[PostedDimension, ...], _request: RequestState
    ) -> PostedValue | None:
        return _find_value(catalogue, COST_CENTER, str(source_value.raw))

    return _declare_from_catalogue("costCenter", record, fallback, declaration, build_value, conflict)


def _find_value(catalogue: Sequence[PostedDimension], kind: str, code: str) -> PostedValue | None:
    values = (value for dimension in catalogue if dimension.kind == kind for value in dimension.values)
    return next((value for value in values if value.code == code), None)


def _declare_source(
    record: SystemRole, fallback: Sequence[SystemRole], attribute: str, maps: MappingDomain | None = None
) -> Sourced:
    roles = (record, *fallback)
    return Sourced(roles=roles, of=dict.fromkeys(roles, attribute), maps=maps)


def _declare_from_catalogue(
    name: str,
    record: SystemRole,
    fallback: Sequence[SystemRole],
    declaration: Sourced,
    build_value: Callable[[SourceValue, tuple[PostedDimension, ...], RequestState], Any],
    conflict: ConflictPolicy = ConflictPolicy.RECORD_WINS,
) -> Any:
    def resolve(view: View, request: RequestState) -> Any:
        source_value = resolve_source(declaration, view, request)
        if isinstance(source_value, MissingKeys):
            return source_value
        if source_value is None:
            record_unsupported(name, declaration, view, request)
            return None
        catalogue = get_dimension_catalogue(request)
        return catalogue if isinstance(catalogue, MissingKeys) else build_value(source_value, catalogue, request)

    return derived(resolve, record=record, fallback=fallback, conflict=conflict)

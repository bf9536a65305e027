"""Financial dimensions of the ERP and their values."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any

import strawberry

from gateway.canonical.page import Page
from gateway.canonical.states import MappingDomain
from gateway.execution.global_ids import IdCodec
from gateway.execution.request import RequestState
from gateway.execution.view import PageValue
from gateway.insight.dimensions import PostedDimension, PostedValue
from gateway.loaders.conditions import build_page_request
from gateway.loaders.list_cursors import compute_list_digest, open_cursor, seal_cursor
from gateway.schema.enums import DimensionKind, DimensionTarget
from gateway.schema.kernel import UNSET, Connection, derived, derived_by


def _encode_dimension_id(dimension: PostedDimension, _request: RequestState) -> str:
    return IdCodec.encode_parts("FinancialDimension", f"{dimension.connection}/{dimension.code}")


def _encode_value_id(value: PostedValue, _request: RequestState) -> str:
    return IdCodec.encode_parts("DimensionValue", f"{value.dimension.connection}/{value.dimension.code}/{value.code}")


def _is_value_visible(value: PostedValue, request: RequestState) -> bool:
    """Return whether the caller sees a legal entity that may use the value."""
    entities = request.caller.legal_entities
    if entities is None or value.legal_entities is None:
        return entities != frozenset()
    domain, connection = MappingDomain.LEGAL_ENTITY, value.dimension.connection
    return any(request.code_mapping.map_code(domain, connection, raw) in entities for raw in value.legal_entities)


def _paginate_values(dimension: PostedDimension, request: RequestState, **args: Any) -> PageValue:
    """Return a page of a dimension's values, sorted by code; `activeOn` keeps those that can be used on a day."""
    given = _drop_nulls(args)
    digest = compute_list_digest("dimension_values", [dimension.connection, dimension.code], given)
    wanted = build_page_request(open_cursor(digest, given), 50)
    on: date | None = args.get("activeOn") or None
    values = sorted(
        (
            value
            for value in dimension.values
            if (on is None or value.is_in_force(on)) and _is_value_visible(value, request)
        ),
        key=lambda value: value.code,
    )
    after = wanted.after
    rest = [value for value in values if after is None or value.code > after]
    rows = tuple(rest[: wanted.first])
    page = Page(
        rows=rows,
        cursors=tuple(seal_cursor(digest, value.code) for value in rows),
        has_next=len(rest) > len(rows),
        has_previous=len(rest) < len(values),
        total=len(values),
    )
    return PageValue(page, list(rows))


def _drop_nulls(args: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in args.items() if value is not None}


@strawberry.type
class FinancialDimension:
    """A financial dimension of the ERP, such as cost centre, department or service line."""

    id: strawberry.ID = derived(_encode_dimension_id, description="Opaque id.")
    code: str
    """Code of the dimension in the ERP."""
    name: str
    """Name of the dimension."""
    kind: DimensionKind
    """Meaning of the dimension."""
    required_on: list[DimensionTarget]
    """Types of record for which the ERP requires a value."""

    @derived_by(_paginate_values)
    def values(
        self, active_on: date | None = UNSET, first: int | None = 50, after: str | None = UNSET
    ) -> Connection[Annotated[DimensionValue, strawberry.lazy("gateway.schema.dimension")]] | None:
        """Values of the dimension, sorted by code."""


@strawberry.type
class DimensionValue:
    """A value of a financial dimension."""

    id: strawberry.ID = derived(_encode_value_id, description="Opaque id.")
    dimension: FinancialDimension
    """The dimension that the value belongs to."""
    code: str
    """Code of the value in the ERP."""
    name: str
    """Name of the value."""
    active: bool
    """Whether the ERP accepts postings with the value."""
    valid_from: date | None
    """First day on which the value can be used; null if unlimited."""
    valid_to: date | None
    """Last day on which the value can be used, included; null if unlimited."""


@strawberry.type
class DimensionAssignment:
    """A financial dimension of a record and its value."""

    dimension: FinancialDimension
    """The dimension."""
    value: DimensionValue | None
    """The assigned value; null if there is none or the ERP does not know its code."""
    required: bool
    """Whether the ERP requires a value on this type of record."""
    missing: bool
    """True if a required value is missing: the ERP would reject a posting."""


@strawberry.type
class ServiceLine:
    """A kind of work that the firm sells: a value of the ERP's service-line dimension."""

    id: strawberry.ID = derived(
        lambda line, _request: IdCodec.encode_parts("ServiceLine", line.code), description="Opaque id."
    )
    code: str
    """Canonical code of the service line."""
    name: str
    """Name of the service line; its code if the ERP has no such dimension value."""
    dimension_value: DimensionValue | None
    """The ERP's dimension value; null if it has none with this code."""

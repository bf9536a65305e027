"""What the ERP posts by: dimensions and their values."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any

import strawberry

from gateway.canonical.page import Page
from gateway.execution.ids import IdCodec
from gateway.execution.request import Request
from gateway.execution.view import PageValue
from gateway.insight.dimensions import PostedDimension, PostedValue
from gateway.loaders.conditions import page_request
from gateway.schema.enums import DimensionKind, DimensionTarget
from gateway.schema.kernel import UNSET, Connection, derived, derived_by


def _encode_dimension_id(dimension: PostedDimension, _request: Request) -> str:
    return IdCodec.encode_parts("FinancialDimension", f"{dimension.connection}/{dimension.code}")


def _encode_value_id(value: PostedValue, _request: Request) -> str:
    return IdCodec.encode_parts("DimensionValue", f"{value.dimension.connection}/{value.dimension.code}/{value.code}")


def _paginate_values(dimension: PostedDimension, _request: Request, **args: Any) -> PageValue:
    """Page through a dimension's values in the order of their codes; `activeOn` keeps those in force on a day."""
    wanted = page_request(_drop_nulls(args), 50)
    on: date | None = args.get("activeOn") or None
    values = sorted(
        (value for value in dimension.values if on is None or value.in_force(on)), key=lambda value: value.code
    )
    after = wanted.after
    rest = [value for value in values if after is None or value.code > after]
    rows = tuple(rest[: wanted.first])
    page = Page(
        rows=rows,
        cursors=tuple(value.code for value in rows),
        has_next=len(rest) > len(rows),
        has_previous=len(rest) < len(values),
        total=len(values),
    )
    return PageValue(page, list(rows))


def _drop_nulls(args: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in args.items() if value is not None}


@strawberry.type
class FinancialDimension:
    """A dimension that the ERP posts by: cost centre, department, service line, practice, region..."""

    id: strawberry.ID = derived(_encode_dimension_id, description="Opaque id.")
    code: str
    name: str
    kind: DimensionKind
    required_on: list[DimensionTarget] = strawberry.field(
        description="Record types on which the ERP refuses a posting without a value."
    )

    @derived_by(_paginate_values)
    def values(
        self, active_on: date | None = UNSET, first: int | None = 50, after: str | None = UNSET
    ) -> Connection[Annotated[DimensionValue, strawberry.lazy("gateway.schema.dimension")]] | None:
        """The values to post by, in the order of their codes."""


@strawberry.type
class DimensionValue:
    """A value to post by."""

    id: strawberry.ID = derived(_encode_value_id, description="Opaque id.")
    dimension: FinancialDimension
    code: str
    name: str
    active: bool
    valid_from: date | None
    valid_to: date | None


@strawberry.type
class DimensionAssignment:
    """One dimension of one record; `missing` where the ERP would refuse a posting."""

    dimension: FinancialDimension
    value: DimensionValue | None
    required: bool
    missing: bool


@strawberry.type
class ServiceLine:
    """What kind of work the firm sells: a value of the ERP's service-line dimension."""

    id: strawberry.ID = derived(
        lambda line, _request: IdCodec.encode_parts("ServiceLine", line.code), description="Opaque id."
    )
    code: str
    name: str
    dimension_value: DimensionValue | None

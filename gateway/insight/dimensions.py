"""The financial dimensions of a record, and the mandatory ones that are missing."""

from collections.abc import Iterator, Sequence
from datetime import date

import msgspec

from gateway.canonical.records.base import DimensionTag
from gateway.canonical.records.erp import ErpDimension
from gateway.canonical.states import DimensionKind, DimensionTarget


class PostedDimension(msgspec.Struct, frozen=True, kw_only=True):
    """A dimension of one ERP connection, with its values."""

    connection: str
    code: str
    name: str
    kind: DimensionKind
    required_on: tuple[DimensionTarget, ...]
    values: tuple["PostedValue", ...] = ()


class PostedValue(msgspec.Struct, frozen=True, kw_only=True):
    """A value; its dimension comes without values, which avoids a reference cycle.

    `legal_entities` are the ERP's codes of the entities that may use it; None means all.
    """

    dimension: PostedDimension
    code: str
    name: str
    active: bool
    valid_from: date | None
    valid_to: date | None
    legal_entities: tuple[str, ...] | None = None

    def is_in_force(self, on: date) -> bool:
        """Return whether the ERP accepts the value for postings on a day; both bounds included."""
        started = self.valid_from is None or self.valid_from <= on
        return self.active and started and (self.valid_to is None or on <= self.valid_to)


class DimensionAssignment(msgspec.Struct, frozen=True, kw_only=True):
    """One dimension of one record. `missing` is true if the ERP would refuse a posting."""

    dimension: PostedDimension
    value: PostedValue | None
    required: bool
    missing: bool


def build_dimensions(connection: str, rows: Sequence[ErpDimension]) -> Iterator[PostedDimension]:
    """Yield an ERP's dimensions as the graph presents them, in the ERP's order."""
    for row in rows:
        without_values = PostedDimension(
            connection=connection,
            code=row.code,
            name=row.name,
            kind=DimensionKind(row.kind),
            required_on=tuple(DimensionTarget(target) for target in row.required_on),
        )
        values = tuple(
            PostedValue(
                dimension=without_values,
                code=value.code,
                name=value.name,
                active=value.active,
                valid_from=value.valid_from,
                valid_to=value.valid_to,
                legal_entities=value.legal_entities,
            )
            for value in row.values
        )
        yield msgspec.structs.replace(without_values, values=values)


def build_assignments(
    tags: Sequence[DimensionTag], catalogue: Sequence[PostedDimension], target: DimensionTarget
) -> tuple[DimensionAssignment, ...]:
    """Match a record's tags to the ERP's catalogue: every tagged or required dimension, in the catalogue's order.

    A tag with an unknown or inactive value does not count: the ERP would refuse it.
    """
    return tuple(_match_tags(tags, catalogue, target))


def _match_tags(
    tags: Sequence[DimensionTag], catalogue: Sequence[PostedDimension], target: DimensionTarget
) -> Iterator[DimensionAssignment]:
    tagged = {tag.dimension: tag.value for tag in tags}
    for dimension in catalogue:
        required = target in dimension.required_on
        if dimension.code not in tagged and not required:
            continue
        code = tagged.get(dimension.code)
        value = next((value for value in dimension.values if value.code == code and value.active), None)
        yield DimensionAssignment(
            dimension=dimension, value=value, required=required, missing=required and value is None
        )

"""Which financial dimensions a record carries, and which of those it must carry are missing."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import msgspec

from gateway.canonical.records.base import DimensionTag
from gateway.canonical.records.erp import ErpDimension, ErpDimensionValue
from gateway.canonical.states import DimensionTarget


class PostedValue(NamedTuple):
    """A value together with the dimension that it belongs to."""

    dimension: ErpDimension
    value: ErpDimensionValue


class DimensionAssignment(msgspec.Struct, frozen=True, kw_only=True):
    """One dimension of one record. `missing` is true where the ERP would refuse a posting."""

    dimension: ErpDimension
    value: PostedValue | None
    required: bool
    missing: bool


def assignments(
    tags: Sequence[DimensionTag], catalogue: Sequence[ErpDimension], target: DimensionTarget
) -> tuple[DimensionAssignment, ...]:
    """Match a record's tags to the ERP's catalogue: every dimension that is tagged or required, in the catalogue's order.

    A tag whose value is unknown or retired does not count: the ERP would not post by it.
    """
    return tuple(_assigned(tags, catalogue, target))


def _assigned(
    tags: Sequence[DimensionTag], catalogue: Sequence[ErpDimension], target: DimensionTarget
) -> Iterator[DimensionAssignment]:
    tagged = {tag.dimension: tag.value for tag in tags}
    for dimension in catalogue:
        required = target.value in dimension.required_on
        if dimension.code not in tagged and not required:
            continue
        code = tagged.get(dimension.code)
        value = next((value for value in dimension.values if value.code == code and value.active), None)
        yield DimensionAssignment(
            dimension=dimension,
            value=PostedValue(dimension, value) if value else None,
            required=required,
            missing=required and value is None,
        )

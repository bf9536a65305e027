"""Builds the origins of a record's attributes for an adapter's lineage."""

from collections.abc import Mapping

import msgspec

from gateway.canonical.records.base import Record
from gateway.ports.lineage import COMMON_ATTRIBUTES, Origin, Supplied, Unsupported


def build_origins(
    record: type[Record], resource: str, absent: Mapping[str, str], **fields: str | tuple[str, str]
) -> Mapping[str, Origin]:
    """Return the origins of a record in one resource.

    `fields`: attribute -> field, or field and transformation; attributes that all records share are ignored. `absent`:
    unsupported attribute -> reason.
    """
    attributes = {field.name for field in msgspec.structs.fields(record)} - COMMON_ATTRIBUTES
    supplied: dict[str, Origin] = {
        name: Supplied(resource, field) if isinstance(field, str) else Supplied(resource, *field)
        for name, field in fields.items()
        if name in attributes
    }
    return {**supplied, **{name: Unsupported(reason) for name, reason in absent.items()}}

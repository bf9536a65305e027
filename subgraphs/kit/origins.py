"""Helps an adapter to say where the attributes of a record come from."""

from collections.abc import Mapping

import msgspec

from gateway.canonical.records.base import Record
from gateway.ports.lineage import COMMON, Absent, Origin, Supplied


def origins(
    record: type[Record], resource: str, absent: Mapping[str, str], **fields: str | tuple[str, str]
) -> Mapping[str, Origin]:
    """Return the origins in one resource: a field, or a field and what is done to it, and the reasons of what there is no place for.

    Attributes that every record has may be named among the fields and are left out.
    """
    held = {field.name for field in msgspec.structs.fields(record)} - COMMON
    supplied: dict[str, Origin] = {
        name: Supplied(resource, field) if isinstance(field, str) else Supplied(resource, *field)
        for name, field in fields.items()
        if name in held
    }
    return {**supplied, **{name: Absent(reason) for name, reason in absent.items()}}

"""Where a record's attribute comes from in the vendor's terms, or why there is none: the source of provenance and of named nulls."""

from collections.abc import Iterable, Mapping

import msgspec

from gateway.canonical.records.base import Record
from gateway.errors import DeclarationError


class Supplied(msgspec.Struct, frozen=True):
    """The attribute is read from `field` of the vendor's `object`; `transformation` says in words what is done to it."""

    object: str
    field: str
    transformation: str | None = None


class Absent(msgspec.Struct, frozen=True):
    """The system has no place for the attribute, or this connection names none. `reason` is shown to callers."""

    reason: str


Origin = Supplied | Absent
Lineage = Mapping[type[Record], Mapping[str, Origin]]

PROPOSED = "proposed"
"""The object of origins that nobody has looked at yet, as a generated vendor folder has them."""

COMMON = frozenset({"native", "modified_at", "display_number", "url", "references"})


def holds(lineage: Lineage, record: type[Record]) -> bool:
    """Tell whether a system has any place for a kind of record."""
    return any(isinstance(origin, Supplied) for origin in lineage.get(record, {}).values())


def require_complete(lineage: Lineage) -> None:
    """Raise DeclarationError unless every attribute of every record class in the lineage is either supplied or absent for a reason."""
    findings = list(_gaps(lineage))
    if findings:
        raise DeclarationError("; ".join(findings))


def _gaps(lineage: Lineage) -> Iterable[str]:
    for record, origins in lineage.items():
        attributes = {field.name for field in msgspec.structs.fields(record)} - COMMON
        for name in sorted(attributes - origins.keys()):
            yield f"{record.__name__}.{name} is neither supplied nor absent"
        for name in sorted(origins.keys() - attributes):
            yield f"{record.__name__} has no attribute {name}"

"""The origin of a record's attributes in the vendor's terms, or why one is not supported.

Provenance and `extensions.unsupportedFields` are built from this.
"""

from collections.abc import Iterable, Mapping

import msgspec

from gateway.canonical.records.base import Record
from gateway.errors import DeclarationError


class Supplied(msgspec.Struct, frozen=True):
    """The attribute is read from `field` of the vendor's `object`; `transformation` describes any conversion."""

    object: str
    field: str
    transformation: str | None = None


class Unsupported(msgspec.Struct, frozen=True):
    """The vendor does not support the attribute, or the connection's mapping does not name its field.

    `reason` is shown to callers.
    """

    reason: str


Origin = Supplied | Unsupported
Lineage = Mapping[type[Record], Mapping[str, Origin]]

PROPOSED = "proposed"
"""The object of origins that nobody has reviewed yet, as in a generated vendor folder."""

COMMON_ATTRIBUTES = frozenset({"native", "modified_at", "display_number", "url", "references", "unreadable"})


def is_supported(lineage: Lineage, record: type[Record]) -> bool:
    """Return whether a system supports at least one attribute of a kind of record."""
    return any(isinstance(origin, Supplied) for origin in lineage.get(record, {}).values())


def require_complete(lineage: Lineage) -> None:
    """Raise DeclarationError unless every attribute of every record class is supplied or unsupported with a reason."""
    findings = list(_find_gaps(lineage))
    if findings:
        raise DeclarationError("; ".join(findings))


def _find_gaps(lineage: Lineage) -> Iterable[str]:
    for record, origins in lineage.items():
        attributes = {field.name for field in msgspec.structs.fields(record)} - COMMON_ATTRIBUTES
        for name in sorted(attributes - origins.keys()):
            yield f"{record.__name__}.{name} is neither supplied nor unsupported"
        for name in sorted(origins.keys() - attributes):
            yield f"{record.__name__} has no attribute {name}"

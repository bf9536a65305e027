"""Lineage of records that a system does not have."""

from collections.abc import Iterable, Mapping

import msgspec

from gateway.canonical.records.base import Record
from gateway.ports.lineage import COMMON_ATTRIBUTES, Lineage, Origin, Unsupported


def build_absent_origins(record: type[Record], reason: str) -> Mapping[str, Origin]:
    """Return the origins of an unsupported record kind: every attribute is absent for the same reason."""
    names = {field.name for field in msgspec.structs.fields(record)} - COMMON_ATTRIBUTES
    return dict.fromkeys(sorted(names), Unsupported(reason))


def complete_lineage(supported: Lineage, records: Iterable[type[Record]], reason: str) -> Lineage:
    """Return the lineage with every attribute of the other `records` absent; callers see the reason."""
    missing = [record for record in records if record not in supported]
    return {**supported, **{record: build_absent_origins(record, reason) for record in missing}}

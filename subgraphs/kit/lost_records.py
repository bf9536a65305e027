"""Records that a list or a sum has to leave out, because it needs a value that could not be read."""

from collections.abc import Collection

import msgspec

from gateway.canonical.records.base import Record
from gateway.ports.unreadable import UnreadableRecord, report_unreadable


def report_if_unreadable(record: Record, attributes: Collection[str]) -> bool:
    """Report a record if one of these attributes could not be read; return whether that is the case."""
    value = next((each for each in record.unreadable if each.attribute in attributes), None)
    if value is not None:
        _report(record, value.object, value.field)
    return value is not None


def report_incomplete(record: Record, field: str) -> None:
    """Report a record without a value that is needed."""
    _report(record, record.native.object_type, field)


def _report(record: Record, object_: str, field: str) -> None:
    unknown = {each.attribute for each in record.unreadable}
    keys = {
        each.name: identifier
        for each in msgspec.structs.fields(type(record))
        if each.name.endswith("_id") and each.name not in unknown and (identifier := getattr(record, each.name))
    }
    report_unreadable(UnreadableRecord(object=object_, id=record.native.id, field=field, keys=keys))

"""What the records that a system sent and nobody could read mean for the results of a loader."""

from collections.abc import Hashable, Mapping, Sequence
from typing import Any

import msgspec

from gateway.canonical.fault import Fault, FaultCode
from gateway.canonical.native import NativeId
from gateway.canonical.page import Page
from gateway.canonical.records.base import Record
from gateway.canonical.roles import SystemRole
from gateway.loaders.declaration import ROW_ID, Loader
from gateway.ports.unreadable import UnreadableRecord


def add_unreadable(
    loader: Loader, answer: Mapping[Hashable, Any], lost: Sequence[UnreadableRecord], correlation_id: str
) -> dict[Hashable, Any]:
    """Return a loader's results with the records that are missing from them.

    A page keeps its rows and names the lost ones in `faults`. A record that was read is unchanged. Any other value may
    lack a lost record and becomes its Fault: a total is never that of the rest.
    """
    return {key: _add_to_value(loader, key, value, lost, correlation_id) for key, value in answer.items()}


def _add_to_value(
    loader: Loader, key: Hashable, value: Any, lost: Sequence[UnreadableRecord], correlation_id: str
) -> Any:
    if isinstance(value, (Record, Fault)) or (loader.row_key == ROW_ID and value is not None):
        return value
    connection = key.connection if isinstance(key, NativeId) else None
    concerned = (each for each in lost if _is_concerned(loader.row_key, key, each))
    faults = list(
        dict.fromkeys(build_record_fault(each, loader.system, connection, correlation_id) for each in concerned)
    )
    if not faults:
        return value
    return msgspec.structs.replace(value, faults=(*value.faults, *faults)) if isinstance(value, Page) else faults[0]


def _is_concerned(row_key: str | None, key: Hashable, lost: UnreadableRecord) -> bool:
    """Return whether a lost record may belong to the result of a key."""
    if row_key is None or not isinstance(key, NativeId):
        return True
    return lost.id in {None, key.id} if row_key == ROW_ID else lost.is_below(row_key, key.id)


def build_record_fault(
    lost: UnreadableRecord, system: SystemRole, connection: str | None, correlation_id: str
) -> Fault:
    """Return the fault of a record that could not be read."""
    return Fault(
        system=system,
        code=FaultCode.CONTRACT_MISMATCH,
        message=f"The {system.value} sent a record that cannot be read: {describe_record(lost)}.",
        correlation_id=correlation_id,
        connection=connection,
        object=lost.object,
        id=lost.id,
        field=lost.field,
    )


def describe_record(lost: UnreadableRecord) -> str:
    """Return the object, the id and the field of a lost record, as far as they are known."""
    return f"{lost.object} {lost.id or 'without a readable id'}" + (f", {lost.field}" if lost.field else "")

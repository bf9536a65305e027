"""Protection against unreadable values: a read of one raises its error, and never returns the attribute's default.

Resolvers and derivations read records by attribute. For a record with unreadable values they get a guard, so that a
value, or a total that is computed from it, is null with the reason without a rule of its own.
"""

from collections.abc import Mapping
from typing import Any

from gateway.canonical.fault import Fault, FaultCode
from gateway.canonical.records.base import Record, UnreadableValue
from gateway.errors import ContractMismatchError


def guard_record(value: Any, correlation_id: str) -> Any:
    """Return a record whose unreadable attributes raise ContractMismatchError; any other value unchanged."""
    return _RecordGuard(value, correlation_id) if isinstance(value, Record) and value.unreadable else value


class _RecordGuard:
    """A record in all but its unreadable attributes; `isinstance` sees the record's class."""

    __slots__ = ("_correlation_id", "_record", "_unreadable")

    def __init__(self, record: Record, correlation_id: str) -> None:
        self._record = record
        self._correlation_id = correlation_id
        self._unreadable: Mapping[str, UnreadableValue] = {each.attribute: each for each in record.unreadable}

    @property  # type: ignore[misc]  # isinstance reads it, nobody writes it
    def __class__(self) -> type:
        return self._record.__class__

    def __getattr__(self, name: str) -> Any:
        unreadable = self._unreadable.get(name)
        if unreadable is not None:
            raise ContractMismatchError(build_value_fault(self._record, unreadable, self._correlation_id))
        return getattr(self._record, name)


def build_value_fault(record: Record, unreadable: UnreadableValue, correlation_id: str) -> Fault:
    """Return the fault of one value of a record."""
    return Fault(
        system=record.role,
        code=FaultCode.CONTRACT_MISMATCH,
        message=f"The {record.role.value} sent a value that cannot be read: {unreadable.object}, {unreadable.field}.",
        correlation_id=correlation_id,
        connection=record.native.connection,
        object=unreadable.object,
        id=record.native.id,
        field=unreadable.field,
    )

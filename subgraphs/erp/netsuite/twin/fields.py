"""Converts field values between REST and the store: references, numbers, check boxes and durations."""

import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from subgraphs.erp.netsuite.twin.refusals import RefusalError
from subgraphs.erp.netsuite.twin.store import Store, Value
from subgraphs.erp.netsuite.twin.tables import BY_NAME, Column, ColumnType, Table

_HOURS = re.compile(r"(\d+):([0-5]\d)")


def format_value(store: Store, column: Column, value: Any, root: str) -> Any:
    """Return a stored value in its REST format."""
    if column.target is not None:
        return build_reference(store, BY_NAME[column.target], value, root)
    if column.kind is ColumnType.NUMBER:
        return Decimal(value)
    if column.kind is ColumnType.FLAG:
        return value == "T"
    if column.kind is ColumnType.HOURS:
        return format_duration(Decimal(value))
    return str(value) if column.name == "id" else value


def build_reference(store: Store, table: Table, id_: int, root: str) -> dict[str, Any]:
    """Build a reference to a record, with its display name."""
    key = table.columns[0].name
    row = store.find_row(table.name, **{key: id_}) or {}
    links = [{"rel": "self", "href": f"{root}/record/v1/{table.record}/{id_}"}] if table.record else []
    return {"links": links, "id": str(id_), "refName": row.get(table.display)}


def format_duration(hours: Decimal) -> str:
    """Format hours as H:MM."""
    minutes = int((hours * 60).to_integral_value())
    return f"{minutes // 60}:{minutes % 60:02d}"


def parse_value(store: Store, column: Column, value: Any) -> Value:
    """Parse a REST value into its stored form; raise RefusalError if it is invalid for the column."""
    if value is None:
        return None
    if column.target is not None:
        return _resolve_reference(store, column, value)
    if column.kind is ColumnType.FLAG:
        return "T" if value is True or value == "T" else "F"
    if column.kind in (ColumnType.NUMBER, ColumnType.HOURS):
        return _parse_number(column, value)
    if isinstance(value, Mapping):
        return str(value.get("id", ""))
    return int(value) if column.kind is ColumnType.ID else str(value)


def _parse_number(column: Column, value: Any) -> Decimal:
    if column.kind is ColumnType.HOURS and (match := _HOURS.fullmatch(str(value))):
        return (Decimal(match[1]) + Decimal(match[2]) / 60).quantize(Decimal("0.000001")).normalize()
    try:
        return Decimal(str(value))
    except InvalidOperation as error:
        raise _build_refusal(column, value) from error


def _resolve_reference(store: Store, column: Column, value: Any) -> int:
    table = BY_NAME[column.target or ""]
    reference: Mapping[str, Any] = value if isinstance(value, Mapping) else {"id": value}
    if "externalId" in reference:
        row = store.find_row(table.name, externalid=str(reference["externalId"]))
    else:
        id_ = str(reference.get("id", ""))
        row = store.find_row(table.name, **{table.columns[0].name: int(id_)}) if id_.lstrip("-").isdecimal() else None
    if row is None:
        raise _build_refusal(column, reference.get("id", reference.get("externalId")))
    return int(row[table.columns[0].name])


def _build_refusal(column: Column, value: object) -> RefusalError:
    detail = f"Invalid Field Value {value} for the following field: {column.name}"
    return RefusalError(400, "INVALID_KEY_OR_REF" if column.target else "INVALID_CONTENT", detail, path=column.rest)

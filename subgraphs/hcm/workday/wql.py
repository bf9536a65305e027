"""Builds WQL from typed values. Every value passes the literal functions of this module.

Source: Workday Query Language, "SELECT statement".
"""

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from typing import NewType

import msgspec

from gateway.errors import DeclarationError

Fragment = NewType("Fragment", str)
"""WQL text without unescaped values."""

ID = "workdayID"
_ALIAS = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_WID = re.compile(r"[0-9a-f]{32}")


class Select(msgspec.Struct, frozen=True, kw_only=True):
    """One statement: columns of a data source as of a date, a condition, and a unique order."""

    columns: tuple[str, ...]
    source: str
    as_of: date
    filter: str | None = None
    where: Fragment | None = None
    order: tuple[str, ...] = (ID,)


def render_query(select: Select) -> str:
    """Return the text of a statement; raise DeclarationError for an invalid alias."""
    parameters = [f"effectiveAsOfDate = {format_date(select.as_of)}"]
    if select.filter is not None:
        parameters.insert(0, f"dataSourceFilter = {format_alias(select.filter)}")
    columns = ", ".join(format_alias(column) for column in select.columns)
    source = f"{format_alias(select.source)} ({', '.join(parameters)})"
    where = "" if select.where is None else f" WHERE {select.where}"
    order = ", ".join(format_alias(column) for column in select.order)
    return f"SELECT {columns} FROM {source}{where} ORDER BY {order}"  # noqa: S608 -- every part is an alias or a literal


def format_alias(name: str) -> Fragment:
    """Return the alias of a column, filter or data source; raise DeclarationError if it is invalid."""
    if not _ALIAS.fullmatch(name):
        raise DeclarationError(f"{name!r} is not a WQL alias")
    return Fragment(name)


def format_text(value: str) -> Fragment:
    """Return a string literal; raise DeclarationError for control characters, which no field can contain."""
    if any(ord(char) < ord(" ") for char in value):
        raise DeclarationError("a WQL string cannot contain control characters")
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    return Fragment(f"'{escaped}'")


def format_date(value: date) -> Fragment:
    """Return a date literal."""
    return Fragment(f"'{value.isoformat()}'")


def format_instant(value: datetime) -> Fragment:
    """Return a datetime literal in UTC."""
    return Fragment(f"'{value.astimezone(UTC):%Y-%m-%dT%H:%M:%S.000Z}'")


def build_equals(column: str, literal: Fragment) -> Fragment:
    """Return the condition that a column equals a literal."""
    return Fragment(f"{format_alias(column)} = {literal}")


def build_at_least(column: str, literal: Fragment) -> Fragment:
    """Return the condition that a column is at least a literal."""
    return Fragment(f"{format_alias(column)} >= {literal}")


def build_id_in(ids: Sequence[str]) -> Fragment:
    """Return the condition that a row has one of these ids, which must be valid."""
    return Fragment(f"{ID} IN ({', '.join(format_text(identifier) for identifier in ids)})")


def filter_ids(texts: Iterable[str]) -> list[str]:
    """Return the distinct valid Workday ids: 32 hexadecimal digits."""
    return [each for each in dict.fromkeys(texts) if _WID.fullmatch(each)]

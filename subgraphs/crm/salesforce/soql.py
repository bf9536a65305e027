"""Builds SOQL from typed values. Every value passes `format_literal`; every name must match the syntax of a name.

Escapes: developer.salesforce.com, SOQL and SOSL Reference, "Quoted String Escape Sequences". Dates and datetimes are
not quoted.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum

from gateway.errors import DeclarationError

Scalar = str | bool | int | Decimal | date | datetime | None

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*(\.[A-Za-z][A-Za-z0-9_]*){0,5}")
_ESCAPES = str.maketrans({"\\": "\\\\", "'": "\\'", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t", "\f": "\\f"})


class Operator(StrEnum):
    """A comparison operator."""

    EQUAL = "="
    AT_LEAST = ">="
    ABOVE = ">"


@dataclass(frozen=True)
class Comparison:
    """Compares `field` with `value`."""

    field: str
    operator: Operator
    value: Scalar


@dataclass(frozen=True)
class Membership:
    """`field IN values`; `values` must not be empty."""

    field: str
    values: Sequence[Scalar]


Condition = Comparison | Membership


@dataclass(frozen=True, kw_only=True)
class Select:
    """A query, or a sub-query over a child relationship; the conditions of `where` are joined by AND.

    `source` is an object or, in a sub-query, the name of the child relationship. The `limit` of a sub-query counts per
    parent.
    """

    columns: Sequence[str]
    source: str
    where: Sequence[Condition] = ()
    order_by: Sequence[str] = ()
    limit: int | None = None
    children: Sequence["Select"] = ()


def render_query(select: Select) -> str:
    """Return the query's text; raise DeclarationError for an invalid name or an empty list of values."""
    items = [
        *(_require_name(column) for column in select.columns),
        *(f"({render_query(child)})" for child in select.children),
    ]
    parts = [f"SELECT {', '.join(items)}", f"FROM {_require_name(select.source)}"]
    if select.where:
        parts.append("WHERE " + " AND ".join(_format_condition(condition) for condition in select.where))
    if select.order_by:
        parts.append("ORDER BY " + ", ".join(_require_name(column) for column in select.order_by))
    if select.limit is not None:
        parts.append(f"LIMIT {format_literal(select.limit)}")
    return " ".join(parts)


def format_literal(value: Scalar) -> str:  # noqa: PLR0911 -- one line per kind of value
    """Return the SOQL literal of a value, datetimes in whole seconds; raise DeclarationError for a naive datetime."""
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case str():
            return f"'{value.translate(_ESCAPES)}'"
        case int():
            return str(value)
        case Decimal():
            return format(value, "f")
        case datetime():
            if value.tzinfo is None:
                raise DeclarationError("A datetime without a time zone has no SOQL literal.")
            return value.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds") + "Z"
        case date():
            return value.isoformat()


def _format_condition(condition: Condition) -> str:
    match condition:
        case Comparison(field, operator, value):
            return f"{_require_name(field)} {operator} {format_literal(value)}"
        case Membership(field, values):
            if not values:
                raise DeclarationError(f"The list of values for {field} must not be empty.")
            return f"{_require_name(field)} IN ({','.join(format_literal(value) for value in values)})"


def _require_name(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise DeclarationError(f"{name!r} is not a valid name of a Salesforce field or object.")
    return name

"""SOQL from typed values. A value never meets query text except through `literal`; a name must look like a name.

Escapes: developer.salesforce.com, SOQL and SOSL Reference, "Quoted String Escape Sequences"; dates and datetimes stand unquoted.
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
    """How a field is compared."""

    EQUAL = "="
    AT_LEAST = ">="
    ABOVE = ">"


@dataclass(frozen=True)
class Compare:
    """`field` stands in the given relation to `value`."""

    field: str
    operator: Operator
    value: Scalar


@dataclass(frozen=True)
class Among:
    """`field` is one of `values`, of which there must be at least one."""

    field: str
    values: Sequence[Scalar]


Condition = Compare | Among


@dataclass(frozen=True, kw_only=True)
class Select:
    """A query, or a sub-query over a child relationship; every condition of `where` must hold.

    `source` is an object, in a sub-query the name of the child relationship; there `limit` counts per parent.
    """

    columns: Sequence[str]
    source: str
    where: Sequence[Condition] = ()
    order_by: Sequence[str] = ()
    limit: int | None = None
    children: Sequence["Select"] = ()


def render(select: Select) -> str:
    """Return the query's text; raise DeclarationError for a name that is none or for an empty list of values."""
    items = [*(_name(column) for column in select.columns), *(f"({render(child)})" for child in select.children)]
    parts = [f"SELECT {', '.join(items)}", f"FROM {_name(select.source)}"]
    if select.where:
        parts.append("WHERE " + " AND ".join(_condition(condition) for condition in select.where))
    if select.order_by:
        parts.append("ORDER BY " + ", ".join(_name(column) for column in select.order_by))
    if select.limit is not None:
        parts.append(f"LIMIT {literal(select.limit)}")
    return " ".join(parts)


def literal(value: Scalar) -> str:  # noqa: PLR0911 -- one line per kind of value
    """Return a value as SOQL spells it; datetimes lose fractions of a second. Raise DeclarationError for a datetime without a zone."""
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
                raise DeclarationError("A datetime without a zone has no SOQL literal.")
            return value.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds") + "Z"
        case date():
            return value.isoformat()


def _condition(condition: Condition) -> str:
    match condition:
        case Compare(field, operator, value):
            return f"{_name(field)} {operator} {literal(value)}"
        case Among(field, values):
            if not values:
                raise DeclarationError(f"A list of values for {field} must not be empty.")
            return f"{_name(field)} IN ({','.join(literal(value) for value in values)})"


def _name(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise DeclarationError(f"{name!r} is not the name of a Salesforce field or object.")
    return name

"""The Oracle SQL functions of SuiteQL on SQLite, decimal comparison, and the format of values.

A converter formats plain columns as NetSuite does (dates in the account's format, here D/M/YYYY); TO_CHAR uses the
format of its argument.
"""

import re
import sqlite3
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from functools import partial
from zoneinfo import ZoneInfo

_PARTS = {"YYYY": "%Y", "MM": "%m", "DD": "%d", "HH24": "%H", "MI": "%M", "SS": "%S"}
_TOKEN = re.compile(r'YYYY|MM|DD|HH24|MI|SS|"[^"]*"|[^A-Za-z"]+')
_NAME = re.compile(r"[a-z_][a-z0-9_$#]*")


class UnsupportedFormatError(ValueError):
    """A date format with a part that the twin does not support."""


def install(connection: sqlite3.Connection, zone: ZoneInfo) -> None:
    """Install the functions, the aggregate and the collation of translated SuiteQL on a connection."""
    connection.create_collation("NUMERIC_TEXT", _compare)
    connection.create_function("TO_CHAR", 2, partial(to_char, zone), deterministic=True)
    connection.create_function("TO_CHAR", 1, format_or_null, deterministic=True)
    connection.create_function("TO_DATE", 2, partial(to_date, zone), deterministic=True)
    connection.create_function("TO_TIMESTAMP", 2, partial(to_date, zone), deterministic=True)
    connection.create_function("TO_NUMBER", 1, format_or_null, deterministic=True)
    connection.create_function("NVL", 2, lambda value, other: other if value is None else value, deterministic=True)
    connection.create_aggregate("SUM", 1, DecimalSum)  # type: ignore[arg-type]  # typeshed knows integer sums only


def _parse_number(value: str) -> Decimal:
    try:
        return Decimal(value)
    except InvalidOperation:
        return Decimal("NaN")


def _compare(left: str, right: str) -> int:
    a, b = _parse_number(left), _parse_number(right)
    if a.is_nan() or b.is_nan():
        return (left > right) - (left < right)
    return (a > b) - (a < b)


class DecimalSum:
    """The SUM aggregate over exact decimals."""

    def __init__(self) -> None:
        self._sum: Decimal | None = None

    def step(self, *values: str | float | None) -> None:
        """Add a value; nulls are ignored."""
        for value in values:
            if value is not None:
                self._sum = (self._sum or Decimal(0)) + Decimal(str(value))

    def finalize(self) -> str | None:
        """Return the sum, or null if there was no value."""
        return None if self._sum is None else format(self._sum.normalize(), "f")


def translate_format(oracle_format: str) -> str:
    """Translate an Oracle date format to strftime's.

    Raise UnsupportedFormatError for parts other than YYYY, MM, DD, HH24, MI and SS.
    """
    parts, position = [], 0
    for match in _TOKEN.finditer(oracle_format):
        if match.start() != position:
            break
        position = match.end()
        token = match.group()
        parts.append(_PARTS.get(token) or token.strip('"').replace("%", "%%"))
    if position != len(oracle_format):
        raise UnsupportedFormatError(oracle_format)
    return "".join(parts)


def _parse_moment(value: str, zone: ZoneInfo) -> datetime:
    if value.endswith("Z"):
        return datetime.strptime(value, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC).astimezone(zone)
    return datetime.strptime(value, "%Y-%m-%d").replace(tzinfo=zone)


def to_char(zone: ZoneInfo, value: str | float | None, oracle_format: str) -> str | None:
    """Format a date, or an instant in the account's zone."""
    if value is None:
        return None
    moment = _parse_moment(str(value), zone)
    return moment.strftime(translate_format(oracle_format).replace("%Y", f"{moment.year:04d}"))


def to_date(zone: ZoneInfo, value: str | None, oracle_format: str) -> str | None:
    """Parse a date; a format with hours gives an instant in the account's zone."""
    if value is None:
        return None
    # Oracle reads an ambiguous time at the end of daylight saving time as standard time, which is the later one.
    moment = datetime.strptime(value, translate_format(oracle_format)).replace(tzinfo=zone, fold=1)
    if "HH24" not in oracle_format:
        return moment.date().isoformat()
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def format_value(value: object) -> str:
    """Format a value as SuiteQL does: always a string."""
    if isinstance(value, float):
        return format(Decimal(repr(value)).normalize(), "f")
    return str(value)


def format_or_null(value: object) -> str | None:
    """Format a value; null stays null."""
    return None if value is None else format_value(value)


def build_column_names(described: Iterable[str]) -> Iterator[str]:
    """Yield the answer keys of the columns: lower case, and `expr1`, `expr2`… for unnamed columns."""
    unnamed = 0
    for name in described:
        if _NAME.fullmatch(name.lower()):
            yield name.lower()
        else:
            unnamed += 1
            yield f"expr{unnamed}"


def _format_number(raw: bytes) -> str:
    return format(Decimal(raw.decode()).normalize(), "f")


def _format_day(raw: bytes) -> str:
    year, month, day = raw.decode()[:10].split("-")
    return f"{int(day)}/{int(month)}/{year}"


sqlite3.register_converter("DECIMAL_TEXT", _format_number)
sqlite3.register_converter("HOURS_TEXT", _format_number)
sqlite3.register_converter("DAY_TEXT", _format_day)
sqlite3.register_converter("MOMENT_TEXT", _format_day)

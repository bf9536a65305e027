"""Builds SuiteQL text. Values enter the text only as literals that the `quote_` functions of this module build.

SuiteQL is SQL-92 with Oracle functions, without WITH and OFFSET; an IN list takes at most 1,000 items (NetSuite help,
section_157909186990).
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import NewType
from zoneinfo import ZoneInfo

import msgspec

from gateway.errors import DeclarationError

Fragment = NewType("Fragment", str)
"""SQL text without unescaped values."""

MAX_IN_LIST = 1000
MAX_TEXT_BYTES = 4000
"""Maximum size of a text column and of a literal (Oracle Database SQL Language Reference, "Data Types")."""
DAY_FORMAT = "YYYY-MM-DD"
INSTANT_FORMAT = 'YYYY-MM-DD"T"HH24:MI:SS'
ALL_ROWS = Fragment("1 = 1")
NO_ROWS = Fragment("1 = 0")

_IDENTIFIER = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)?")
_INTERNAL_ID = re.compile(r"-?[0-9]{1,18}")


class Select(msgspec.Struct, frozen=True, kw_only=True):
    """One SELECT statement: expressions by answer key, joined tables, conditions, and a total order."""

    columns: Mapping[str, str]
    source: str
    where: Fragment
    order: tuple[str, ...]

    @property
    def text(self) -> str:
        """The text of the statement."""
        columns = ", ".join(f"{expression} AS {name}" for name, expression in self.columns.items())
        return f"SELECT {columns} FROM {self.source} WHERE {self.where} ORDER BY {', '.join(self.order)}"  # noqa: S608 -- every part is a constant, an identifier or a literal of this module

    def order_by_id(self, first: str | None) -> "Select":
        """Return the statement ordered by record id, starting at `first` if given."""
        key = self.columns["id"]
        where = self.where if first is None else join_all(self.where, match_at_least(key, quote_number(int(first))))
        order = (key, *(each for each in self.order if each != key))
        return msgspec.structs.replace(self, where=where, order=order)


def check_identifier(name: str) -> Fragment:
    """Return a table or column name.

    Raise DeclarationError unless it has only lower-case letters, digits and underscores.
    """
    if not _IDENTIFIER.fullmatch(name):
        raise DeclarationError(f"{name!r} is not a SuiteQL name")
    return Fragment(name)


def quote_text(value: str) -> Fragment:
    """Return a string literal; raise DeclarationError for a NUL character, which no column can hold."""
    if "\0" in value:
        raise DeclarationError("a SuiteQL string cannot hold NUL")
    return Fragment("'" + value.replace("'", "''") + "'")


def quote_number(value: int | Decimal) -> Fragment:
    """Return a number literal without an exponent."""
    return Fragment(format(value, "f") if isinstance(value, Decimal) else str(value))


def quote_day(value: date) -> Fragment:
    """Return a date literal."""
    return Fragment(f"TO_DATE('{value.isoformat()}', '{DAY_FORMAT}')")


def quote_instant(value: datetime, zone: ZoneInfo) -> Fragment:
    """Return a datetime literal in the account's zone, in which SuiteQL compares.

    A time in the repeated hour at the end of daylight saving time is ambiguous: the literal is two hours earlier, so
    that it is never later than the value.
    """
    local = value.astimezone(zone)
    if local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset():
        local = (value.astimezone(UTC) - timedelta(hours=2)).astimezone(zone)
    return Fragment(f"TO_DATE('{local:%Y-%m-%dT%H:%M:%S}', '{INSTANT_FORMAT}')")


def cast_instant(column: str) -> Fragment:
    """Return an expression that casts a datetime column to text in the account's zone."""
    return Fragment(f"TO_CHAR({check_identifier(column)}, '{INSTANT_FORMAT}')")


def cast_day(column: str) -> Fragment:
    """Return an expression that casts a date column to ISO 8601 text."""
    return Fragment(f"TO_CHAR({check_identifier(column)}, '{DAY_FORMAT}')")


def match_equal(column: str, literal: Fragment) -> Fragment:
    """Return the condition that a column equals a literal."""
    return Fragment(f"{column} = {literal}")


def match_at_least(column: str, literal: Fragment) -> Fragment:
    """Return the condition that a column is greater than or equal to a literal."""
    return Fragment(f"{column} >= {literal}")


def match_at_most(column: str, literal: Fragment) -> Fragment:
    """Return the condition that a column is less than or equal to a literal."""
    return Fragment(f"{column} <= {literal}")


def match_any(column: str, literals: Sequence[Fragment]) -> Fragment:
    """Return the condition that a column is one of the literals; an empty list matches no rows."""
    if len(literals) > MAX_IN_LIST:
        raise DeclarationError(f"an IN list takes {MAX_IN_LIST} items, not {len(literals)}")
    return Fragment(f"{column} IN ({', '.join(literals)})") if literals else NO_ROWS


def match_ids(column: str, ids: Iterable[str]) -> Fragment:
    """Return the condition that a column is one of the internal ids; malformed ids are dropped."""
    return match_any(column, [Fragment(str(int(id_))) for id_ in dict.fromkeys(ids) if _INTERNAL_ID.fullmatch(id_)])


def match_texts(column: str, values: Iterable[str]) -> Fragment:
    """Return the condition that a column is one of the strings; strings that no column can hold are dropped."""
    return match_any(column, [quote_text(value) for value in dict.fromkeys(values) if _is_storable_text(value)])


def _is_storable_text(value: str) -> bool:
    return "\0" not in value and len(value.encode()) <= MAX_TEXT_BYTES


def join_all(*conditions: Fragment | None) -> Fragment:
    """Return the conjunction of the conditions that are not None; at least one is required."""
    return Fragment(" AND ".join(condition for condition in conditions if condition is not None))


def join_any(*conditions: Fragment) -> Fragment:
    """Return the disjunction of the conditions, in parentheses."""
    return Fragment(f"({' OR '.join(conditions)})")


def seek_after(keys: Sequence[tuple[str, Fragment]]) -> Fragment:
    """Return the keyset condition that a row follows a position: (expression, literal) pairs in the sort order."""
    (column, literal), *rest = keys
    later = Fragment(f"{column} > {literal}")
    return join_any(later, join_all(match_equal(column, literal), seek_after(rest))) if rest else later

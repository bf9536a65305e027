"""The account's data in an in-memory SQLite database.

Amounts are stored as decimal text and compared as numbers; instants are stored as UTC text.
"""

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from subgraphs.erp.netsuite.twin import oracle_sql
from subgraphs.erp.netsuite.twin.features import FEATURE_TABLES, Feature, list_columns
from subgraphs.erp.netsuite.twin.tables import BY_NAME, TABLES, Table

Value = str | int | Decimal | None
_READ_ACTIONS = frozenset({sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_FUNCTION})


def format_instant(value: datetime) -> str:
    """Format an instant for the store: UTC, whole seconds."""
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


class Store:
    """The tables of `tables.py`, initially empty; SuiteQL takes and returns datetimes in the account's `zone`."""

    def __init__(self, zone: ZoneInfo) -> None:
        self._connection = sqlite3.connect(
            ":memory:", detect_types=sqlite3.PARSE_DECLTYPES, check_same_thread=False, isolation_level=None
        )
        self._next_ids = {table.family or table.name: table.first_id for table in TABLES}
        oracle_sql.install(self._connection, zone)
        for table in TABLES:
            self._create(table)
        self._connection.execute("INSERT INTO dual VALUES ('X')")
        self._missing: set[tuple[str, str | None]] = set()

    def remove_features(self, features: Iterable[Feature]) -> None:
        """Remove the tables and columns that exist only with these features."""
        for feature in features:
            for table in FEATURE_TABLES[feature]:
                self._connection.execute(f"DROP TABLE IF EXISTS [{table}]")
                self._missing.add((table, None))
            for table, column in list_columns(feature):
                if (table, None) not in self._missing and (table, column) not in self._missing:
                    self._connection.execute(f"ALTER TABLE [{table}] DROP COLUMN [{column}]")
                    self._missing.add((table, column))

    def _create(self, table: Table) -> None:
        if table.view is not None:
            self._connection.execute(f"CREATE VIEW [{table.name}] AS {table.view}")
            return
        columns = ", ".join(f"[{column.name}] {column.kind.value}" for column in table.columns)
        self._connection.execute(f"CREATE TABLE [{table.name}] ({columns})")
        keys = {"id", "nkey", "uniquekey", "externalid", "transaction", "entity", "previousdoc", "nextdoc"}
        for column in table.columns:
            if column.name in keys:
                self._connection.execute(
                    f"CREATE INDEX [{table.name}_{column.name}] ON [{table.name}] ([{column.name}])"
                )

    def insert(self, table: str, values: Mapping[str, Value], key: str = "id") -> int:
        """Insert a row and return its key: the given one, or the next key of the table."""
        given = values.get(key)
        family = BY_NAME[table].family or table
        id_ = given if isinstance(given, int) else self._next_ids[family]
        self._next_ids[family] = max(self._next_ids[family], id_ + 1)
        self.add(table, {key: id_, **values})
        return id_

    def add(self, table: str, values: Mapping[str, Value]) -> None:
        """Insert a row without generating a key."""
        self._connection.execute(_build_insert(table, tuple(values)), [_to_stored(value) for value in values.values()])

    def update(self, table: str, id_: int, values: Mapping[str, Value]) -> None:
        """Update columns of a row."""
        sets = ", ".join(f"[{name}] = ?" for name in values)
        row = [*(_to_stored(value) for value in values.values()), id_]
        self._connection.execute(f"UPDATE [{table}] SET {sets} WHERE id = ?", row)  # noqa: S608 -- names are the schema's own

    def delete(self, table: str, column: str, value: int) -> None:
        """Delete the rows whose column has the value."""
        self._connection.execute(f"DELETE FROM [{table}] WHERE [{column}] = ?", (value,))  # noqa: S608 -- names are the schema's own

    def find_rows(self, table: str, **equal: Value) -> list[dict[str, Any]]:
        """Return the rows with these column values, in stored form, ordered by the first column."""
        if (table, None) in self._missing:
            return []
        where = " AND ".join(f"[{name}] = ?" for name in equal) or "1 = 1"
        columns = [column.name for column in BY_NAME[table].columns]
        names = ", ".join(
            "NULL" if (table, name) in self._missing else f"+[{name}]" for name in columns
        )  # an expression has no declared type, so no converter formats it
        statement = f"SELECT {names} FROM [{table}] WHERE {where} ORDER BY 1"  # noqa: S608 -- names are the schema's own
        values = [_to_stored(value) for value in equal.values()]
        return [dict(zip(columns, row, strict=True)) for row in self._connection.execute(statement, values)]

    def find_row(self, table: str, **equal: Value) -> dict[str, Any] | None:
        """Return the first row with these column values, or None."""
        rows = self.find_rows(table, **equal)
        return rows[0] if rows else None

    def select(self, statement: str, limit: int, offset: int) -> tuple[int, Sequence[Mapping[str, str]]]:
        """Run translated SuiteQL with read access only; return the number of rows and one page, without nulls."""
        self._connection.set_authorizer(_authorize_read)
        try:
            cursor = self._connection.execute(statement)
            names = list(oracle_sql.build_column_names(description[0] for description in cursor.description))
            rows = cursor.fetchall()
        finally:
            self._connection.set_authorizer(None)
        page = rows[offset : offset + limit]
        return len(rows), [_format_row(names, row) for row in page]


@cache
def _build_insert(table: str, names: tuple[str, ...]) -> str:
    columns = ", ".join(f"[{name}]" for name in names)
    return f"INSERT INTO [{table}] ({columns}) VALUES ({', '.join('?' for _ in names)})"  # noqa: S608 -- names are the schema's own


def _to_stored(value: Value) -> str | int | None:
    if isinstance(value, Decimal):
        return format(value, "f")
    return None if value == "" else value


def _format_row(names: Sequence[str], row: Sequence[Any]) -> dict[str, str]:
    return {name: oracle_sql.format_value(value) for name, value in zip(names, row, strict=True) if value is not None}


def _authorize_read(action: int, table: str | None, *_: object) -> int:
    if action not in _READ_ACTIONS or (action == sqlite3.SQLITE_READ and table not in BY_NAME):
        return sqlite3.SQLITE_DENY
    return sqlite3.SQLITE_OK

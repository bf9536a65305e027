"""The model of the record catalogue: tables, columns and their types."""

from dataclasses import dataclass
from enum import StrEnum


class ColumnType(StrEnum):
    """The type of a column; the value is its declared type in the store, which has text affinity except for ids."""

    ID = "INTEGER"
    TEXT = "PLAIN_TEXT"
    NUMBER = "DECIMAL_TEXT COLLATE NUMERIC_TEXT"
    DAY = "DAY_TEXT"
    INSTANT = "MOMENT_TEXT"
    FLAG = "FLAG_TEXT"
    HOURS = "HOURS_TEXT COLLATE NUMERIC_TEXT"


@dataclass(frozen=True)
class Column:
    """One column: `rest` is its REST name (None: SuiteQL only), `target` the table that it references.

    `required` is the label of a mandatory field.
    """

    name: str
    kind: ColumnType = ColumnType.TEXT
    rest: str | None = None
    target: str | None = None
    required: str | None = None


@dataclass(frozen=True)
class Table:
    """One table.

    `record` is its REST record type, `display` the column that BUILTIN.DF and refName return, `first_id` its lowest id.
    `view` is the statement of a table without rows of its own. Tables of one `family` share a sequence of ids.
    """

    name: str
    columns: tuple[Column, ...]
    record: str | None = None
    display: str = "name"
    first_id: int = 1
    view: str | None = None
    family: str | None = None

    def find_column(self, name: str) -> Column | None:
        """Return a column by name, or None."""
        return next((column for column in self.columns if column.name == name), None)


def make_id() -> Column:
    """Return the column of the internal id."""
    return Column("id", ColumnType.ID)


def make_ref(name: str, table: str, rest: str | None = None, required: str | None = None) -> Column:
    """Return a column that references a record of another table."""
    return Column(name, ColumnType.ID, rest, table, required)


def make_number(name: str, rest: str | None = None) -> Column:
    """Return a column of exact decimals."""
    return Column(name, ColumnType.NUMBER, rest)


def make_day(name: str, rest: str | None = None, required: str | None = None) -> Column:
    """Return a date column."""
    return Column(name, ColumnType.DAY, rest, required=required)


def make_flag(name: str, rest: str | None = None) -> Column:
    """Return a check box column."""
    return Column(name, ColumnType.FLAG, rest)

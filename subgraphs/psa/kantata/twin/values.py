"""Parsers of attribute values. Ids are integers in bodies, as the vendor declares them, and strings in the account."""

from collections.abc import Callable
from datetime import date
from typing import Any

from babel.numbers import is_currency

from subgraphs.kit.twin.table_store import TableStore
from subgraphs.psa.kantata.twin.seed import STATUSES


class InvalidValueError(Exception):
    """An invalid value; the message says what it must be."""


ParseValue = Callable[[Any, TableStore], Any]
"""value, account -> what is stored; raises InvalidValueError."""


def parse_text(value: Any, _: TableStore) -> str:
    """Parse text."""
    if not isinstance(value, str):
        raise InvalidValueError("must be text")
    return value


def parse_flag(value: Any, _: TableStore) -> bool:
    """Parse true or false."""
    if not isinstance(value, bool):
        raise InvalidValueError("must be true or false")
    return value


def parse_integer(value: Any, _: TableStore) -> int:
    """Parse an integer."""
    if not isinstance(value, int) or isinstance(value, bool):
        raise InvalidValueError("must be an integer")
    return value


def parse_count(value: Any, tables: TableStore) -> int:
    """Parse a non-negative integer."""
    if parse_integer(value, tables) < 0:
        raise InvalidValueError("must not be negative")
    return int(value)


def parse_date(value: Any, tables: TableStore) -> str:
    """Parse a date (ISO 8601)."""
    try:
        return date.fromisoformat(parse_text(value, tables)).isoformat()
    except ValueError:
        raise InvalidValueError("must be a date") from None


def parse_currency(value: Any, tables: TableStore) -> str:
    """Parse a currency code (ISO 4217)."""
    if not is_currency(parse_text(value, tables)):
        raise InvalidValueError("must be a currency")
    return str(value)


def parse_status(value: Any, tables: TableStore) -> str:
    """Parse the key of a status: a number, or the text of answers."""
    key = str(value) if isinstance(value, int) else value
    return str(build_choice_parser(*(str(each.key) for each in STATUSES.values()))(key, tables))


def build_choice_parser(*names: str) -> ParseValue:
    """Return a parser of one of the names."""

    def read(value: Any, _: TableStore) -> str:
        if value not in names:
            raise InvalidValueError(f"must be one of {', '.join(names)}")
        return str(value)

    return read


def build_id_parser(resource: str) -> ParseValue:
    """Return a parser of the id of an existing record."""

    def read(value: Any, tables: TableStore) -> str:
        identifier = str(parse_integer(value, tables))
        if tables.get_row(resource, identifier) is None:
            raise InvalidValueError("is not there")
        return identifier

    return read


def build_ids_parser(resource: str) -> ParseValue:
    """Return a parser of a list of ids of existing records."""

    def read(value: Any, tables: TableStore) -> list[str]:
        if not isinstance(value, list):
            raise InvalidValueError("must be a list of ids")
        return [build_id_parser(resource)(each, tables) for each in value]

    return read


def build_nullable_parser(read: ParseValue) -> ParseValue:
    """Return a parser that also accepts null."""
    return lambda value, tables: None if value is None else read(value, tables)

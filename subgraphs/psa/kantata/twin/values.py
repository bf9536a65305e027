"""Reads the values of attributes as they are sent. Ids are integers in bodies, as the vendor declares them, and strings in the account."""

from collections.abc import Callable
from datetime import date
from typing import Any

from babel.numbers import is_currency

from subgraphs.kit.tables import Tables
from subgraphs.psa.kantata.twin.seed import STATUSES


class WrongError(Exception):
    """A value that an attribute does not take; the message says what it must be."""


Read = Callable[[Any, Tables], Any]
"""value, account -> what is stored; raises WrongError."""


def text(value: Any, _: Tables) -> str:
    """Take text."""
    if not isinstance(value, str):
        raise WrongError("must be text")
    return value


def flag(value: Any, _: Tables) -> bool:
    """Take true or false."""
    if not isinstance(value, bool):
        raise WrongError("must be true or false")
    return value


def whole(value: Any, _: Tables) -> int:
    """Take an integer."""
    if not isinstance(value, int) or isinstance(value, bool):
        raise WrongError("must be an integer")
    return value


def count(value: Any, tables: Tables) -> int:
    """Take an integer that is not negative."""
    if whole(value, tables) < 0:
        raise WrongError("must not be negative")
    return int(value)


def day(value: Any, tables: Tables) -> str:
    """Take a date (ISO 8601)."""
    try:
        return date.fromisoformat(text(value, tables)).isoformat()
    except ValueError:
        raise WrongError("must be a date") from None


def currency(value: Any, tables: Tables) -> str:
    """Take the code of a currency (ISO 4217)."""
    if not is_currency(text(value, tables)):
        raise WrongError("must be a currency")
    return str(value)


def status(value: Any, tables: Tables) -> str:
    """Take the key of a status: the number, or the text in which answers show it."""
    key = str(value) if isinstance(value, int) else value
    return str(one_of(*(str(each.key) for each in STATUSES.values()))(key, tables))


def one_of(*names: str) -> Read:
    """Take one of some names."""

    def read(value: Any, _: Tables) -> str:
        if value not in names:
            raise WrongError(f"must be one of {', '.join(names)}")
        return str(value)

    return read


def record(resource: str) -> Read:
    """Take the id of a record that is there."""

    def read(value: Any, tables: Tables) -> str:
        identifier = str(whole(value, tables))
        if tables.row(resource, identifier) is None:
            raise WrongError("is not there")
        return identifier

    return read


def records(resource: str) -> Read:
    """Take a list of the ids of records that are there."""

    def read(value: Any, tables: Tables) -> list[str]:
        if not isinstance(value, list):
            raise WrongError("must be a list of ids")
        return [record(resource)(each, tables) for each in value]

    return read


def or_null(read: Read) -> Read:
    """Take null besides."""
    return lambda value, tables: None if value is None else read(value, tables)

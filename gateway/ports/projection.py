"""The attributes of records that a request needs: an adapter may skip the others and return None for them.

This applies only to reads by id of that request; feeds, pages and all other reads return whole records.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar

from gateway.canonical.records.base import Record

NeededAttributes = Mapping[type[Record], frozenset[str]]
"""The needed attributes per record class, besides those of every record; a class that is missing is needed whole."""

ALL_ATTRIBUTES: NeededAttributes = {}
"""All attributes of all records."""

_WANTED: ContextVar[NeededAttributes] = ContextVar("psgw_wanted", default=ALL_ATTRIBUTES)


@contextmanager
def limit_attributes(wanted: NeededAttributes) -> Iterator[None]:
    """Limit the records that are read inside to the needed attributes."""
    token = _WANTED.set(wanted)
    try:
        yield
    finally:
        _WANTED.reset(token)


def is_needed(record: type[Record], *attributes: str) -> bool:
    """Return whether one of these attributes is needed; without a limit all of them are."""
    wanted = _WANTED.get().get(record)
    return wanted is None or not wanted.isdisjoint(attributes)

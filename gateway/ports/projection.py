"""Which attributes of records a request needs: an adapter may leave out what lies beyond them, and then gives None for it.

Only reads by id of the request that said so are meant; feeds, pages and everything else are read whole.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar

from gateway.canonical.records.base import Record

Wanted = Mapping[type[Record], frozenset[str]]
"""Per record class the attributes that are needed beside those which every record has; a class that is not named is needed whole."""

WHOLE: Wanted = {}
"""Everything."""

_WANTED: ContextVar[Wanted] = ContextVar("psgw_wanted", default=WHOLE)


@contextmanager
def needing(wanted: Wanted) -> Iterator[None]:
    """Say what is needed of the records that are read inside."""
    token = _WANTED.set(wanted)
    try:
        yield
    finally:
        _WANTED.reset(token)


def needed(record: type[Record], *attributes: str) -> bool:
    """Tell whether one of these attributes is needed; where nobody has said what is, everything is."""
    wanted = _WANTED.get().get(record)
    return wanted is None or not wanted.isdisjoint(attributes)

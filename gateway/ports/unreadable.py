"""Records that a system sent and that an adapter could not read.

A read returns all other records. Whoever starts a read collects the lost ones and decides what they mean: the fault of
an id, a page that is incomplete, a total that is unknown, an entry in a feed's health.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar

import msgspec

from gateway.canonical.fault import FaultCode
from gateway.errors import SourceError


class UnreadableRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A record that could not be read, in the vendor's terms; never a value.

    `id` is None if the id itself could not be read, `field` if no single field is the reason. `keys` holds the ids of
    other records that could be read, by attribute, such as `project_id`.
    """

    object: str
    id: str | None
    field: str | None = None
    keys: Mapping[str, str] = {}

    def is_below(self, attribute: str, parent: str) -> bool:
        """Return whether the record may belong to a parent: an unknown parent may be any."""
        return self.keys.get(attribute, parent) == parent


_COLLECTED: ContextVar[list[UnreadableRecord] | None] = ContextVar("psgw_unreadable", default=None)


@contextmanager
def collect_unreadable() -> Iterator[Sequence[UnreadableRecord]]:
    """Collect the records that reads inside cannot read, those of tasks that they start included."""
    collected: list[UnreadableRecord] = []
    token = _COLLECTED.set(collected)
    try:
        yield collected
    finally:
        _COLLECTED.reset(token)


def report_unreadable(record: UnreadableRecord) -> None:
    """Report a record that is missing from the result of the current read.

    Raise SourceError(CONTRACT_MISMATCH) if nobody collects: a record must not be missing without a word.
    """
    collected = _COLLECTED.get()
    if collected is None:
        raise SourceError(FaultCode.CONTRACT_MISMATCH, f"{record.object}: {record.field or 'a record'}")
    collected.append(record)

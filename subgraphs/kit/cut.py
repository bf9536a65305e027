"""Pages cut out of whole lists, for vendors that page by number and order by nothing that a cursor could stand on.

Ids are whole numbers and ordered as such. Conditions are applied to whole lists, and never to a finished page.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Generic, TypeVar

from gateway.canonical.records.base import Record
from gateway.errors import BadInputError
from gateway.ports.base import Children, PageRequest
from subgraphs.kit.identifiers import only_ids
from subgraphs.kit.paging import decode_cursor, pages_by_parent

RecordT = TypeVar("RecordT", bound=Record)

Place = tuple[str, int]
"""Where a record stands: its day, empty where none orders, then its id."""


@dataclass(frozen=True, kw_only=True)
class Order(Generic[RecordT]):
    """How children hang below parents: the attribute that names the parent, and that of the day that orders before the id, if one does."""

    above: str
    day: str | None = None

    def parent(self, record: RecordT) -> str:
        """Return the parent's id, empty where there is none."""
        return getattr(record, self.above) or ""

    def place(self, record: RecordT) -> Place:
        """Return where a record stands in the declared order."""
        return ("" if self.day is None else getattr(record, self.day).isoformat(), int(record.native.id))

    def position(self, record: RecordT) -> Sequence[str]:
        """Return what a cursor on the record holds."""
        day, identifier = self.place(record)
        return (str(identifier),) if self.day is None else (day, str(identifier))

    def start(self, page: PageRequest) -> Place | None:
        """Return the place that a cursor stands for; raise BadInputError for one that no page of the list gave."""
        if page.after is None:
            return None
        match decode_cursor(page.after):
            case (identifier,) if self.day is None and only_ids([identifier]):
                return "", int(identifier)
            case (day, identifier) if self.day is not None and only_ids([identifier]) and _is_day(day):
                return day, int(identifier)
        raise BadInputError("The cursor is not one of this list.", field="after")


def cut(
    order: Order[RecordT],
    parents: Sequence[str],
    records: Sequence[RecordT],
    page: PageRequest,
    keep: Callable[[RecordT], bool] = lambda _record: True,
) -> Children[RecordT]:
    """Cut each parent's page out of all records below the parents; a parent without rows has an empty page."""
    start = order.start(page)
    found: dict[str, list[RecordT]] = {parent: [] for parent in parents}
    for record in sorted(filter(keep, records), key=order.place):
        if start is None or order.place(record) > start:
            found.setdefault(order.parent(record), []).append(record)
    return pages_by_parent(parents, found, page.first, order.position, after=page.after)


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False

"""Pages cut in memory from whole lists, for vendors without a stable order that a cursor could rely on.

Ids of any form are ordered by `build_sort_key`. Filters apply to whole lists, never to a finished page.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Generic, TypeVar

import msgspec

from gateway.canonical.records.base import Record
from gateway.errors import BadInputError
from gateway.ports.base import Children, PageRequest
from subgraphs.kit.identifiers import IdKey, build_sort_key
from subgraphs.kit.lost_records import report_if_unreadable
from subgraphs.kit.paging import build_pages, decode_cursor

RecordT = TypeVar("RecordT", bound=Record)

SortKey = tuple[str, IdKey]
"""A record's position: its ISO day, empty in lists without days, then the key of its id."""


@dataclass(frozen=True, kw_only=True)
class ChildOrder(Generic[RecordT]):
    """How children are assigned to parents and ordered.

    `parent_field` names the attribute with the parent's id, `day_field` that of the day that orders before the id, None
    where only the id orders. `is_id` is the form of the vendor's ids; cursors and parents of another form are invalid.
    """

    parent_field: str
    day_field: str | None = None
    is_id: Callable[[str], bool] = bool

    def get_parent(self, record: RecordT) -> str:
        """Return the parent's id, empty if there is none."""
        return getattr(record, self.parent_field) or ""

    def get_sort_key(self, record: RecordT) -> SortKey:
        """Return a record's position in the declared order."""
        day = "" if self.day_field is None else getattr(record, self.day_field).isoformat()
        return day, build_sort_key(record.native.id)

    def get_position(self, record: RecordT) -> Sequence[str]:
        """Return the content of a cursor on the record."""
        identifier = record.native.id
        return (identifier,) if self.day_field is None else (getattr(record, self.day_field).isoformat(), identifier)

    def parse_start(self, page: PageRequest) -> SortKey | None:
        """Return the position of the page's cursor, None without one; raise BadInputError for a foreign cursor."""
        if page.after is None:
            return None
        match decode_cursor(page.after):
            case (identifier,) if self.day_field is None and self.is_id(identifier):
                return "", build_sort_key(identifier)
            case (day, identifier) if self.day_field is not None and self.is_id(identifier) and _is_day(day):
                return day, build_sort_key(identifier)
        raise BadInputError("The cursor is not one of this list.", field="after")


def paginate_in_memory(
    order: ChildOrder[RecordT],
    parents: Sequence[str],
    records: Sequence[RecordT],
    page: PageRequest,
    keep: Callable[[RecordT], bool] = lambda _record: True,
) -> Children[RecordT]:
    """Return each parent's page of all records of the parents, with the number of rows that are kept.

    A parent without rows has an empty page. A record whose parent cannot be read is reported.
    """
    start = order.parse_start(page)
    rows: dict[str, list[RecordT]] = {parent: [] for parent in parents}
    totals: Counter[str] = Counter()
    placed = [record for record in records if not report_if_unreadable(record, {order.parent_field})]
    for record in sorted(filter(keep, placed), key=order.get_sort_key):
        parent = order.get_parent(record)
        totals[parent] += 1
        if start is None or order.get_sort_key(record) > start:
            rows.setdefault(parent, []).append(record)
    pages = build_pages(parents, rows, page.first, order.get_position, after=page.after)
    return {parent: msgspec.structs.replace(each, total=totals[parent]) for parent, each in pages.items()}


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False

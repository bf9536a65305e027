"""Pages below projects and people.

Kantata orders by times only and pages by offset, so a page is cut out of all that lies below its parents: per 50 parents one call for up to 200 rows and one
more per 199, whatever the page. Conditions are therefore applied to whole lists, and never to a finished page.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, Generic, TypeVar

from gateway.canonical.records.base import Record
from gateway.canonical.records.psa import PsaAssignment, PsaBooking
from gateway.canonical.values import DateRange
from gateway.errors import BadInputError
from gateway.ports.base import Children, PageRequest
from gateway.ports.where import AssignmentWhere, DemandWhere, ExpenseWhere, TaskWhere, TimeWhere, Where
from subgraphs.kit.paging import decode_cursor, pages_by_parent
from subgraphs.kit.together import together
from subgraphs.psa.kantata import wire
from subgraphs.psa.kantata.client import Client
from subgraphs.psa.kantata.kinds import ONLY, Kind, resources_of
from subgraphs.psa.kantata.reads import Reads, only_ids
from subgraphs.psa.kantata.records import ALLOCATIONS, RecordBuilder

RecordT = TypeVar("RecordT", bound=Record)
Place = tuple[str, int]

PARENT_BATCH: Final = 50
FILTERS: Final[Mapping[str, frozenset[str]]] = {
    "tasks": frozenset({"status", "billable"}),
    "demands": frozenset({"status", "role_name"}),
    "assignments": frozenset({"booking", "start", "end"}),
    "time_entries": frozenset({"approval", "billing", "billable", "work_date_from", "work_date_to"}),
    "expenses": frozenset({"approval", "category", "incurred_on_from", "incurred_on_to"}),
}


@dataclass(frozen=True, kw_only=True)
class Relation(Generic[RecordT]):
    """How children are found: the filter that takes parents, the attribute that names the parent, and the attribute of the day that orders, if one does."""

    kind: Kind[RecordT]
    filter: str
    above: str
    day: str | None = None

    def place(self, record: RecordT) -> Place:
        """Return where a record stands in the declared order."""
        return ("" if self.day is None else getattr(record, self.day).isoformat(), int(record.native.id))


async def pages(
    reads: Reads, relation: Relation[RecordT], parents: Sequence[str], page: PageRequest, where: Where | None = None
) -> Children[RecordT]:
    """Return a page per parent; those that cannot exist have an empty one."""
    start = start_of(page, dated=relation.day is not None)
    known = only_ids(parents)
    chunks = [known[at : at + PARENT_BATCH] for at in range(0, len(known), PARENT_BATCH)]
    groups = await together(reads.where(relation.kind, ((relation.filter, ",".join(chunk)),)) for chunk in chunks)
    return cut(relation, parents, [record for group in groups for record in group], page, start, where)


def cut(
    relation: Relation[RecordT],
    parents: Sequence[str],
    records: Sequence[RecordT],
    page: PageRequest,
    start: Place | None,
    where: Where | None,
) -> Children[RecordT]:
    """Cut each parent's page out of all records."""
    kept = [record for record in records if where is None or meets(record, where)]
    found: dict[str, list[RecordT]] = {parent: [] for parent in parents}
    for record in sorted(kept, key=relation.place):
        if start is None or relation.place(record) > start:
            found.setdefault(getattr(record, relation.above) or "", []).append(record)

    def position(record: RecordT) -> Sequence[str]:
        day, identifier = relation.place(record)
        return (str(identifier),) if relation.day is None else (day, str(identifier))

    return pages_by_parent(parents, found, page.first, position, after=page.after)


async def assignments_of(
    client: Client,
    builder: RecordBuilder,
    kind: Kind[PsaAssignment],
    users: Sequence[str],
    page: PageRequest,
    where: AssignmentWhere,
) -> Children[PsaAssignment]:
    """Return a page of each person's assignments: the resources that they are, then the allocations of these."""
    relation = Relation(kind=kind, filter="", above="user_id")
    start = start_of(page, dated=False)
    rows, resources = await _allocated(client, users)
    records = [builder.assignment(row, resources[str(row.workspace_resource_id)]) for row in rows]
    return cut(relation, users, records, page, start, where)


async def bookings_of(
    client: Client, builder: RecordBuilder, users: Sequence[str], within: DateRange
) -> Mapping[str, tuple[PsaBooking, ...]]:
    """Return each person's allocations that overlap the range."""
    rows, resources = await _allocated(client, users)
    found: dict[str, list[PsaBooking]] = {}
    for row in rows:
        user = str(resources[str(row.workspace_resource_id)].user_id)
        booking = builder.booking(row, user)
        if booking.start_date <= within.end and booking.end_date >= within.start:
            found.setdefault(user, []).append(booking)
    return {user: tuple(bookings) for user, bookings in found.items() if user in users}


async def _allocated(
    client: Client, users: Sequence[str]
) -> tuple[Sequence[wire.AllocationRow], Mapping[str, wire.ResourceRow]]:
    resources = await resources_of(client, "user_id", only_ids(users))
    ids, rows = list(resources), list[wire.AllocationRow]()
    for at in range(0, len(ids), ONLY):
        parameters = (("workspace_resource_id", ",".join(ids[at : at + ONLY])),)
        listing = await client.every(ALLOCATIONS, parameters, "workspace,workspace_resource")
        rows += [row for row in listing.rows(wire.AllocationRow) if str(row.workspace_resource_id) in resources]
    return rows, resources


def meets(record: Any, where: Where) -> bool:
    """Tell whether a record meets every condition that is given."""
    match where:
        case TaskWhere():
            return _among(record.status, where.status) and where.billable in {None, record.billable}
        case DemandWhere():
            return _among(record.status, where.status) and _among(record.role_name, where.role_name)
        case AssignmentWhere():
            overlaps = _within(record.end_date, where.start, None) and _within(record.start_date, None, where.end)
            return _among(record.booking, where.booking) and overlaps
        case TimeWhere():
            said = _among(record.approval, where.approval) and _among(record.billing, where.billing)
            dated = _within(record.work_date, where.work_date_from, where.work_date_to)
            return said and dated and where.billable in {None, record.billable}
        case ExpenseWhere():
            said = _among(record.approval, where.approval) and _among(record.category, where.category)
            return said and _within(record.incurred_on, where.incurred_on_from, where.incurred_on_to)


def _among(word: str | None, words: Sequence[str] | None) -> bool:
    return words is None or word in words


def _within(day: date | None, first: date | None, last: date | None) -> bool:
    return day is None or ((first is None or day >= first) and (last is None or day <= last))


def start_of(page: PageRequest, *, dated: bool) -> Place | None:
    """Return the place that a cursor stands for; raise BadInputError for one that no page of the list gave."""
    if page.after is None:
        return None
    match decode_cursor(page.after):
        case (identifier,) if not dated and only_ids([identifier]):
            return "", int(identifier)
        case (day, identifier) if dated and only_ids([identifier]) and _is_day(day):
            return day, int(identifier)
    raise BadInputError("The cursor is not one of this list.", field="after")


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False

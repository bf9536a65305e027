"""Pages below projects and people.

Kantata orders by times only and pages by offset, so a page is cut out of all that lies below its parents: per 50 parents one call for up to 200 rows and one
more per 199, whatever the page; expenses, whose filter takes one project, per parent.
"""

from collections.abc import Coroutine, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, Generic, TypeVar

from gateway.canonical.records.base import Record
from gateway.canonical.records.psa import PsaAssignment, PsaBooking
from gateway.canonical.values import DateRange
from gateway.ports.base import Children, PageRequest
from gateway.ports.where import AssignmentWhere, Where
from subgraphs.kit.conditions import meets
from subgraphs.kit.cut import Order, cut
from subgraphs.kit.identifiers import batches, only_ids
from subgraphs.kit.together import in_batches, together
from subgraphs.psa.kantata import wire
from subgraphs.psa.kantata.client import Client, Listing
from subgraphs.psa.kantata.kinds import ONLY, Kind, booked
from subgraphs.psa.kantata.reads import Reads
from subgraphs.psa.kantata.records import RecordBuilder

RecordT = TypeVar("RecordT", bound=Record)

PARENT_BATCH: Final = 50
_OF_USERS: Final = Order[PsaAssignment](above="user_id")


@dataclass(frozen=True, kw_only=True)
class Relation(Generic[RecordT]):
    """How children of projects are found: the filter that takes `batch` projects, and how they are ordered."""

    kind: Kind[RecordT]
    order: Order[RecordT]
    filter: str
    batch: int


def of_projects(
    kind: Kind[RecordT], filter_: str, *, day: str | None = None, batch: int = PARENT_BATCH
) -> Relation[RecordT]:
    """Return the relation of what hangs below a project."""
    return Relation(kind=kind, order=Order(above="project_id", day=day), filter=filter_, batch=batch)


async def pages(
    reads: Reads, relation: Relation[RecordT], parents: Sequence[str], page: PageRequest, where: Where | None = None
) -> Children[RecordT]:
    """Return a page per parent; those that cannot exist have an empty one."""
    relation.order.start(page)

    def below(some: Sequence[str]) -> Coroutine[Any, Any, Sequence[RecordT]]:
        return reads.where(relation.kind, ((relation.filter, ",".join(some)),))

    records = await in_batches(below, only_ids(parents), relation.batch)
    return cut(relation.order, parents, records, page, lambda record: where is None or meets(record, where))


async def assignments_of(
    client: Client, kind: Kind[PsaAssignment], users: Sequence[str], page: PageRequest, where: AssignmentWhere
) -> Children[PsaAssignment]:
    """Return a page of each person's assignments: their allocations, then the resources that these book."""
    _OF_USERS.start(page)
    records = await kind.build(await _allocated(client, kind, users))
    return cut(_OF_USERS, users, records, page, partial(meets, where=where))


async def bookings_of(
    client: Client, kind: Kind[PsaAssignment], builder: RecordBuilder, users: Sequence[str], within: DateRange
) -> Mapping[str, tuple[PsaBooking, ...]]:
    """Return each person's allocations that overlap the range."""
    listing = await _allocated(client, kind, users, ("overlaps_with_date_range", f"{within.start}:{within.end}"))
    resources = await booked(client, listing)
    found: dict[str, list[PsaBooking]] = {}
    for row in listing.rows(wire.AllocationRow):
        resource = resources.get(str(row.workspace_resource_id))
        if resource is not None and resource.user_id is not None:
            booking = builder.booking(row, str(resource.user_id))
            found.setdefault(booking.user_id, []).append(booking)
    return {user: tuple(bookings) for user, bookings in found.items() if user in users}


async def _allocated(
    client: Client, kind: Kind[PsaAssignment], users: Sequence[str], *narrowed: tuple[str, str]
) -> Listing:
    """Read the allocations of these people: one list per two hundred of them."""
    found = Listing(kind.resource)
    asked = ((("user_ids", ",".join(ids)), *narrowed) for ids in batches(only_ids(users), ONLY))
    for listing in await together(client.every(kind.resource, each, kind.include) for each in asked):
        found.join(listing)
    return found

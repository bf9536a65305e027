"""Pages below projects and people.

Kantata orders by times only and pages by number, so a page is cut out of all that lies below its parents: ceil(rows / 200) calls per 50 parents, whatever
the page.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final, Generic, TypeVar

from gateway.canonical.records.base import Record
from gateway.canonical.records.psa import PsaAssignment, PsaBooking
from gateway.canonical.values import DateRange
from gateway.ports.base import Children, PageRequest
from gateway.ports.where import AssignmentWhere, Where
from subgraphs.kit.conditions import meets
from subgraphs.kit.cut import Order, cut
from subgraphs.kit.identifiers import batches, only_ids
from subgraphs.kit.together import together
from subgraphs.psa.kantata import wire
from subgraphs.psa.kantata.client import Client
from subgraphs.psa.kantata.kinds import ONLY, Kind, resources_of
from subgraphs.psa.kantata.reads import Reads
from subgraphs.psa.kantata.records import ALLOCATIONS, RecordBuilder

RecordT = TypeVar("RecordT", bound=Record)

PARENT_BATCH: Final = 50
_OF_USERS: Final = Order[PsaAssignment](above="user_id")


@dataclass(frozen=True, kw_only=True)
class Relation(Generic[RecordT]):
    """How children of projects are found: the filter that takes the projects, and how they are ordered."""

    kind: Kind[RecordT]
    order: Order[RecordT]
    filter: str = "workspace_id"


def of_projects(kind: Kind[RecordT], day: str | None = None) -> Relation[RecordT]:
    """Return the relation of what hangs below a project."""
    return Relation(kind=kind, order=Order(above="project_id", day=day))


async def pages(
    reads: Reads, relation: Relation[RecordT], parents: Sequence[str], page: PageRequest, where: Where | None = None
) -> Children[RecordT]:
    """Return a page per parent; those that cannot exist have an empty one."""
    relation.order.start(page)
    chunks = batches(only_ids(parents), PARENT_BATCH)
    groups = await together(reads.where(relation.kind, ((relation.filter, ",".join(chunk)),)) for chunk in chunks)
    records = [record for group in groups for record in group]
    return cut(relation.order, parents, records, page, lambda record: where is None or meets(record, where))


async def assignments_of(
    client: Client, builder: RecordBuilder, users: Sequence[str], page: PageRequest, where: AssignmentWhere
) -> Children[PsaAssignment]:
    """Return a page of each person's assignments: the resources that they are, then the allocations of these."""
    _OF_USERS.start(page)
    rows, resources = await _allocated(client, users)
    records = [builder.assignment(row, resources[str(row.workspace_resource_id)]) for row in rows]
    return cut(_OF_USERS, users, records, page, partial(meets, where=where))


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
    rows = list[wire.AllocationRow]()
    for ids in batches(list(resources), ONLY):
        parameters = (("workspace_resource_id", ",".join(ids)),)
        listing = await client.every(ALLOCATIONS, parameters, "workspace,workspace_resource")
        rows += [row for row in listing.rows(wire.AllocationRow) if str(row.workspace_resource_id) in resources]
    return rows, resources

"""Pages below projects and people: cut out of all that lies below them, ceil(rows / 200) calls per 50 parents, whatever the page. Time alone is paged by day."""

from collections.abc import Coroutine, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any, Final, Generic, TypeVar

from gateway.canonical.records.base import Record
from gateway.canonical.records.psa import PsaAssignment, PsaBooking, PsaDemand, PsaTimeEntry
from gateway.canonical.values import DateRange
from gateway.ports.base import Children, PageRequest
from gateway.ports.where import AssignmentWhere, DemandWhere, TimeWhere, Where
from subgraphs.kit.by_day import Range, pages_by_day
from subgraphs.kit.conditions import meets
from subgraphs.kit.cut import Order, cut
from subgraphs.kit.dates import day
from subgraphs.kit.identifiers import only_ids
from subgraphs.kit.together import in_batches
from subgraphs.psa.productive.client import Client, Parameters
from subgraphs.psa.productive.kinds import Kind
from subgraphs.psa.productive.reads import Reads
from subgraphs.psa.productive.records import INVOICED, NON_BILLABLE, SERVICES, UNINVOICED, RecordBuilder
from subgraphs.psa.productive.wire import ServiceRow, TimeEntryRow

RecordT = TypeVar("RecordT", bound=Record)

PARENT_BATCH: Final = 50
_PROJECT, _PERSON, _SERVICE = "filter[project_id]", "filter[person_id]", "filter[service_id]"


@dataclass(frozen=True, kw_only=True)
class Relation(Generic[RecordT]):
    """How children are found and ordered: the filter that takes the parents, and the attribute that names the parent."""

    kind: Kind[RecordT]
    filter: str
    order: Order[RecordT]


def of_projects(kind: Kind[RecordT], day: str | None = None) -> Relation[RecordT]:
    """Return the relation of what hangs below a project."""
    return Relation(kind=kind, filter=_PROJECT, order=Order(above="project_id", day=day))


def of_people(kind: Kind[RecordT], day: str | None = None) -> Relation[RecordT]:
    """Return the relation of what hangs below a person."""
    return Relation(kind=kind, filter=_PERSON, order=Order(above="user_id", day=day))


class Below:
    """The child reads of one organization."""

    def __init__(self, client: Client, reads: Reads, builder: RecordBuilder) -> None:
        self._client = client
        self._reads = reads
        self._builder = builder

    async def pages(
        self, relation: Relation[RecordT], parents: Sequence[str], page: PageRequest, where: Where | None = None
    ) -> Children[RecordT]:
        """Return a page per parent; those that cannot exist have an empty one."""
        relation.order.start(page)
        records = await self._all(relation, parents)
        return cut(relation.order, parents, records, page, lambda record: where is None or meets(record, where))

    async def demands(
        self, kind: Kind[PsaDemand], projects: Sequence[str], where: DemandWhere, page: PageRequest
    ) -> Children[PsaDemand]:
        """Return a page of each project's resource requests: they are found by services, so the projects' services are read first."""
        order = Order[PsaDemand](above="project_id")
        order.start(page)
        services = await in_batches(self._services, only_ids(projects), PARENT_BATCH)
        relation = Relation(kind=kind, filter=_SERVICE, order=order)
        records = await self._all(relation, services)
        return cut(order, projects, records, page, partial(meets, where=where))

    async def time(
        self, relation: Relation[PsaTimeEntry], parents: Sequence[str], where: TimeWhere, page: PageRequest
    ) -> Children[PsaTimeEntry]:
        """Return a page of time per parent, ordered by day, then id: floor(entries read / 200) + 1 calls per 50 parents."""
        return await pages_by_day(
            _Sheets(self._client, relation, _narrowed(where)),
            relation.order,
            parents,
            page,
            keep=partial(meets, where=where),
            wanted=Range(where.work_date_from, where.work_date_to),
            batch=PARENT_BATCH,
        )

    async def bookings(
        self, kind: Kind[PsaAssignment], people: Sequence[str], within: DateRange
    ) -> Mapping[str, tuple[PsaBooking, ...]]:
        """Return each person's bookings that overlap the range."""
        overlap = AssignmentWhere(start=within.start, end=within.end)
        found: dict[str, list[PsaBooking]] = {}
        for booked in await self._all(of_people(kind), people):
            if booked.user_id is not None and meets(booked, overlap):
                found.setdefault(booked.user_id, []).append(self._builder.booking(booked))
        return {person: tuple(found[person]) for person in people if person in found}

    async def _all(self, relation: Relation[RecordT], parents: Sequence[str]) -> Sequence[RecordT]:
        def below(some: Sequence[str]) -> Coroutine[Any, Any, Sequence[RecordT]]:
            return self._reads.where(relation.kind, ((relation.filter, ",".join(some)),))

        return await in_batches(below, only_ids(parents), PARENT_BATCH)

    async def _services(self, projects: Sequence[str]) -> Sequence[str]:
        listing = await self._client.every(SERVICES, ((_PROJECT, ",".join(projects)),))
        return [str(row.id) for row in listing.rows(ServiceRow)]


@dataclass(frozen=True)
class _Sheets:
    """Reads time below some parents, the part that Productive itself can leave out left out. The list is documented to take operators and `sort=date`."""

    client: Client
    relation: Relation[PsaTimeEntry]
    narrowed: Parameters

    async def since(
        self, parents: Sequence[str], first: date, last: date
    ) -> tuple[Sequence[PsaTimeEntry], date | None]:
        kind = self.relation.kind
        asked = (*self._common(parents, first, last), ("sort", "date"))
        listing, count = await self.client.first(kind.resource, asked, kind.include)
        rows = listing.rows(TimeEntryRow)
        return await kind.build(listing), None if len(rows) >= count else day(rows[-1].date)

    async def on(self, parents: Sequence[str], day: date) -> Sequence[PsaTimeEntry]:
        kind = self.relation.kind
        return await kind.build(await self.client.every(kind.resource, self._common(parents, day, day), kind.include))

    def _common(self, parents: Sequence[str], first: date, last: date) -> Parameters:
        days = (("filter[date][gt_eq]", first.isoformat()), ("filter[date][lt_eq]", last.isoformat()))
        return ((self.relation.filter, ",".join(parents)), *self.narrowed, *days)


def _narrowed(where: TimeWhere) -> Parameters:
    """Return what Productive itself can leave out; the rest is judged where whole days are at hand."""
    wanted = set(where.billing or ())
    if wanted == {INVOICED}:
        return (("filter[invoiced]", "true"),)
    return (("filter[invoiced]", "false"),) if wanted and wanted <= {UNINVOICED, NON_BILLABLE} else ()

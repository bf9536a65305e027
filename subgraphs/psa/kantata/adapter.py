"""The PSA port over Kantata's REST API: projects are workspaces, tasks and milestones are stories, people are booked by allocations."""

from collections.abc import AsyncIterator, Sequence
from typing import TypeVar

from gateway.canonical.records.base import Record
from gateway.canonical.records.psa import (
    PsaAssignment,
    PsaBooking,
    PsaClient,
    PsaDemand,
    PsaExpense,
    PsaMilestone,
    PsaProject,
    PsaRecord,
    PsaTask,
    PsaTimeEntry,
    PsaUser,
)
from gateway.canonical.roles import SystemRole
from gateway.canonical.values import DateRange
from gateway.ports.base import Capabilities, Changes, Children, Finding, PageRequest, Read
from gateway.ports.connection import Connection, Upstream
from gateway.ports.lineage import Lineage
from gateway.ports.psa import PsaPort
from gateway.ports.where import AssignmentWhere, DemandWhere, ExpenseWhere, TaskWhere, TimeWhere
from subgraphs.kit.conditions import PSA_FILTERS
from subgraphs.kit.psa_by_id import PsaById
from subgraphs.psa.kantata.checks import findings
from subgraphs.psa.kantata.children import PARENT_BATCH, assignments_of, bookings_of, of_projects, pages
from subgraphs.psa.kantata.client import PAGE, Client
from subgraphs.psa.kantata.failures import classify
from subgraphs.psa.kantata.feed import EVENTS, Feeds
from subgraphs.psa.kantata.kinds import ONLY, kinds_of
from subgraphs.psa.kantata.lineage import lineage_of
from subgraphs.psa.kantata.mapping import KantataMapping
from subgraphs.psa.kantata.options import KantataOptions, auth_of, mapping_of, options_of
from subgraphs.psa.kantata.reads import Reads
from subgraphs.psa.kantata.records import RecordBuilder
from subgraphs.psa.kantata.timesheets import OF_PROJECTS, OF_USERS, TimeSheets

RecordT = TypeVar("RecordT", bound=Record)
PsaT = TypeVar("PsaT", bound=PsaRecord)


class KantataAdapter(PsaById):
    """One account. Reads by id cost one call per 200 ids, assignments one more for who the resources are."""

    role = SystemRole.PSA
    vendor = "kantata"
    api_version = "v1"
    feeds: Sequence[type[Record]] = (PsaClient, PsaUser, PsaProject)

    def __init__(
        self, connection: Connection, mapping: KantataMapping, options: KantataOptions, upstream: Upstream
    ) -> None:
        self.connection = connection.name
        self.capabilities = Capabilities(
            read_batch=ONLY,
            parent_batch=PARENT_BATCH,
            page_cap=PAGE,
            concurrency=options.concurrency,
            search_by_external_id=True,
            count=True,
            filters=PSA_FILTERS,
        )
        self.lineage: Lineage = lineage_of(mapping)
        self._mapping = mapping
        self._options = options
        self._upstream = upstream
        self._client = Client(upstream)
        self._builder = RecordBuilder(connection.name, mapping)
        self._kinds = kinds_of(self._client, self._builder)
        self._time = TimeSheets(self._client, self._kinds[PsaTimeEntry])
        self._reads = Reads(self._client, mapping.references.service)
        self._feeds = Feeds(self._client, self._reads, options, connection.now)

    async def by_id(self, kind: type[PsaT], ids: Sequence[str]) -> Read[PsaT]:
        """Read records by id: archived projects and disabled people too; stories are tasks or milestones, never both."""
        return await self._reads.by_ids(self._kinds[kind], ids)

    async def tasks_by_project(
        self, project_ids: Sequence[str], where: TaskWhere, page: PageRequest
    ) -> Children[PsaTask]:
        """Read each project's tasks, ordered by id."""
        relation = of_projects(self._kinds[PsaTask], "with_projects")
        return await pages(self._reads, relation, project_ids, page, where)

    async def milestones_by_project(self, project_ids: Sequence[str], page: PageRequest) -> Children[PsaMilestone]:
        """Read each project's milestones, ordered by id."""
        relation = of_projects(self._kinds[PsaMilestone], "with_projects")
        return await pages(self._reads, relation, project_ids, page)

    async def demands_by_project(
        self, project_ids: Sequence[str], where: DemandWhere, page: PageRequest
    ) -> Children[PsaDemand]:
        """Read each project's staffing demands, ordered by id."""
        relation = of_projects(self._kinds[PsaDemand], "workspace_id")
        return await pages(self._reads, relation, project_ids, page, where)

    async def assignments_by_project(
        self, project_ids: Sequence[str], where: AssignmentWhere, page: PageRequest
    ) -> Children[PsaAssignment]:
        """Read each project's allocations, ordered by id."""
        relation = of_projects(self._kinds[PsaAssignment], "workspace_ids")
        return await pages(self._reads, relation, project_ids, page, where)

    async def assignments_by_user(
        self, user_ids: Sequence[str], where: AssignmentWhere, page: PageRequest
    ) -> Children[PsaAssignment]:
        """Read each person's allocations, ordered by id: ceil(allocations / 200) calls, and as many for the resources that they book."""
        return await assignments_of(self._client, self._kinds[PsaAssignment], user_ids, page, where)

    async def time_entries_by_project(
        self, project_ids: Sequence[str], where: TimeWhere, page: PageRequest
    ) -> Children[PsaTimeEntry]:
        """Read each project's time, ordered by day, then id."""
        return await self._time.pages(OF_PROJECTS, project_ids, where, page)

    async def time_entries_by_user(
        self, user_ids: Sequence[str], where: TimeWhere, page: PageRequest
    ) -> Children[PsaTimeEntry]:
        """Read each person's time, ordered by day, then id."""
        return await self._time.pages(OF_USERS, user_ids, where, page)

    async def expenses_by_project(
        self, project_ids: Sequence[str], where: ExpenseWhere, page: PageRequest
    ) -> Children[PsaExpense]:
        """Read each project's expenses, ordered by day, then id: the filter takes one project, so each costs a call."""
        relation = of_projects(self._kinds[PsaExpense], "workspace_id", day="incurred_on", batch=1)
        return await pages(self._reads, relation, project_ids, page, where)

    async def bookings_by_user(self, user_ids: Sequence[str], within: DateRange) -> Read[tuple[PsaBooking, ...]]:
        """Read each person's allocations that overlap the range."""
        return await bookings_of(self._client, self._kinds[PsaAssignment], self._builder, user_ids, within)

    async def changed_since(self, kind: type[RecordT], watermark: str | None) -> AsyncIterator[Changes[RecordT]]:
        """Yield what changed, oldest first; what was deleted by the account's events, or else when everything is looked at again."""
        if kind in self.feeds:
            async for page in self._feeds.changed(self._kinds[kind], watermark):
                yield page

    async def find_by_reference(self, kind: type[RecordT], reference: str) -> Sequence[RecordT]:
        """Return the records with an external reference of the firm's own service."""
        sought = self._kinds.get(kind)
        return () if sought is None else await self._reads.by_reference(sought, reference)

    async def check(self) -> Sequence[Finding]:
        """Look at login, rights on every resource, events where they are followed, and the custom fields of the mapping file."""
        followed = (EVENTS,) if self._options.events else ()
        return await findings(
            self._client, (*(kind.resource for kind in self._kinds.values()), *followed), self._mapping
        )

    async def aclose(self) -> None:
        """Release connections."""
        await self._upstream.aclose()


def connect(connection: Connection) -> PsaPort:
    """Open a connection; raise ConfigurationError for options or a mapping file that cannot work."""
    options, mapping = options_of(connection), mapping_of(connection)
    upstream = connection.open_upstream(auth_of(connection), classify, options.concurrency)
    return KantataAdapter(connection, mapping, options, upstream)

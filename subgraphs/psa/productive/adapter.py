"""The PSA port over Productive's API: people are booked on services, which are lines of budgets, which belong to projects."""

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
from subgraphs.psa.productive.checks import findings, named
from subgraphs.psa.productive.children import PARENT_BATCH, Below, of_people, of_projects
from subgraphs.psa.productive.client import PAGE, Client
from subgraphs.psa.productive.failures import classify
from subgraphs.psa.productive.fields import CustomFields
from subgraphs.psa.productive.kinds import kinds_of
from subgraphs.psa.productive.lineage import lineage_of
from subgraphs.psa.productive.mapping import ProductiveMapping
from subgraphs.psa.productive.options import ProductiveOptions, auth_of, mapping_of, options_of
from subgraphs.psa.productive.reads import Reads
from subgraphs.psa.productive.records import RecordBuilder

RecordT = TypeVar("RecordT", bound=Record)
PsaT = TypeVar("PsaT", bound=PsaRecord)


class ProductiveAdapter(PsaById):
    """One organization. Reads by id cost one call per 200 ids; projects two more, for their budgets and members."""

    role = SystemRole.PSA
    vendor = "productive"
    api_version = "v2"
    feeds: Sequence[type[Record]] = (PsaClient, PsaUser, PsaProject)

    def __init__(
        self, connection: Connection, mapping: ProductiveMapping, options: ProductiveOptions, upstream: Upstream
    ) -> None:
        self.connection = connection.name
        self.capabilities = Capabilities(
            read_batch=PAGE,
            parent_batch=PARENT_BATCH,
            page_cap=PAGE,
            concurrency=options.concurrency,
            search_by_external_id=True,
            count=True,
            filters=PSA_FILTERS,
        )
        self.lineage: Lineage = lineage_of(mapping)
        self._mapping = mapping
        self._upstream = upstream
        self._client = Client(upstream, options.organization)
        builder = RecordBuilder(connection.name, mapping)
        fields = CustomFields(self._client, needed=any(named(mapping)))
        self._kinds = kinds_of(self._client, builder, fields)
        self._reads = Reads(self._client, fields)
        self._below = Below(self._client, self._reads, builder)

    async def by_id(self, kind: type[PsaT], ids: Sequence[str]) -> Read[PsaT]:
        """Read records by id; tasks are tasks or milestones, never both, and contacts of clients are no users."""
        return await self._reads.by_ids(self._kinds[kind], ids)

    async def tasks_by_project(
        self, project_ids: Sequence[str], where: TaskWhere, page: PageRequest
    ) -> Children[PsaTask]:
        """Read each project's tasks, ordered by id."""
        return await self._below.pages(of_projects(self._kinds[PsaTask]), project_ids, page, where)

    async def milestones_by_project(self, project_ids: Sequence[str], page: PageRequest) -> Children[PsaMilestone]:
        """Read each project's milestones, ordered by id."""
        return await self._below.pages(of_projects(self._kinds[PsaMilestone]), project_ids, page)

    async def demands_by_project(
        self, project_ids: Sequence[str], where: DemandWhere, page: PageRequest
    ) -> Children[PsaDemand]:
        """Read each project's resource requests, ordered by id: ceil(services / 200) calls for where they hang, then theirs per 50 services."""
        return await self._below.demands(self._kinds[PsaDemand], project_ids, where, page)

    async def assignments_by_project(
        self, project_ids: Sequence[str], where: AssignmentWhere, page: PageRequest
    ) -> Children[PsaAssignment]:
        """Read each project's bookings, ordered by id."""
        return await self._below.pages(of_projects(self._kinds[PsaAssignment]), project_ids, page, where)

    async def assignments_by_user(
        self, user_ids: Sequence[str], where: AssignmentWhere, page: PageRequest
    ) -> Children[PsaAssignment]:
        """Read each person's bookings on projects, ordered by id."""
        return await self._below.pages(of_people(self._kinds[PsaAssignment]), user_ids, page, where)

    async def time_entries_by_project(
        self, project_ids: Sequence[str], where: TimeWhere, page: PageRequest
    ) -> Children[PsaTimeEntry]:
        """Read each project's time, ordered by day, then id."""
        return await self._below.time(of_projects(self._kinds[PsaTimeEntry], "work_date"), project_ids, where, page)

    async def time_entries_by_user(
        self, user_ids: Sequence[str], where: TimeWhere, page: PageRequest
    ) -> Children[PsaTimeEntry]:
        """Read each person's time on projects, ordered by day, then id."""
        return await self._below.time(of_people(self._kinds[PsaTimeEntry], "work_date"), user_ids, where, page)

    async def expenses_by_project(
        self, project_ids: Sequence[str], where: ExpenseWhere, page: PageRequest
    ) -> Children[PsaExpense]:
        """Read each project's expenses, ordered by day, then id."""
        return await self._below.pages(of_projects(self._kinds[PsaExpense], "incurred_on"), project_ids, page, where)

    async def bookings_by_user(self, user_ids: Sequence[str], within: DateRange) -> Read[tuple[PsaBooking, ...]]:
        """Read each person's bookings on projects that overlap the range."""
        return await self._below.bookings(self._kinds[PsaAssignment], user_ids, within)

    async def changed_since(self, kind: type[RecordT], watermark: str | None) -> AsyncIterator[Changes[RecordT]]:
        """Yield everything of a kind when anything of it changed, and nothing when nothing did; deletions are not told."""
        if kind in self.feeds:
            async for page in self._reads.changed(self._kinds[kind], watermark):
                yield page

    async def find_by_reference(self, kind: type[RecordT], reference: str) -> Sequence[RecordT]:
        """Return the records with the firm's own code: clients by their code, others by the custom field that the mapping file names."""
        sought = self._kinds.get(kind)
        return () if sought is None else await self._reads.by_reference(sought, reference)

    async def check(self) -> Sequence[Finding]:
        """Look at login, rights on every type of resource, and the custom fields of the mapping file."""
        return await findings(self._client, self._kinds, self._mapping)

    async def aclose(self) -> None:
        """Release connections."""
        await self._upstream.aclose()


def connect(connection: Connection) -> PsaPort:
    """Open a connection; raise ConfigurationError for options or a mapping file that cannot work."""
    options, mapping = options_of(connection), mapping_of(connection)
    upstream = connection.open_upstream(auth_of(connection), classify, options.concurrency)
    return ProductiveAdapter(connection, mapping, options, upstream)

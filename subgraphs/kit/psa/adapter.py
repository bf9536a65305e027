"""The PSA port over lists that are filtered by ids and parents and read whole."""

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

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
from gateway.ports.base import Capabilities, Children, PageRequest, Read
from gateway.ports.connection import Upstream
from gateway.ports.where import AssignmentWhere, DemandWhere, ExpenseWhere, TaskWhere, TimeWhere
from subgraphs.kit.conditions import PSA_FILTERS
from subgraphs.kit.psa.bookings import group_bookings
from subgraphs.kit.psa.by_id import PsaReadsById
from subgraphs.kit.psa.kinds import Kind, Parameters
from subgraphs.kit.psa.reads import RecordReader
from subgraphs.kit.psa.relations import PARENT_BATCH, Relations
from subgraphs.kit.psa.timesheets import TimeSheetReader

RecordT = TypeVar("RecordT", bound=Record)
PsaT = TypeVar("PsaT", bound=PsaRecord)


class PsaListAdapter(PsaReadsById):
    """Base class. Reads by id and below parents cost the calls that `RecordReader` and `TimeSheetReader` document."""

    role = SystemRole.PSA
    feeds: Sequence[type[Record]] = (PsaClient, PsaUser, PsaProject)

    def __init__(
        self,
        *,
        kinds: Mapping[type[Any], Kind[Any]],
        relations: Relations,
        reader: RecordReader,
        time: TimeSheetReader,
        upstream: Upstream,
    ) -> None:
        self._kinds = kinds
        self._relations = relations
        self._reader = reader
        self._time = time
        self._upstream = upstream

    async def read_by_ids(self, record: type[PsaT], ids: Sequence[str]) -> Read[PsaT]:
        """Read records of a class by native id."""
        return await self._reader.read_by_ids(self._kinds[record], ids)

    async def list_tasks_by_project(
        self, project_ids: Sequence[str], where: TaskWhere, page: PageRequest
    ) -> Children[PsaTask]:
        """Read each project's tasks, ordered by id."""
        return await self._reader.paginate_children(self._relations.project_tasks, project_ids, page, where)

    async def list_milestones_by_project(self, project_ids: Sequence[str], page: PageRequest) -> Children[PsaMilestone]:
        """Read each project's milestones, ordered by id."""
        return await self._reader.paginate_children(self._relations.project_milestones, project_ids, page)

    async def list_demands_by_project(
        self, project_ids: Sequence[str], where: DemandWhere, page: PageRequest
    ) -> Children[PsaDemand]:
        """Read each project's resource demands, ordered by id."""
        return await self._reader.paginate_children(self._relations.project_demands, project_ids, page, where)

    async def list_assignments_by_project(
        self, project_ids: Sequence[str], where: AssignmentWhere, page: PageRequest
    ) -> Children[PsaAssignment]:
        """Read each project's assignments, ordered by id."""
        return await self._reader.paginate_children(self._relations.project_assignments, project_ids, page, where)

    async def list_assignments_by_user(
        self, user_ids: Sequence[str], where: AssignmentWhere, page: PageRequest
    ) -> Children[PsaAssignment]:
        """Read each user's assignments, ordered by id."""
        return await self._reader.paginate_children(self._relations.user_assignments, user_ids, page, where)

    async def list_time_entries_by_project(
        self, project_ids: Sequence[str], where: TimeWhere, page: PageRequest
    ) -> Children[PsaTimeEntry]:
        """Read each project's time entries, ordered by day, then id."""
        return await self._time.paginate(self._relations.project_time, project_ids, where, page)

    async def list_time_entries_by_user(
        self, user_ids: Sequence[str], where: TimeWhere, page: PageRequest
    ) -> Children[PsaTimeEntry]:
        """Read each user's time entries, ordered by day, then id."""
        return await self._time.paginate(self._relations.user_time, user_ids, where, page)

    async def list_expenses_by_project(
        self, project_ids: Sequence[str], where: ExpenseWhere, page: PageRequest
    ) -> Children[PsaExpense]:
        """Read each project's expenses, ordered by day, then id."""
        return await self._reader.paginate_children(self._relations.project_expenses, project_ids, page, where)

    async def list_bookings_by_user(self, user_ids: Sequence[str], within: DateRange) -> Read[tuple[PsaBooking, ...]]:
        """Read each user's assignments that overlap the range."""
        relation = self._relations.user_assignments
        assignments = await self._reader.read_children(relation, user_ids, self.build_overlap(within))
        return group_bookings(user_ids, assignments, within)

    async def find_by_reference(self, kind: type[RecordT], reference: str) -> Sequence[RecordT]:
        """Return the records with an external reference; none for record classes without references."""
        known = self._kinds.get(kind)
        parameters = None if known is None else await self.build_reference_filter(known, reference)
        if known is None or parameters is None:
            return ()
        return await self._reader.find_by_reference(known, parameters, reference)

    async def aclose(self) -> None:
        """Release connections."""
        await self._upstream.aclose()

    def build_overlap(self, _within: DateRange) -> Parameters:
        """Return the vendor's filter of assignments that overlap a range; none if the vendor has no such filter."""
        return ()

    @abstractmethod
    async def build_reference_filter(self, kind: Any, reference: str) -> Parameters | None:
        """Return the vendor's filter by external reference, None if the kind has no references."""


def build_capabilities(page_cap: int, concurrency: int) -> Capabilities:
    """Return the capabilities of an adapter on this base; `page_cap` is the vendor's page size."""
    return Capabilities(
        read_batch=page_cap,
        parent_batch=PARENT_BATCH,
        page_cap=page_cap,
        concurrency=concurrency,
        search_by_external_id=True,
        count=True,
        filters=PSA_FILTERS,
    )

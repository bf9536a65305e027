"""The PSA port: projects and tasks are works, people are employees, time is the lines of time sheets."""

from collections.abc import Sequence
from typing import Any

from gateway.canonical.page import Page
from gateway.canonical.records.base import Record
from gateway.canonical.records.psa import (
    PsaAssignment,
    PsaBooking,
    PsaClient,
    PsaDemand,
    PsaExpense,
    PsaMilestone,
    PsaProject,
    PsaTask,
    PsaTimeEntry,
    PsaUser,
)
from gateway.canonical.roles import SystemRole
from gateway.canonical.values import DateRange
from gateway.ports.base import Children, PageRequest, Read
from gateway.ports.lineage import Lineage
from gateway.ports.where import AssignmentWhere, DemandWhere, ExpenseWhere, TaskWhere, TimeWhere
from subgraphs.suite.tryton.children import (
    pages,
    task_conditions,
    tasks_of_projects,
    time_conditions,
    time_of_projects,
    time_of_users,
)
from subgraphs.suite.tryton.lineage import psa_lineage
from subgraphs.suite.tryton.system import TrytonSystem

FILTERS = {
    "tasks": frozenset({"status", "billable"}),
    "time_entries": frozenset({"billing", "billable", "work_date_from", "work_date_to"}),
}


class TrytonPsa(TrytonSystem):
    """Reads by id cost one call per 200 ids, time one more for the works it is booked for."""

    role = SystemRole.PSA
    feeds: Sequence[type[Record]] = (PsaClient, PsaUser, PsaProject)
    lineage: Lineage = psa_lineage()

    async def clients(self, ids: Sequence[str]) -> Read[PsaClient]:
        """Read parties of the category of customers."""
        return await self._reads.by_ids(self._kinds[PsaClient], ids)

    async def projects(self, ids: Sequence[str]) -> Read[PsaProject]:
        """Read works at the top."""
        return await self._reads.by_ids(self._kinds[PsaProject], ids)

    async def users(self, ids: Sequence[str]) -> Read[PsaUser]:
        """Read employees, archived ones included."""
        return await self._reads.by_ids(self._kinds[PsaUser], ids)

    async def tasks(self, ids: Sequence[str]) -> Read[PsaTask]:
        """Read works below projects."""
        return await self._reads.by_ids(self._kinds[PsaTask], ids)

    async def time_entries(self, ids: Sequence[str]) -> Read[PsaTimeEntry]:
        """Read lines of time sheets that are booked for works."""
        return await self._reads.by_ids(self._kinds[PsaTimeEntry], ids)

    async def tasks_by_project(
        self, project_ids: Sequence[str], where: TaskWhere, page: PageRequest
    ) -> Children[PsaTask]:
        """Read each project's tasks at every depth, ordered by id."""
        relation = tasks_of_projects(self._kinds[PsaTask])
        return await pages(self._rest, relation, project_ids, page, task_conditions(where))

    async def time_entries_by_project(
        self, project_ids: Sequence[str], where: TimeWhere, page: PageRequest
    ) -> Children[PsaTimeEntry]:
        """Read each project's time, ordered by day, then id."""
        relation = time_of_projects(self._kinds[PsaTimeEntry])
        return await pages(self._rest, relation, project_ids, page, time_conditions(where))

    async def time_entries_by_user(
        self, user_ids: Sequence[str], where: TimeWhere, page: PageRequest
    ) -> Children[PsaTimeEntry]:
        """Read each person's time, ordered by day, then id."""
        relation = time_of_users(self._kinds[PsaTimeEntry])
        return await pages(self._rest, relation, user_ids, page, time_conditions(where))

    async def milestones(self, ids: Sequence[str]) -> Read[PsaMilestone]:  # noqa: ARG002 -- there are none
        """There are none, and no call."""
        return {}

    async def demands(self, ids: Sequence[str]) -> Read[PsaDemand]:  # noqa: ARG002 -- there are none
        """There are none, and no call."""
        return {}

    async def assignments(self, ids: Sequence[str]) -> Read[PsaAssignment]:  # noqa: ARG002 -- there are none
        """There are none, and no call."""
        return {}

    async def expenses(self, ids: Sequence[str]) -> Read[PsaExpense]:  # noqa: ARG002 -- there are none
        """There are none, and no call."""
        return {}

    async def milestones_by_project(self, project_ids: Sequence[str], page: PageRequest) -> Children[PsaMilestone]:
        """There are none, and no call."""
        return _empty(project_ids, page)

    async def demands_by_project(
        self,
        project_ids: Sequence[str],
        where: DemandWhere,  # noqa: ARG002 -- nothing to filter
        page: PageRequest,
    ) -> Children[PsaDemand]:
        """There are none, and no call."""
        return _empty(project_ids, page)

    async def assignments_by_project(
        self,
        project_ids: Sequence[str],
        where: AssignmentWhere,  # noqa: ARG002 -- nothing to filter
        page: PageRequest,
    ) -> Children[PsaAssignment]:
        """There are none, and no call."""
        return _empty(project_ids, page)

    async def assignments_by_user(
        self,
        user_ids: Sequence[str],
        where: AssignmentWhere,  # noqa: ARG002 -- nothing to filter
        page: PageRequest,
    ) -> Children[PsaAssignment]:
        """There are none, and no call."""
        return _empty(user_ids, page)

    async def expenses_by_project(
        self,
        project_ids: Sequence[str],
        where: ExpenseWhere,  # noqa: ARG002 -- nothing to filter
        page: PageRequest,
    ) -> Children[PsaExpense]:
        """There are none, and no call."""
        return _empty(project_ids, page)

    async def bookings_by_user(
        self,
        user_ids: Sequence[str],  # noqa: ARG002 -- there are none
        within: DateRange,  # noqa: ARG002 -- there are none
    ) -> Read[tuple[PsaBooking, ...]]:
        """There are none, and no call."""
        return {}


def _empty(parents: Sequence[str], page: PageRequest) -> dict[str, Page[Any]]:
    nothing: Page[Any] = Page(rows=(), cursors=(), has_previous=page.after is not None)
    return dict.fromkeys(parents, nothing)

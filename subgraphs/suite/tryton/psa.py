"""The PSA port: projects and tasks are works, users are employees, time entries are timesheet lines."""

from collections.abc import Sequence

from gateway.canonical.records.base import Record
from gateway.canonical.records.psa import (
    PsaClient,
    PsaProject,
    PsaTask,
    PsaTimeEntry,
    PsaUser,
)
from gateway.ports.base import Children, PageRequest, Read
from gateway.ports.lineage import Lineage
from gateway.ports.where import TaskWhere, TimeWhere
from subgraphs.kit.unsupported.psa import UnsupportedPsa
from subgraphs.suite.tryton.children import (
    build_task_conditions,
    build_time_conditions,
    read_pages,
    relate_tasks_to_projects,
    relate_time_to_projects,
    relate_time_to_users,
)
from subgraphs.suite.tryton.lineage import build_psa_lineage
from subgraphs.suite.tryton.system import TrytonSystem

FILTERS = {
    "tasks": frozenset({"status", "billable"}),
    "time_entries": frozenset({"billing", "billable", "work_date_from", "work_date_to"}),
}


class TrytonPsa(TrytonSystem, UnsupportedPsa):
    """Reads by id cost one call per 200 ids, time one more for its works.

    Milestones, demands, assignments, expenses and bookings are unsupported.
    """

    feeds: Sequence[type[Record]] = (PsaClient, PsaUser, PsaProject)
    lineage: Lineage = build_psa_lineage()

    async def get_clients(self, ids: Sequence[str]) -> Read[PsaClient]:
        """Read parties of the customer category."""
        return await self._reads.read_by_ids(self._kinds[PsaClient], ids)

    async def get_projects(self, ids: Sequence[str]) -> Read[PsaProject]:
        """Read works without a parent."""
        return await self._reads.read_by_ids(self._kinds[PsaProject], ids)

    async def get_users(self, ids: Sequence[str]) -> Read[PsaUser]:
        """Read employees, archived ones included."""
        return await self._reads.read_by_ids(self._kinds[PsaUser], ids)

    async def get_tasks(self, ids: Sequence[str]) -> Read[PsaTask]:
        """Read works below projects."""
        return await self._reads.read_by_ids(self._kinds[PsaTask], ids)

    async def get_time_entries(self, ids: Sequence[str]) -> Read[PsaTimeEntry]:
        """Read timesheet lines that are booked for works."""
        return await self._reads.read_by_ids(self._kinds[PsaTimeEntry], ids)

    async def list_tasks_by_project(
        self, project_ids: Sequence[str], where: TaskWhere, page: PageRequest
    ) -> Children[PsaTask]:
        """Read each project's tasks at every level, ordered by id."""
        relation = relate_tasks_to_projects(self._kinds[PsaTask])
        return await read_pages(self._rest, relation, project_ids, page, build_task_conditions(where))

    async def list_time_entries_by_project(
        self, project_ids: Sequence[str], where: TimeWhere, page: PageRequest
    ) -> Children[PsaTimeEntry]:
        """Read each project's time, ordered by day, then id."""
        relation = relate_time_to_projects(self._kinds[PsaTimeEntry])
        return await read_pages(self._rest, relation, project_ids, page, build_time_conditions(where))

    async def list_time_entries_by_user(
        self, user_ids: Sequence[str], where: TimeWhere, page: PageRequest
    ) -> Children[PsaTimeEntry]:
        """Read each user's time, ordered by day, then id."""
        relation = relate_time_to_users(self._kinds[PsaTimeEntry])
        return await read_pages(self._rest, relation, user_ids, page, build_time_conditions(where))

"""The PSA port: projects and tasks are works, people are employees, time is the lines of time sheets."""

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


class TrytonPsa(TrytonSystem, UnsupportedPsa):
    """Reads by id cost one call per 200 ids, time one more for the works it is booked for."""

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

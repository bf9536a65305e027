"""The port of a PSA: projects, plans, assignments, time and expenses."""

from collections.abc import Sequence
from typing import Protocol

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
from gateway.canonical.values import DateRange
from gateway.ports.base import Children, PageRequest, Read, SystemPort
from gateway.ports.where import AssignmentWhere, DemandWhere, ExpenseWhere, TaskWhere, TimeWhere


class PsaPort(SystemPort, Protocol):
    """Projects and their children.

    A relation that the vendor does not support returns an empty page for every parent without a call; the lineage of
    its record class says why. Not guaranteed: that hours equal the task's own counter; that a user is still active;
    that the ERP has received an approval of the PSA.
    """

    async def get_clients(self, ids: Sequence[str]) -> Read[PsaClient]:
        """Read clients by native id."""

    async def get_projects(self, ids: Sequence[str]) -> Read[PsaProject]:
        """Read projects by native id."""

    async def get_users(self, ids: Sequence[str]) -> Read[PsaUser]:
        """Read users by native id, inactive ones included."""

    async def get_tasks(self, ids: Sequence[str]) -> Read[PsaTask]:
        """Read tasks by native id."""

    async def get_milestones(self, ids: Sequence[str]) -> Read[PsaMilestone]:
        """Read milestones by native id."""

    async def get_demands(self, ids: Sequence[str]) -> Read[PsaDemand]:
        """Read resource demands by native id."""

    async def get_assignments(self, ids: Sequence[str]) -> Read[PsaAssignment]:
        """Read assignments by native id."""

    async def get_time_entries(self, ids: Sequence[str]) -> Read[PsaTimeEntry]:
        """Read time entries by native id."""

    async def get_expenses(self, ids: Sequence[str]) -> Read[PsaExpense]:
        """Read expenses by native id."""

    async def list_tasks_by_project(
        self, project_ids: Sequence[str], where: TaskWhere, page: PageRequest
    ) -> Children[PsaTask]:
        """Read each project's tasks, ordered by native id."""

    async def list_milestones_by_project(self, project_ids: Sequence[str], page: PageRequest) -> Children[PsaMilestone]:
        """Read each project's milestones, ordered by native id."""

    async def list_demands_by_project(
        self, project_ids: Sequence[str], where: DemandWhere, page: PageRequest
    ) -> Children[PsaDemand]:
        """Read each project's resource demands, ordered by native id."""

    async def list_assignments_by_project(
        self, project_ids: Sequence[str], where: AssignmentWhere, page: PageRequest
    ) -> Children[PsaAssignment]:
        """Read each project's assignments, ordered by native id."""

    async def list_assignments_by_user(
        self, user_ids: Sequence[str], where: AssignmentWhere, page: PageRequest
    ) -> Children[PsaAssignment]:
        """Read each user's assignments, ordered by native id."""

    async def list_time_entries_by_project(
        self, project_ids: Sequence[str], where: TimeWhere, page: PageRequest
    ) -> Children[PsaTimeEntry]:
        """Read each project's time entries, ordered by work date, then native id, both ascending."""

    async def list_time_entries_by_user(
        self, user_ids: Sequence[str], where: TimeWhere, page: PageRequest
    ) -> Children[PsaTimeEntry]:
        """Read each user's time entries, ordered by work date, then native id, both ascending."""

    async def list_expenses_by_project(
        self, project_ids: Sequence[str], where: ExpenseWhere, page: PageRequest
    ) -> Children[PsaExpense]:
        """Read each project's expenses, ordered by the day they were incurred, then native id, both ascending."""

    async def list_bookings_by_user(self, user_ids: Sequence[str], within: DateRange) -> Read[tuple[PsaBooking, ...]]:
        """Read every booking of each user that overlaps the range; a user without any may be missing."""

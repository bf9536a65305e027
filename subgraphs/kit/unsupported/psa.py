"""The PSA port of a system without PSA records."""

from collections.abc import Sequence
from typing import Final

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
from subgraphs.kit.lineage import complete_lineage
from subgraphs.kit.unsupported.pages import build_empty_pages

PSA_RECORDS: Final[Sequence[type[Record]]] = (
    PsaClient,
    PsaProject,
    PsaUser,
    PsaTask,
    PsaMilestone,
    PsaDemand,
    PsaAssignment,
    PsaTimeEntry,
    PsaExpense,
    PsaBooking,
)


class UnsupportedPsa:
    """Answers every read of the PSA port empty, without a call. Subclasses override what the system supports."""

    role = SystemRole.PSA
    lineage: Lineage = complete_lineage({}, PSA_RECORDS, "The system does not support this kind of record.")

    async def get_clients(self, ids: Sequence[str]) -> Read[PsaClient]:  # noqa: ARG002 -- nothing to read
        """Return no clients."""
        return {}

    async def get_projects(self, ids: Sequence[str]) -> Read[PsaProject]:  # noqa: ARG002 -- nothing to read
        """Return no projects."""
        return {}

    async def get_users(self, ids: Sequence[str]) -> Read[PsaUser]:  # noqa: ARG002 -- nothing to read
        """Return no users."""
        return {}

    async def get_tasks(self, ids: Sequence[str]) -> Read[PsaTask]:  # noqa: ARG002 -- nothing to read
        """Return no tasks."""
        return {}

    async def get_milestones(self, ids: Sequence[str]) -> Read[PsaMilestone]:  # noqa: ARG002 -- nothing to read
        """Return no milestones."""
        return {}

    async def get_demands(self, ids: Sequence[str]) -> Read[PsaDemand]:  # noqa: ARG002 -- nothing to read
        """Return no resource demands."""
        return {}

    async def get_assignments(self, ids: Sequence[str]) -> Read[PsaAssignment]:  # noqa: ARG002 -- nothing to read
        """Return no assignments."""
        return {}

    async def get_time_entries(self, ids: Sequence[str]) -> Read[PsaTimeEntry]:  # noqa: ARG002 -- nothing to read
        """Return no time entries."""
        return {}

    async def get_expenses(self, ids: Sequence[str]) -> Read[PsaExpense]:  # noqa: ARG002 -- nothing to read
        """Return no expenses."""
        return {}

    async def list_tasks_by_project(
        self,
        project_ids: Sequence[str],
        where: TaskWhere,  # noqa: ARG002 -- nothing to read
        page: PageRequest,
    ) -> Children[PsaTask]:
        """Return an empty page for every project."""
        return build_empty_pages(project_ids, page)

    async def list_milestones_by_project(self, project_ids: Sequence[str], page: PageRequest) -> Children[PsaMilestone]:
        """Return an empty page for every project."""
        return build_empty_pages(project_ids, page)

    async def list_demands_by_project(
        self,
        project_ids: Sequence[str],
        where: DemandWhere,  # noqa: ARG002 -- nothing to read
        page: PageRequest,
    ) -> Children[PsaDemand]:
        """Return an empty page for every project."""
        return build_empty_pages(project_ids, page)

    async def list_assignments_by_project(
        self,
        project_ids: Sequence[str],
        where: AssignmentWhere,  # noqa: ARG002 -- nothing to read
        page: PageRequest,
    ) -> Children[PsaAssignment]:
        """Return an empty page for every project."""
        return build_empty_pages(project_ids, page)

    async def list_assignments_by_user(
        self,
        user_ids: Sequence[str],
        where: AssignmentWhere,  # noqa: ARG002 -- nothing to read
        page: PageRequest,
    ) -> Children[PsaAssignment]:
        """Return an empty page for every user."""
        return build_empty_pages(user_ids, page)

    async def list_time_entries_by_project(
        self,
        project_ids: Sequence[str],
        where: TimeWhere,  # noqa: ARG002 -- nothing to read
        page: PageRequest,
    ) -> Children[PsaTimeEntry]:
        """Return an empty page for every project."""
        return build_empty_pages(project_ids, page)

    async def list_time_entries_by_user(
        self,
        user_ids: Sequence[str],
        where: TimeWhere,  # noqa: ARG002 -- nothing to read
        page: PageRequest,
    ) -> Children[PsaTimeEntry]:
        """Return an empty page for every user."""
        return build_empty_pages(user_ids, page)

    async def list_expenses_by_project(
        self,
        project_ids: Sequence[str],
        where: ExpenseWhere,  # noqa: ARG002 -- nothing to read
        page: PageRequest,
    ) -> Children[PsaExpense]:
        """Return an empty page for every project."""
        return build_empty_pages(project_ids, page)

    async def list_bookings_by_user(
        self,
        user_ids: Sequence[str],  # noqa: ARG002 -- nothing to read
        within: DateRange,  # noqa: ARG002 -- nothing to read
    ) -> Read[tuple[PsaBooking, ...]]:
        """Return no bookings."""
        return {}

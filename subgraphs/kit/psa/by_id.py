"""Reads by id of the PSA port, for adapters that read every record class in the same way."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import TypeVar

from gateway.canonical.records.psa import (
    PsaAssignment,
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
from gateway.ports.base import Read

RecordT = TypeVar("RecordT", bound=PsaRecord)


class PsaReadsById(ABC):
    """The port's methods for reads by id, implemented by one method of the adapter."""

    @abstractmethod
    async def read_by_ids(self, record: type[RecordT], ids: Sequence[str]) -> Read[RecordT]:
        """Read records of a class by native id."""

    async def get_clients(self, ids: Sequence[str]) -> Read[PsaClient]:
        """Read clients by native id."""
        return await self.read_by_ids(PsaClient, ids)

    async def get_projects(self, ids: Sequence[str]) -> Read[PsaProject]:
        """Read projects by native id, archived ones included."""
        return await self.read_by_ids(PsaProject, ids)

    async def get_users(self, ids: Sequence[str]) -> Read[PsaUser]:
        """Read users by native id, inactive ones included."""
        return await self.read_by_ids(PsaUser, ids)

    async def get_tasks(self, ids: Sequence[str]) -> Read[PsaTask]:
        """Read tasks by native id."""
        return await self.read_by_ids(PsaTask, ids)

    async def get_milestones(self, ids: Sequence[str]) -> Read[PsaMilestone]:
        """Read milestones by native id."""
        return await self.read_by_ids(PsaMilestone, ids)

    async def get_demands(self, ids: Sequence[str]) -> Read[PsaDemand]:
        """Read resource demands by native id."""
        return await self.read_by_ids(PsaDemand, ids)

    async def get_assignments(self, ids: Sequence[str]) -> Read[PsaAssignment]:
        """Read assignments by native id."""
        return await self.read_by_ids(PsaAssignment, ids)

    async def get_time_entries(self, ids: Sequence[str]) -> Read[PsaTimeEntry]:
        """Read time entries by native id, those of archived projects included."""
        return await self.read_by_ids(PsaTimeEntry, ids)

    async def get_expenses(self, ids: Sequence[str]) -> Read[PsaExpense]:
        """Read expenses by native id."""
        return await self.read_by_ids(PsaExpense, ids)

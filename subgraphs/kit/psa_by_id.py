"""The reads by id of the PSA port, for adapters that read every kind of record in one way."""

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


class PsaById(ABC):
    """Half of an adapter: what `by_id` reads, under the names that the port has for it."""

    @abstractmethod
    async def by_id(self, kind: type[RecordT], ids: Sequence[str]) -> Read[RecordT]:
        """Read records of a kind by native id."""

    async def clients(self, ids: Sequence[str]) -> Read[PsaClient]:
        """Read clients by native id."""
        return await self.by_id(PsaClient, ids)

    async def projects(self, ids: Sequence[str]) -> Read[PsaProject]:
        """Read projects by native id, archived ones included."""
        return await self.by_id(PsaProject, ids)

    async def users(self, ids: Sequence[str]) -> Read[PsaUser]:
        """Read users by native id, inactive ones included."""
        return await self.by_id(PsaUser, ids)

    async def tasks(self, ids: Sequence[str]) -> Read[PsaTask]:
        """Read tasks by native id."""
        return await self.by_id(PsaTask, ids)

    async def milestones(self, ids: Sequence[str]) -> Read[PsaMilestone]:
        """Read milestones by native id."""
        return await self.by_id(PsaMilestone, ids)

    async def demands(self, ids: Sequence[str]) -> Read[PsaDemand]:
        """Read resource demands by native id."""
        return await self.by_id(PsaDemand, ids)

    async def assignments(self, ids: Sequence[str]) -> Read[PsaAssignment]:
        """Read assignments by native id."""
        return await self.by_id(PsaAssignment, ids)

    async def time_entries(self, ids: Sequence[str]) -> Read[PsaTimeEntry]:
        """Read time entries by native id, those of archived projects included."""
        return await self.by_id(PsaTimeEntry, ids)

    async def expenses(self, ids: Sequence[str]) -> Read[PsaExpense]:
        """Read expenses by native id."""
        return await self.by_id(PsaExpense, ids)

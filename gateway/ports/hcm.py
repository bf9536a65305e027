"""The port of an HCM: workers, their employment and absences."""

from collections.abc import Sequence
from typing import Protocol

from gateway.canonical.records.hcm import HcmAbsence, HcmWorker
from gateway.canonical.values import DateRange
from gateway.ports.base import Read, SystemPort


class HcmPort(SystemPort, Protocol):
    """Workers as of today, and their absences.

    Not guaranteed: future-dated changes; that a manager is a worker the caller may see; that terminated workers stay
    readable.
    """

    async def get_workers(self, ids: Sequence[str]) -> Read[HcmWorker]:
        """Read workers by native id, terminated ones included, in batches: never one call per worker."""

    async def list_absences_by_worker(
        self, worker_ids: Sequence[str], within: DateRange
    ) -> Read[tuple[HcmAbsence, ...]]:
        """Read every day of absence of each worker in the range, one row a day; a worker without any may be missing."""

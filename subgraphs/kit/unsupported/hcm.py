"""The HCM port of a system without HCM records."""

from collections.abc import Sequence
from typing import Final

from gateway.canonical.records.base import Record
from gateway.canonical.records.hcm import HcmAbsence, HcmWorker
from gateway.canonical.roles import SystemRole
from gateway.canonical.values import DateRange
from gateway.ports.base import Read
from gateway.ports.lineage import Lineage
from subgraphs.kit.lineage import complete_lineage

HCM_RECORDS: Final[Sequence[type[Record]]] = (HcmWorker, HcmAbsence)


class UnsupportedHcm:
    """Answers every read of the HCM port empty, without a call. Subclasses override what the system supports."""

    role = SystemRole.HCM
    lineage: Lineage = complete_lineage({}, HCM_RECORDS, "The system does not support this kind of record.")

    async def get_workers(self, ids: Sequence[str]) -> Read[HcmWorker]:  # noqa: ARG002 -- nothing to read
        """Return no workers."""
        return {}

    async def list_absences_by_worker(
        self,
        worker_ids: Sequence[str],  # noqa: ARG002 -- nothing to read
        within: DateRange,  # noqa: ARG002 -- nothing to read
    ) -> Read[tuple[HcmAbsence, ...]]:
        """Return no absences."""
        return {}

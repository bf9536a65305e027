"""The HCM port: workers are employees. Tryton keeps no absences."""

from collections.abc import Sequence

from gateway.canonical.records.base import Record
from gateway.canonical.records.hcm import HcmAbsence, HcmWorker
from gateway.canonical.roles import SystemRole
from gateway.canonical.values import DateRange
from gateway.ports.base import Read
from gateway.ports.lineage import Lineage
from subgraphs.suite.tryton.lineage import hcm_lineage
from subgraphs.suite.tryton.system import TrytonSystem


class TrytonHcm(TrytonSystem):
    """Reads by id cost one call per 200 ids."""

    role = SystemRole.HCM
    feeds: Sequence[type[Record]] = (HcmWorker,)
    lineage: Lineage = hcm_lineage()

    async def workers(self, ids: Sequence[str]) -> Read[HcmWorker]:
        """Read employees, archived ones included."""
        return await self._reads.by_ids(self._kinds[HcmWorker], ids)

    async def absences_by_worker(
        self,
        worker_ids: Sequence[str],  # noqa: ARG002 -- there are none
        within: DateRange,  # noqa: ARG002 -- there are none
    ) -> Read[tuple[HcmAbsence, ...]]:
        """There are none, and no call."""
        return {}

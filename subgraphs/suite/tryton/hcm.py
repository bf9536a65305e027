"""The HCM port: workers are employees. Tryton keeps no absences."""

from collections.abc import Sequence

from gateway.canonical.records.base import Record
from gateway.canonical.records.hcm import HcmWorker
from gateway.ports.base import Read
from gateway.ports.lineage import Lineage
from subgraphs.kit.unsupported.hcm import UnsupportedHcm
from subgraphs.suite.tryton.lineage import hcm_lineage
from subgraphs.suite.tryton.system import TrytonSystem


class TrytonHcm(TrytonSystem, UnsupportedHcm):
    """Reads by id cost one call per 200 ids."""

    feeds: Sequence[type[Record]] = (HcmWorker,)
    lineage: Lineage = hcm_lineage()

    async def workers(self, ids: Sequence[str]) -> Read[HcmWorker]:
        """Read employees, archived ones included."""
        return await self._reads.by_ids(self._kinds[HcmWorker], ids)

"""The HCM port: workers are employees."""

from collections.abc import Sequence

from gateway.canonical.records.base import Record
from gateway.canonical.records.hcm import HcmWorker
from gateway.ports.base import Read
from gateway.ports.lineage import Lineage
from subgraphs.kit.unsupported.hcm import UnsupportedHcm
from subgraphs.suite.tryton.lineage import build_hcm_lineage
from subgraphs.suite.tryton.system import TrytonSystem


class TrytonHcm(TrytonSystem, UnsupportedHcm):
    """Reads by id cost one call per 200 ids. Absences are unsupported."""

    feeds: Sequence[type[Record]] = (HcmWorker,)
    lineage: Lineage = build_hcm_lineage()

    async def get_workers(self, ids: Sequence[str]) -> Read[HcmWorker]:
        """Read employees, archived ones included."""
        return await self._reads.read_by_ids(self._kinds[HcmWorker], ids)

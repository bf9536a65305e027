"""The CRM port: customers are parties of one category; deals are opportunities with the sales converted from them."""

from collections.abc import Sequence

from gateway.canonical.records.base import Record
from gateway.canonical.records.crm import CrmAccount, CrmOpportunity
from gateway.ports.base import Read
from gateway.ports.lineage import Lineage
from subgraphs.kit.unsupported.crm import UnsupportedCrm
from subgraphs.suite.tryton.lineage import build_crm_lineage
from subgraphs.suite.tryton.system import TrytonSystem


class TrytonCrm(TrytonSystem, UnsupportedCrm):
    """Reads by id cost one call per 200 ids. Contracts and contacts are unsupported."""

    feeds: Sequence[type[Record]] = (CrmAccount, CrmOpportunity)
    lineage: Lineage = build_crm_lineage()

    async def get_accounts(self, ids: Sequence[str]) -> Read[CrmAccount]:
        """Read parties of the customer category."""
        return await self._reads.read_by_ids(self._kinds[CrmAccount], ids)

    async def get_opportunities(self, ids: Sequence[str]) -> Read[CrmOpportunity]:
        """Read opportunities with their lines."""
        return await self._reads.read_by_ids(self._kinds[CrmOpportunity], ids)

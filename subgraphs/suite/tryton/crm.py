"""The CRM port: customers are parties of one category, deals are opportunities with the sales that they were converted to."""

from collections.abc import Sequence
from typing import Any

from gateway.canonical.page import Page
from gateway.canonical.records.base import Record
from gateway.canonical.records.crm import CrmAccount, CrmContact, CrmContract, CrmOpportunity
from gateway.canonical.roles import SystemRole
from gateway.ports.base import Children, PageRequest, Read
from gateway.ports.lineage import Lineage
from subgraphs.suite.tryton.lineage import crm_lineage
from subgraphs.suite.tryton.system import TrytonSystem


class TrytonCrm(TrytonSystem):
    """Reads by id cost one call per 200 ids."""

    role = SystemRole.CRM
    feeds: Sequence[type[Record]] = (CrmAccount, CrmOpportunity)
    lineage: Lineage = crm_lineage()

    async def accounts(self, ids: Sequence[str]) -> Read[CrmAccount]:
        """Read parties of the category of customers."""
        return await self._reads.by_ids(self._kinds[CrmAccount], ids)

    async def opportunities(self, ids: Sequence[str]) -> Read[CrmOpportunity]:
        """Read opportunities with their lines."""
        return await self._reads.by_ids(self._kinds[CrmOpportunity], ids)

    async def contracts(self, ids: Sequence[str]) -> Read[CrmContract]:  # noqa: ARG002 -- there are none
        """There are none, and no call."""
        return {}

    async def contacts(self, ids: Sequence[str]) -> Read[CrmContact]:  # noqa: ARG002 -- there are none
        """There are none, and no call."""
        return {}

    async def contacts_by_account(self, account_ids: Sequence[str], page: PageRequest) -> Children[CrmContact]:
        """There are none, and no call."""
        nothing: Page[Any] = Page(rows=(), cursors=(), has_previous=page.after is not None)
        return dict.fromkeys(account_ids, nothing)

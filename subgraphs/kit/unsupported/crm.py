"""The CRM port of a system without CRM records."""

from collections.abc import Sequence
from typing import Final

from gateway.canonical.records.base import Record
from gateway.canonical.records.crm import CrmAccount, CrmContact, CrmContract, CrmOpportunity
from gateway.canonical.roles import SystemRole
from gateway.ports.base import Children, PageRequest, Read
from gateway.ports.lineage import Lineage
from subgraphs.kit.lineage import complete_lineage
from subgraphs.kit.unsupported.pages import build_empty_pages

CRM_RECORDS: Final[Sequence[type[Record]]] = (CrmAccount, CrmOpportunity, CrmContract, CrmContact)


class UnsupportedCrm:
    """Answers every read of the CRM port empty, without a call. Subclasses override what the system supports."""

    role = SystemRole.CRM
    lineage: Lineage = complete_lineage({}, CRM_RECORDS, "The system does not support this kind of record.")

    async def get_accounts(self, ids: Sequence[str]) -> Read[CrmAccount]:  # noqa: ARG002 -- nothing to read
        """Return no accounts."""
        return {}

    async def get_opportunities(self, ids: Sequence[str]) -> Read[CrmOpportunity]:  # noqa: ARG002 -- nothing to read
        """Return no opportunities."""
        return {}

    async def get_contracts(self, ids: Sequence[str]) -> Read[CrmContract]:  # noqa: ARG002 -- nothing to read
        """Return no contracts."""
        return {}

    async def get_contacts(self, ids: Sequence[str]) -> Read[CrmContact]:  # noqa: ARG002 -- nothing to read
        """Return no contacts."""
        return {}

    async def list_contacts_by_account(self, account_ids: Sequence[str], page: PageRequest) -> Children[CrmContact]:
        """Return an empty page for every account."""
        return build_empty_pages(account_ids, page)

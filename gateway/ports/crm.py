"""The port of a CRM: customers, opportunities and contracts."""

from collections.abc import Sequence
from typing import Protocol

from gateway.canonical.records.crm import CrmAccount, CrmContact, CrmContract, CrmOpportunity
from gateway.ports.base import Children, PageRequest, Read, SystemPort


class CrmPort(SystemPort, Protocol):
    """Accounts, opportunities with their lines, contracts with theirs, contacts.

    Not guaranteed: that parents of an account exist or form a tree; that an opportunity's stage follows rules; that
    amounts equal the sum of the lines.
    """

    async def get_accounts(self, ids: Sequence[str]) -> Read[CrmAccount]:
        """Read accounts by native id."""

    async def get_opportunities(self, ids: Sequence[str]) -> Read[CrmOpportunity]:
        """Read opportunities by native id, each with all of its lines."""

    async def get_contracts(self, ids: Sequence[str]) -> Read[CrmContract]:
        """Read contracts by native id, each with all of its lines."""

    async def get_contacts(self, ids: Sequence[str]) -> Read[CrmContact]:
        """Read contacts by native id."""

    async def list_contacts_by_account(self, account_ids: Sequence[str], page: PageRequest) -> Children[CrmContact]:
        """Read each account's contacts, ordered by native id."""

"""Starts the twin with the small firm behind it, for the tests that run over every adapter."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

from gateway.canonical.records.base import Record
from gateway.canonical.records.crm import CrmAccount, CrmContact, CrmContract, CrmOpportunity
from gateway.canonical.roles import DataRegion, SystemRole
from gateway.errors import ConfigurationError
from gateway.net.upstream import opener
from gateway.ports.connection import Connection
from subgraphs.crm.salesforce.options import TOKEN_PATH
from subgraphs.crm.salesforce.twin import Client, TwinSettings, build_twin
from subgraphs.crm.salesforce.twin.org import record_id
from subgraphs.crm.salesforce.twin.seed import account_id, contact_id, contract_id, opportunity_id
from subgraphs.kit.conformance import NOWHERE, Misnamed, Refusal, Running, mapping_of
from subgraphs.kit.serving import serving
from subgraphs.sandbox.firm.small import FIRM

__all__ = ["serving", "system"]

_NAME = "salesforce-main"
_CLIENT = Client(id="consumer-key", secret="consumer-secret")  # noqa: S106 -- of a twin on loopback
_NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
_LIMITED = Refusal(
    status=403, body=b'[{"errorCode":"REQUEST_LIMIT_EXCEEDED","message":"TotalRequests Limit exceeded."}]'
)
_IDS: Mapping[type[Record], tuple[str, ...]] = {
    CrmAccount: tuple(account_id(customer.number) for customer in FIRM.customers),
    CrmContact: tuple(
        contact_id(customer.number, place)
        for customer in FIRM.customers
        for place in range(1, len(customer.contacts) + 1)
    ),
    CrmContract: tuple(contract_id(contract.number) for contract in FIRM.contracts),
    CrmOpportunity: tuple(opportunity_id(opportunity.number) for opportunity in FIRM.opportunities),
}
_REFERENCES: Mapping[type[Record], tuple[str, str]] = {
    CrmAccount: ("C-2005", account_id("C-2005")),
    CrmContract: ("CT-4007", contract_id("CT-4007")),
    CrmOpportunity: ("O-3001", opportunity_id("O-3001")),
}


def unreached(_role: SystemRole) -> Connection:
    """Return a connection to no org."""
    return _connection_to(NOWHERE, mapping_of("salesforce"))


@asynccontextmanager
async def system(role: SystemRole) -> AsyncIterator[Running]:
    """Serve an org with the small firm; Salesforce plays no other role than CRM."""
    if role is not SystemRole.CRM:
        raise ConfigurationError([f"Salesforce does not play {role}"])
    mapping = mapping_of("salesforce")
    wrong = {**mapping, "account": {**mapping["account"], "segment": "Segmnt__c"}}
    async with serving(build_twin(FIRM, TwinSettings(client=_CLIENT, clock=lambda: _NOON))) as base_url:
        yield Running(
            connection=_connection_to(base_url, mapping),
            ids=_IDS,
            references=_REFERENCES,
            misnamed=Misnamed(mapping=wrong, name="Segmnt__c"),
            limited=_LIMITED,
            unknown_id=lambda number: record_id("001", f"unknown {number}"),
            token_path=TOKEN_PATH,
            control=f"{base_url}/__control",
        )


def _connection_to(base_url: str, mapping: Mapping[str, Any]) -> Connection:
    return Connection(
        name=_NAME,
        role=SystemRole.CRM,
        vendor="salesforce",
        base_url=base_url,
        region=DataRegion.US,
        mapping=mapping,
        secrets={"client_id": lambda: _CLIENT.id, "client_secret": lambda: _CLIENT.secret},
        open_upstream=opener(_NAME, base_url, ()),
    )

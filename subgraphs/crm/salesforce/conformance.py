"""Starts the twin with the small firm, for the contract tests of all adapters."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from gateway.canonical.records.base import Record
from gateway.canonical.records.crm import CrmAccount, CrmContact, CrmContract, CrmOpportunity
from gateway.canonical.roles import SystemRole
from gateway.errors import ConfigurationError
from gateway.ports.connection import Connection
from subgraphs.crm.salesforce.options import TOKEN_PATH
from subgraphs.crm.salesforce.twin import ConnectedApp, TwinSettings, build_twin
from subgraphs.crm.salesforce.twin.org import build_record_id
from subgraphs.crm.salesforce.twin.seed import (
    build_account_id,
    build_contact_id,
    build_contract_id,
    build_opportunity_id,
)
from subgraphs.kit.conformance import (
    UNREACHABLE_URL,
    ErrorAnswer,
    InvalidMapping,
    RunningSystem,
    build_twin_connection,
    read_sandbox_mapping,
)
from subgraphs.kit.twin.server import serve
from subgraphs.sandbox.firm.small import FIRM

_CLIENT = ConnectedApp(id="consumer-key", secret="consumer-secret")  # noqa: S106 -- of a twin on loopback
_NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
_LIMITED = ErrorAnswer(
    status=403, body=b'[{"errorCode":"REQUEST_LIMIT_EXCEEDED","message":"TotalRequests Limit exceeded."}]'
)
_IDS: Mapping[type[Record], tuple[str, ...]] = {
    CrmAccount: tuple(build_account_id(customer.number) for customer in FIRM.customers),
    CrmContact: tuple(
        build_contact_id(customer.number, place)
        for customer in FIRM.customers
        for place in range(1, len(customer.contacts) + 1)
    ),
    CrmContract: tuple(build_contract_id(contract.number) for contract in FIRM.contracts),
    CrmOpportunity: tuple(build_opportunity_id(opportunity.number) for opportunity in FIRM.opportunities),
}
_REFERENCES: Mapping[type[Record], tuple[str, str]] = {
    CrmAccount: ("C-2005", build_account_id("C-2005")),
    CrmContract: ("CT-4007", build_contract_id("CT-4007")),
    CrmOpportunity: ("O-3001", build_opportunity_id("O-3001")),
}


def build_unreachable(_role: SystemRole) -> Connection:
    """Return a connection to an address where no org answers."""
    return _build_connection(UNREACHABLE_URL, read_sandbox_mapping("salesforce"))


@asynccontextmanager
async def run_system(role: SystemRole) -> AsyncIterator[RunningSystem]:
    """Serve an org with the small firm; raise ConfigurationError for a role other than CRM."""
    if role is not SystemRole.CRM:
        raise ConfigurationError([f"Salesforce does not support the role {role}"])
    mapping = read_sandbox_mapping("salesforce")
    wrong = {**mapping, "account": {**mapping["account"], "segment": "Segmnt__c"}}
    async with serve(build_twin(FIRM, TwinSettings(client=_CLIENT, clock=lambda: _NOON))) as base_url:
        yield RunningSystem(
            connection=_build_connection(base_url, mapping),
            ids=_IDS,
            references=_REFERENCES,
            invalid_mapping=InvalidMapping(mapping=wrong, name="Segmnt__c"),
            rate_limit=_LIMITED,
            build_unknown_id=lambda number: build_record_id("001", f"unknown {number}"),
            token_path=TOKEN_PATH,
            control=f"{base_url}/__control",
        )


def _build_connection(base_url: str, mapping: Mapping[str, object]) -> Connection:
    secrets = {"client_id": _CLIENT.id, "client_secret": _CLIENT.secret}
    return build_twin_connection(base_url, SystemRole.CRM, "salesforce", mapping, secrets)

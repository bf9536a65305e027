"""Starts the twin with the small firm, for the contract tests that run against every adapter."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

from gateway.canonical.records.base import Record
from gateway.canonical.records.erp import (
    ErpContract,
    ErpCustomer,
    ErpEmployee,
    ErpExpense,
    ErpInvoice,
    ErpJob,
    ErpLegalEntity,
    ErpPayment,
    ErpTimePosting,
)
from gateway.canonical.roles import SystemRole
from gateway.errors import ConfigurationError
from gateway.ports.connection import Connection
from subgraphs.erp.netsuite.options import TOKEN_PATH
from subgraphs.erp.netsuite.twin.app import build_twin
from subgraphs.erp.netsuite.twin.settings import TwinSettings, generate_key_pair
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

__all__ = ["build_account_connection", "load_sandbox_mapping", "run_system", "serve"]

_RATE_LIMITED = ErrorAnswer(
    status=429,
    body=b'{"title":"Too Many Requests","status":429,"o:errorDetails":[{"detail":"Concurrent request limit exceeded. '
    b'Request blocked.","o:errorCode":"CONCURRENCY_LIMIT_EXCEEDED"}]}',
    media_type="application/vnd.oracle.resource+json; type=error",
)


def load_sandbox_mapping() -> Mapping[str, Any]:
    """Load the mapping file of the sandbox's account."""
    return read_sandbox_mapping("netsuite")


def build_account_connection(
    base_url: str,
    *,
    client_id: str,
    certificate_id: str,
    private_key: str,
    mapping: Mapping[str, Any],
    time_zone: str,
    **options: Any,
) -> Connection:
    """Build a connection to an account on loopback."""
    connection = build_twin_connection(
        base_url,
        SystemRole.ERP,
        "netsuite",
        mapping,
        {"client_id": client_id, "private_key": private_key},
        {"certificate_id": certificate_id, "algorithm": "ES256", **options},
    )
    return replace(connection, time_zone=time_zone)


def build_unreachable(_role: SystemRole) -> Connection:
    """Build a connection to an account that does not exist."""
    private, _ = generate_key_pair()
    keys = {"client_id": "none", "certificate_id": "none", "private_key": private}
    return build_account_connection(UNREACHABLE_URL, mapping=load_sandbox_mapping(), time_zone="UTC", **keys)


@asynccontextmanager
async def run_system(role: SystemRole) -> AsyncIterator[RunningSystem]:
    """Serve an account with the small firm; raise ConfigurationError for any role but ERP."""
    if role is not SystemRole.ERP:
        raise ConfigurationError([f"NetSuite does not support the role {role}; use ERP"])
    private, public = generate_key_pair()
    client, certificate = "sandbox-client", "sandbox-certificate"
    settings = TwinSettings(client_id=client, certificate_id=certificate, public_key=public)
    async with serve(build_twin(FIRM, settings)) as base_url:
        connection = build_account_connection(
            base_url,
            client_id=client,
            certificate_id=certificate,
            private_key=private,
            mapping=load_sandbox_mapping(),
            time_zone=settings.time_zone,
        )
        wrong = {**connection.mapping, "customer": {"legal_name": "custentity_ps_nowhere"}}
        yield RunningSystem(
            connection=connection,
            control=f"{base_url}/__control",
            ids=_IDS,
            references=_REFERENCES,
            invalid_mapping=InvalidMapping(mapping=wrong, name="custentity_ps_nowhere"),
            rate_limit=_RATE_LIMITED,
            build_unknown_id=lambda number: str(900_000_000 + number),
            token_path=TOKEN_PATH,
        )


def _list_ids(first: int, last: int) -> tuple[str, ...]:
    return tuple(str(id_) for id_ in range(first, last + 1))


_IDS: Mapping[type[Record], tuple[str, ...]] = {
    ErpLegalEntity: _list_ids(1, 3),
    ErpCustomer: _list_ids(101, 108),
    ErpEmployee: _list_ids(109, 116),
    ErpJob: _list_ids(117, 125),
    ErpContract: _list_ids(401, 409),
    ErpInvoice: ("1001", "1003", "1004", "1005", "1007", "1008", "1010", "1012", "1014"),
    ErpPayment: ("1002", "1006", "1009", "1011", "1013"),
    ErpExpense: ("90032", "90034", "90036"),
}
_REFERENCES: Mapping[type[Record], tuple[str, str]] = {
    ErpLegalEntity: ("UK01", "2"),
    ErpCustomer: ("C-2005", "105"),
    ErpEmployee: ("W-1004", "112"),
    ErpJob: ("PRJ-1007", "123"),
    ErpContract: ("CT-4007", "406"),
    ErpInvoice: ("INV-NL-0002", "1008"),
    ErpTimePosting: ("PSA-T-70001", "5001"),
}

"""Starts a real Tryton server that holds the small firm, for the contract tests."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import ExitStack, asynccontextmanager

from gateway.canonical.records.base import Record
from gateway.canonical.records.crm import CrmAccount, CrmOpportunity
from gateway.canonical.records.erp import (
    ErpCustomer,
    ErpEmployee,
    ErpInvoice,
    ErpInvoiceLine,
    ErpJob,
    ErpLegalEntity,
    ErpPayment,
    ErpTimePosting,
)
from gateway.canonical.records.hcm import HcmWorker
from gateway.canonical.records.psa import PsaClient, PsaProject, PsaTask, PsaTimeEntry, PsaUser
from gateway.canonical.roles import DataRegion, SystemRole
from gateway.net.upstream import create_opener
from gateway.ports.connection import Connection
from subgraphs.kit.conformance import UNREACHABLE_URL, ErrorAnswer, InvalidMapping, RunningSystem, read_sandbox_mapping
from subgraphs.sandbox.tryton.databases import DATABASES, load_databases
from subgraphs.sandbox.tryton.server import run_server

_RATE_LIMITED = ErrorAnswer(
    status=429, body=b"<!doctype html>\n<title>429 Too Many Requests</title>", media_type="text/html; charset=utf-8"
)


def build_unreachable(role: SystemRole) -> Connection:
    """Return a connection to an address where no server listens."""
    return build_connection(UNREACHABLE_URL, role, "none")


@asynccontextmanager
async def run_system(role: SystemRole) -> AsyncIterator[RunningSystem]:
    """Run a server over the role's database."""
    played = role.lower()
    databases = await asyncio.to_thread(load_databases)
    with ExitStack() as stack:
        database = DATABASES[played]
        server = run_server(databases.home, {database: databases.files[database]})
        base_url = await asyncio.to_thread(stack.enter_context, server)
        connection = build_connection(base_url, role, databases.keys[played])
        yield RunningSystem(
            connection=connection,
            ids=_IDS[role],
            references=_REFERENCES[role],
            invalid_mapping=InvalidMapping(mapping={**connection.mapping, "client_category": "Nobody"}, name="Nobody"),
            rate_limit=_RATE_LIMITED,
            build_unknown_id=lambda number: str(900_000_000 + number),
        )


def build_connection(base_url: str, role: SystemRole, key: str) -> Connection:
    """Return a connection to the role's database of a server, with the sandbox's mapping file."""
    name = f"tryton-{role.lower()}"
    return Connection(
        name=name,
        role=role,
        vendor="tryton",
        base_url=base_url,
        region=DataRegion.EU,
        options={"database": DATABASES[role.lower()]},
        mapping=read_sandbox_mapping(name),
        secrets={"key": lambda: key},
        open_upstream=create_opener(name, base_url, ()),
    )


def _list_ids(first: int, last: int) -> tuple[str, ...]:
    return tuple(str(id_) for id_ in range(first, last + 1))


# Ids count from 1 in the order of seeding: three companies are parties 1 to 3, eight people 4 to 11;
# the ten projects come before their tasks.
_IDS: Mapping[SystemRole, Mapping[type[Record], tuple[str, ...]]] = {
    SystemRole.CRM: {CrmAccount: _list_ids(12, 19), CrmOpportunity: _list_ids(1, 11)},
    SystemRole.PSA: {
        PsaClient: _list_ids(12, 19),
        PsaUser: _list_ids(1, 8),
        PsaProject: _list_ids(1, 10),
        PsaTask: _list_ids(11, 25),
        PsaTimeEntry: _list_ids(1, 21),
    },
    SystemRole.HCM: {HcmWorker: _list_ids(1, 8)},
    SystemRole.ERP: {
        ErpLegalEntity: _list_ids(1, 3),
        ErpCustomer: _list_ids(12, 19),
        ErpJob: _list_ids(1, 10),
        ErpEmployee: _list_ids(1, 8),
        ErpInvoice: _list_ids(1, 9),
        ErpInvoiceLine: _list_ids(1, 11),
        # The line of each payment's move that settles the invoice.
        ErpPayment: ("3", "10", "15", "24", "28"),
    },
}
_REFERENCES: Mapping[SystemRole, Mapping[type[Record], tuple[str, str]]] = {
    SystemRole.CRM: {CrmAccount: ("C-2005", "15"), CrmOpportunity: ("O-3007", "6")},
    SystemRole.PSA: {
        PsaClient: ("C-2005", "16"),
        PsaUser: ("W-1004", "4"),
        PsaProject: ("PRJ-1007", "7"),
        PsaTimeEntry: ("T-70001", "1"),
    },
    SystemRole.HCM: {HcmWorker: ("W-1004", "5")},
    SystemRole.ERP: {
        ErpLegalEntity: ("NL01", "3"),
        ErpCustomer: ("C-2005", "16"),
        ErpJob: ("PRJ-1007", "7"),
        ErpEmployee: ("W-1004", "4"),
        ErpInvoice: ("INV-NL-0002", "4"),
        ErpTimePosting: ("T-70001", "1"),
    },
}

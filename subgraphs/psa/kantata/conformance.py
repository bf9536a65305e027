"""Serves a Kantata account with the small firm for the contract tests."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from gateway.canonical.records.base import Record
from gateway.canonical.records.psa import (
    PsaClient,
    PsaExpense,
    PsaProject,
    PsaTimeEntry,
    PsaUser,
)
from gateway.canonical.roles import SystemRole
from gateway.errors import ConfigurationError
from gateway.ports.connection import Connection
from subgraphs.kit.conformance import (
    UNREACHABLE_URL,
    ErrorAnswer,
    InvalidMapping,
    RunningSystem,
    build_twin_connection,
    read_sandbox_mapping,
)
from subgraphs.kit.twin.server import serve
from subgraphs.psa.kantata.twin import TwinSettings, build_twin
from subgraphs.sandbox.firm.small import FIRM
from subgraphs.sandbox.numbering import list_psa_ids

_VENDOR, _TOKEN = "kantata", "token"
_LIMITED = ErrorAnswer(status=429, body=b'{"errors":[{"type":"system","message":"Too many requests"}]}')


_REFERENCES: Mapping[type[Record], tuple[str, str]] = {
    PsaClient: ("C-2005", "5"),
    PsaUser: ("W-1004", "4"),
    PsaProject: ("PRJ-1007", "7"),
    PsaTimeEntry: ("T-70001", "1"),
    PsaExpense: ("E-6001", "1"),
}


def build_unreachable(role: SystemRole) -> Connection:
    """Return a connection to an unreachable account."""
    return build_twin_connection(UNREACHABLE_URL, role, _VENDOR, read_sandbox_mapping(_VENDOR), {"token": _TOKEN})


@asynccontextmanager
async def run_system(role: SystemRole) -> AsyncIterator[RunningSystem]:
    """Serve an account with the small firm; Kantata has the role PSA only."""
    if role is not SystemRole.PSA:
        raise ConfigurationError([f"Kantata does not have the role {role}"])
    mapping = read_sandbox_mapping(_VENDOR)
    invalid = {**mapping, "project": {**mapping["project"], "contract_number": "Contrakt"}}
    async with serve(build_twin(FIRM, TwinSettings(token=_TOKEN))) as base_url:
        yield RunningSystem(
            connection=build_twin_connection(base_url, role, _VENDOR, mapping, {"token": _TOKEN}),
            ids=list_psa_ids(FIRM),
            references=_REFERENCES,
            invalid_mapping=InvalidMapping(mapping=invalid, name="Contrakt"),
            rate_limit=_LIMITED,
            build_unknown_id=lambda number: str(900_000_000 + number),
            control=f"{base_url}/__control",
        )

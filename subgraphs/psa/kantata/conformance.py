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
from subgraphs.kit.conformance import NOWHERE, Misnamed, Refusal, Running, connection_to, mapping_of
from subgraphs.kit.serving import serving
from subgraphs.psa.kantata.twin import TwinSettings, build_twin
from subgraphs.sandbox.firm.small import FIRM
from subgraphs.sandbox.numbering import psa_ids

_VENDOR, _TOKEN = "kantata", "token"
_LIMITED = Refusal(status=429, body=b'{"errors":[{"type":"system","message":"Too many requests"}]}')


_REFERENCES: Mapping[type[Record], tuple[str, str]] = {
    PsaClient: ("C-2005", "5"),
    PsaUser: ("W-1004", "4"),
    PsaProject: ("PRJ-1007", "7"),
    PsaTimeEntry: ("T-70001", "1"),
    PsaExpense: ("E-6001", "1"),
}


def unreached(role: SystemRole) -> Connection:
    """Return a connection to an unreachable account."""
    return connection_to(NOWHERE, role, _VENDOR, mapping_of(_VENDOR), {"token": _TOKEN})


@asynccontextmanager
async def system(role: SystemRole) -> AsyncIterator[Running]:
    """Serve an account with the small firm; Kantata has the role PSA only."""
    if role is not SystemRole.PSA:
        raise ConfigurationError([f"Kantata does not have the role {role}"])
    mapping = mapping_of(_VENDOR)
    invalid = {**mapping, "project": {**mapping["project"], "contract_number": "Contrakt"}}
    async with serving(build_twin(FIRM, TwinSettings(token=_TOKEN))) as base_url:
        yield Running(
            connection=connection_to(base_url, role, _VENDOR, mapping, {"token": _TOKEN}),
            ids=psa_ids(FIRM),
            references=_REFERENCES,
            misnamed=Misnamed(mapping=invalid, name="Contrakt"),
            limited=_LIMITED,
            unknown_id=lambda number: str(900_000_000 + number),
            control=f"{base_url}/__control",
        )

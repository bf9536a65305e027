"""Serves a Productive organization with the small firm for the contract tests."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from gateway.canonical.records.base import Record
from gateway.canonical.records.psa import PsaClient, PsaExpense, PsaProject, PsaUser
from gateway.canonical.roles import SystemRole
from gateway.errors import ConfigurationError
from gateway.ports.connection import Connection
from subgraphs.kit.conformance import NOWHERE, Misnamed, Refusal, Running, connection_to, mapping_of
from subgraphs.kit.serving import serving
from subgraphs.psa.productive.twin import TwinSettings, build_twin
from subgraphs.psa.productive.twin.settings import ENDLESS
from subgraphs.sandbox.firm.small import FIRM
from subgraphs.sandbox.numbering import psa_ids

_VENDOR, _TOKEN = "productive", "token"
_LIMITED = Refusal(
    status=429,
    body=b'{"errors":[{"status":429,"title":"Server time limit exceeded","detail":"Try again later",'
    b'"limit":1800,"period":3600}]}',
    media_type="application/vnd.api+json",
)
_REFERENCES: Mapping[type[Record], tuple[str, str]] = {
    PsaClient: ("C-2005", "5"),
    PsaUser: ("W-1004", "4"),
    PsaProject: ("PRJ-1007", "7"),
    PsaExpense: ("E-6001", "1"),
}


def unreached(role: SystemRole) -> Connection:
    """Return a connection to an unreachable organization."""
    return connection_to(NOWHERE, role, _VENDOR, mapping_of(_VENDOR), {"token": _TOKEN}, {"organization": "1"})


@asynccontextmanager
async def system(role: SystemRole) -> AsyncIterator[Running]:
    """Serve an organization with the small firm, without a rate limit; Productive has the role PSA only."""
    if role is not SystemRole.PSA:
        raise ConfigurationError([f"Productive does not have the role {role}"])
    mapping = mapping_of(_VENDOR)
    invalid = {**mapping, "project": {**mapping["project"], "contract_number": "Contrakt"}}
    settings = TwinSettings(token=_TOKEN, requests=ENDLESS)
    options = {"organization": settings.organization}
    async with serving(build_twin(FIRM, settings)) as base_url:
        yield Running(
            connection=connection_to(base_url, role, _VENDOR, mapping, {"token": _TOKEN}, options),
            ids=psa_ids(FIRM),
            references=_REFERENCES,
            misnamed=Misnamed(mapping=invalid, name="Contrakt"),
            limited=_LIMITED,
            unknown_id=lambda number: str(900_000_000 + number),
            control=f"{base_url}/__control",
        )

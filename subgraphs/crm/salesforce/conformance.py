"""Starts the twin with the small firm behind it, for the tests that run over every adapter."""

import tomllib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from importlib.resources import files

from gateway.canonical.roles import SystemRole
from subgraphs.crm.salesforce.identifier import long_form
from subgraphs.crm.salesforce.options import TOKEN_PATH
from subgraphs.crm.salesforce.twin import Client, TwinSettings, build_twin
from subgraphs.kit.conformance import Misnamed, Refusal, Running
from subgraphs.kit.serving import serving
from subgraphs.sandbox.firm.small import FIRM

__all__ = ["serving", "system"]

_CLIENT = Client(id="consumer-key", secret="consumer-secret")  # noqa: S106 -- of a twin on loopback
_NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
_LIMITED = Refusal(
    status=403, body=b'[{"errorCode":"REQUEST_LIMIT_EXCEEDED","message":"TotalRequests Limit exceeded."}]'
)


@asynccontextmanager
async def system(role: SystemRole) -> AsyncIterator[Running]:
    """Serve an org while the block runs; it plays the CRM only."""
    if role is not SystemRole.CRM:
        raise ValueError(role)
    mapping = tomllib.loads((files("subgraphs.sandbox") / "mappings" / "salesforce.toml").read_text(encoding="utf-8"))
    wrong = {**mapping, "account": {**mapping["account"], "segment": "Segmnt__c"}}
    async with serving(build_twin(FIRM, TwinSettings(client=_CLIENT, clock=lambda: _NOON))) as base_url:
        yield Running(
            base_url=base_url,
            secrets={"client_id": _CLIENT.id, "client_secret": _CLIENT.secret},
            mapping=mapping,
            misnamed=Misnamed(mapping=wrong, name="Segmnt__c"),
            limited=_LIMITED,
            unknown_id=_unknown_id,
            token_path=TOKEN_PATH,
        )


def _unknown_id(number: int) -> str:
    """Return an id of 18 characters; the twin counts its own from the other end."""
    return long_form(f"001{'zz'}{number:010d}") or ""

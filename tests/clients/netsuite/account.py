"""The account that the foreign clients are driven against: it takes client credentials with a signed assertion, and requests signed for this integration and token."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from functools import cache
from typing import Any

from joserfc.jwk import RSAKey

from subgraphs.erp.netsuite.twin.app import build_twin
from subgraphs.erp.netsuite.twin.settings import TwinSettings
from subgraphs.erp.netsuite.twin.signatures import TokenCredentials
from subgraphs.kit.serving import serving
from subgraphs.sandbox.firm.small import FIRM
from tests.clients.driving import Watch

_SIGNED = TokenCredentials(consumer_key="consumer", consumer_secret="c-secret", token="token", token_secret="t-secret")
_COMPANY = "TSTDRV100"
_ORIGIN = "https://tstdrv100.suitetalk.api.netsuite.com"
"""Clients make it out of the account's id and sign it: the audience of their assertions."""


@asynccontextmanager
async def account(watch: Watch) -> AsyncIterator[Mapping[str, Any]]:
    """Serve an account with the small firm."""
    settings = TwinSettings(
        client_id="client",
        certificate_id="certificate",
        public_key=_key().as_pem(private=False).decode(),
        company=_COMPANY,
        origin=_ORIGIN,
        token_based=_SIGNED,
    )
    async with serving(watch(build_twin(FIRM, settings))) as address:
        yield {
            "address": address,
            "origin": _ORIGIN,
            "account": _COMPANY,
            "client_id": settings.client_id,
            "certificate_id": settings.certificate_id,
            "private_key": _key().as_pem(private=True).decode(),
            "strange_key": _key("stranger").as_pem(private=True).decode(),
            "consumer_key": _SIGNED.consumer_key,
            "consumer_secret": _SIGNED.consumer_secret,
            "token_id": _SIGNED.token,
            "token_secret": _SIGNED.token_secret,
        }


@cache
def _key(_whose: str = "integration") -> RSAKey:
    """Return somebody's key pair, one a process."""
    return RSAKey.generate_key(3072)

"""The account that the third-party clients call.

It accepts client credentials with a signed assertion (OAuth 2.0) and requests signed with token-based authentication.
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from functools import cache
from typing import Any

from joserfc.jwk import RSAKey

from subgraphs.erp.netsuite.twin.app import build_twin
from subgraphs.erp.netsuite.twin.settings import TwinSettings
from subgraphs.erp.netsuite.twin.signatures import TokenCredentials
from subgraphs.kit.twin.server import serve
from subgraphs.sandbox.firm.small import FIRM
from tests.clients.client_runs import AppWrapper

_SIGNED = TokenCredentials(consumer_key="consumer", consumer_secret="c-secret", token="token", token_secret="t-secret")
_COMPANY = "TSTDRV100"
_ORIGIN = "https://tstdrv100.suitetalk.api.netsuite.com"
"""Clients derive this address from the account id and sign it as the audience of their assertions."""


@asynccontextmanager
async def serve_account(watch: AppWrapper) -> AsyncIterator[Mapping[str, Any]]:
    """Serve an account with the small firm."""
    settings = TwinSettings(
        client_id="client",
        certificate_id="certificate",
        public_key=_generate_key().as_pem(private=False).decode(),
        company=_COMPANY,
        origin=_ORIGIN,
        token_based=_SIGNED,
    )
    async with serve(watch(build_twin(FIRM, settings))) as address:
        yield {
            "address": address,
            "origin": _ORIGIN,
            "account": _COMPANY,
            "client_id": settings.client_id,
            "certificate_id": settings.certificate_id,
            "private_key": _generate_key().as_pem(private=True).decode(),
            "other_key": _generate_key("other").as_pem(private=True).decode(),
            "consumer_key": _SIGNED.consumer_key,
            "consumer_secret": _SIGNED.consumer_secret,
            "token_id": _SIGNED.token,
            "token_secret": _SIGNED.token_secret,
        }


@cache
def _generate_key(_name: str = "integration") -> RSAKey:
    """Return the key pair of a name; each name has one key pair per process."""
    return RSAKey.generate_key(3072)

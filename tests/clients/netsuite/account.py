"""The account that the foreign clients are driven against: it takes requests signed for this integration and token."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from subgraphs.erp.netsuite.twin.app import build_twin
from subgraphs.erp.netsuite.twin.settings import TwinSettings, key_pair
from subgraphs.erp.netsuite.twin.tba import TokenCredentials
from subgraphs.kit.serving import serving
from subgraphs.sandbox.firm.small import FIRM
from tests.clients.driving import Watch

_SIGNED = TokenCredentials(consumer_key="consumer", consumer_secret="c-secret", token="token", token_secret="t-secret")


@asynccontextmanager
async def account(watch: Watch) -> AsyncIterator[Mapping[str, Any]]:
    """Serve an account with the small firm."""
    _, public = key_pair()
    settings = TwinSettings(client_id="client", certificate_id="certificate", public_key=public, token_based=_SIGNED)
    async with serving(watch(build_twin(FIRM, settings))) as address:
        yield {
            "address": address,
            "account": settings.company,
            "consumer_key": _SIGNED.consumer_key,
            "consumer_secret": _SIGNED.consumer_secret,
            "token_id": _SIGNED.token,
            "token_secret": _SIGNED.token_secret,
        }

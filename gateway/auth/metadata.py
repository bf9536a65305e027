"""An issuer's published metadata: RFC 8414, and OpenID Connect Discovery 1.0, whose metadata has the same members."""

from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
from authlib.oauth2.rfc8414 import AuthorizationServerMetadata, get_well_known_url

_MAX_BYTES = 256 * 1024


async def find_jwks_uri(issuer: str, fetch: Callable[[str], Awaitable[bytes]]) -> str | None:
    """Return the `jwks_uri` that an issuer publishes; None if its metadata cannot be fetched or is invalid."""
    for url in _list_metadata_urls(issuer):
        try:
            return parse_jwks_uri(issuer, await fetch(url))
        except Exception:  # noqa: BLE001, S112 -- any failure means that this URL has no valid metadata
            continue
    return None


def parse_jwks_uri(issuer: str, body: bytes) -> str:
    """Return the `jwks_uri` of a metadata document.

    Raise ValueError if the document is of another issuer (RFC 8414, 3.3), has no key set, or a URL in it is neither
    https nor loopback. Other members are not validated: providers omit some that RFC 8414 requires.
    """
    if len(body) > _MAX_BYTES:
        raise ValueError("the metadata is too large")
    metadata = AuthorizationServerMetadata(msgspec.json.decode(body, type=dict[str, Any]))
    metadata.validate_issuer()
    metadata.validate_jwks_uri()
    jwks_uri = metadata.get("jwks_uri")
    if metadata["issuer"] != issuer:
        raise ValueError("the metadata is of another issuer")
    if not isinstance(jwks_uri, str):
        raise ValueError("the metadata has no jwks_uri")  # noqa: TRY004 -- the document is wrong, not the caller
    return jwks_uri


def _list_metadata_urls(issuer: str) -> tuple[str, str]:
    """Return where an issuer may publish metadata (OpenID Connect Discovery 1.0, 4; RFC 8414, 3.1)."""
    return f"{issuer.rstrip('/')}/.well-known/openid-configuration", get_well_known_url(issuer, external=True)

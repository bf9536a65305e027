"""The key set URL is read from OpenID Connect or RFC 8414 metadata, if it is valid and of the issuer."""

from typing import Any

import msgspec
import pytest

from gateway.auth.metadata import find_jwks_uri, parse_jwks_uri

ISSUER = "https://login.example/realm"
JWKS = "https://login.example/keys"


def encode(**changes: Any) -> bytes:
    return msgspec.json.encode({"issuer": ISSUER, "jwks_uri": JWKS, **changes})


@pytest.mark.parametrize(
    "url",
    [
        "https://login.example/realm/.well-known/openid-configuration",
        "https://login.example/.well-known/oauth-authorization-server/realm",
    ],
)
async def test_the_key_set_url_is_found_at_either_well_known_url(url: str) -> None:
    async def fetch(requested: str) -> bytes:
        if requested != url:
            raise OSError(requested)
        return encode()

    assert await find_jwks_uri(ISSUER, fetch) == JWKS


async def test_an_issuer_without_metadata_has_no_key_set_url() -> None:
    async def fetch(_url: str) -> bytes:
        return b"<html>"

    assert await find_jwks_uri(ISSUER, fetch) is None


@pytest.mark.parametrize(
    ("_case", "body"),
    [
        ("of another issuer", encode(issuer="https://other.example")),
        ("without an issuer", encode(issuer=None)),
        ("with a key set over plain HTTP", encode(jwks_uri="http://login.example/keys")),
        ("without a key set", encode(jwks_uri=None)),
        ("with a key set URL that is no text", encode(jwks_uri=["https://login.example/keys"])),
        ("too large", encode(padding="x" * 300_000)),
        ("not an object", b"[]"),
    ],
)
def test_invalid_metadata_is_refused(_case: str, body: bytes) -> None:
    with pytest.raises((ValueError, AttributeError, TypeError)):
        parse_jwks_uri(ISSUER, body)


def test_a_loopback_issuer_may_use_plain_http() -> None:
    issuer = "http://127.0.0.1:8300"

    assert parse_jwks_uri(issuer, encode(issuer=issuer, jwks_uri=f"{issuer}/jwks")) == f"{issuer}/jwks"

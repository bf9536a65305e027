"""Token-based authentication: requests signed by OAuth 1.0a with HMAC-SHA256 (RFC 5849, section 3.4).

NetSuite accepts no new integrations of this kind from 2027.1 (NetSuite help, section_158921905537); the twin supports
it because two of the clients that test the twin have no other authentication.
"""

import hmac
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha1, sha256
from urllib.parse import parse_qsl, unquote, urlsplit
from urllib.request import parse_http_list, parse_keqv_list

from authlib.oauth1.rfc5849.signature import construct_base_string
from authlib.oauth1.rfc5849.util import escape

SCHEME = "oauth"
_METHOD = "HMAC-SHA256"
_MAX_CLOCK_SKEW_SECONDS = 300
_BODY_HASHES = (sha1, sha256)


@dataclass(frozen=True, kw_only=True)
class TokenCredentials:
    """An integration's consumer pair and the token pair of the user and role that it acts as."""

    consumer_key: str
    consumer_secret: str = field(repr=False)
    token: str
    token_secret: str = field(repr=False)


class SignatureVerifier:
    """Verifies signed requests; a nonce is valid once."""

    def __init__(self, credentials: TokenCredentials, realm: str) -> None:
        self._credentials = credentials
        self._realm = realm
        self._nonces: set[tuple[str, str]] = set()

    def is_valid(self, method: str, url: str, authorization: str, body: bytes, now: float) -> bool:
        """Return whether the token's owner signed the request; `now` is in seconds since 1970.

        A valid request uses up its nonce.
        """
        parameters = _parse_parameters(authorization)
        if not (self._is_known(parameters) and _is_fresh(parameters, now) and _is_body_hash_valid(parameters, body)):
            return False
        expected = self._compute_signature(method, url, parameters)
        nonce = (parameters["oauth_timestamp"], parameters["oauth_nonce"])
        if not hmac.compare_digest(expected.encode(), unquote(parameters["oauth_signature"]).encode()):
            return False
        if nonce in self._nonces:
            return False
        self._nonces.add(nonce)
        return True

    def _is_known(self, parameters: Mapping[str, str]) -> bool:
        expected = {
            "realm": self._realm,
            "oauth_consumer_key": self._credentials.consumer_key,
            "oauth_token": self._credentials.token,
            "oauth_signature_method": _METHOD,
            "oauth_version": "1.0",
        }
        matches = all(unquote(parameters.get(name, "")) == value for name, value in expected.items())
        return matches and {"oauth_signature", "oauth_nonce", "oauth_timestamp"} <= parameters.keys()

    def _compute_signature(self, method: str, url: str, parameters: Mapping[str, str]) -> str:
        query = parse_qsl(urlsplit(url).query, keep_blank_values=True)
        text: str = construct_base_string(method, url, [*query, *parameters.items()])
        key = "&".join(escape(secret) for secret in (self._credentials.consumer_secret, self._credentials.token_secret))
        return b64encode(hmac.digest(key.encode(), text.encode(), "sha256")).decode()


def _parse_parameters(authorization: str) -> dict[str, str]:
    """Return the parameters of an Authorization header with percent-encoded values."""
    _, _, parameters = authorization.partition(" ")
    try:
        return parse_keqv_list(parse_http_list(parameters))
    except (IndexError, ValueError):
        return {}


def _is_fresh(parameters: Mapping[str, str], now: float) -> bool:
    timestamp = parameters["oauth_timestamp"]
    return timestamp.isdecimal() and abs(now - int(timestamp)) <= _MAX_CLOCK_SKEW_SECONDS


def _is_body_hash_valid(parameters: Mapping[str, str], body: bytes) -> bool:
    """Return whether the body has the sent hash, or no hash was sent (OAuth Request Body Hash, draft 4).

    Clients use different hash functions.
    """
    if "oauth_body_hash" not in parameters:
        return True
    claimed = unquote(parameters["oauth_body_hash"]).encode()
    return any(hmac.compare_digest(b64encode(hash_(body).digest()), claimed) for hash_ in _BODY_HASHES)

"""Authentication at vendors, without I/O: build the token request, parse its response and authorise calls.

authlib builds token requests, client authentication and assertions (RFC 6749, RFC 7523); joserfc reads the keys.
Secrets are given as functions and read for every token request: a rotated file takes effect at once, and no repr shows
a secret.
"""

import base64
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final
from urllib.parse import parse_qsl, quote_plus

import msgspec
from authlib.oauth2.auth import ClientAuth
from authlib.oauth2.rfc6749.parameters import prepare_token_request
from authlib.oauth2.rfc7523 import JWTBearerGrant, PrivateKeyJWT
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, RSAKey

from gateway.canonical.fault import FaultCode
from gateway.errors import ConfigurationError, SourceError
from gateway.net.message import UpstreamRequest, UpstreamResponse

Secret = Callable[[], str]
"""Returns a secret when it is needed."""

Clock = Callable[[], float]
"""Returns seconds since the epoch."""

_OK: Final = 200
_TOO_MANY_REQUESTS: Final = 429
_SERVER_ERROR: Final = 500
_BEARER_ASSERTION_SECONDS: Final = 180
_BEARER_ASSERTION_ALGORITHM: Final = "RS256"


class ClientSecretMethod(StrEnum):
    """How a client sends its secret to the token endpoint (RFC 6749, 2.3.1; names of RFC 7591, 2)."""

    BASIC = "client_secret_basic"
    POST = "client_secret_post"


def add_bearer(request: UpstreamRequest, token: str) -> UpstreamRequest:
    """Return the request with a bearer token (RFC 6750, 2.1)."""
    return msgspec.structs.replace(request, headers={**request.headers, "authorization": f"Bearer {token}"})


class _TokenResponse(msgspec.Struct):
    access_token: str
    expires_in: str | float | None = None


def parse_token_response(response: UpstreamResponse) -> tuple[str, float | None]:
    """Return token and lifetime in seconds (RFC 6749, 5); vendors omit the lifetime or send it as a string of digits.

    Raise SourceError for any other response, without quoting its error description.
    """
    if response.status == _TOO_MANY_REQUESTS:
        raise SourceError(FaultCode.RATE_LIMITED, "token endpoint: HTTP 429", status=response.status, retryable=True)
    if response.status >= _SERVER_ERROR:
        detail = f"token endpoint: HTTP {response.status}"
        raise SourceError(FaultCode.UNAVAILABLE, detail, status=response.status, retryable=True)
    if response.status != _OK:
        detail = f"token request refused: HTTP {response.status}"
        raise SourceError(FaultCode.AUTH_EXPIRED, detail, status=response.status)
    try:
        answer = msgspec.json.decode(response.body, type=_TokenResponse)
        lifetime = None if answer.expires_in is None else float(answer.expires_in)
    except (msgspec.MsgspecError, UnicodeDecodeError, ValueError):
        raise SourceError(FaultCode.CONTRACT_MISMATCH, "token endpoint: not a token response", status=_OK) from None
    if not answer.access_token:
        raise SourceError(FaultCode.CONTRACT_MISMATCH, "token endpoint: empty token", status=_OK)
    return answer.access_token, lifetime


class _BearerGrant:
    """What all OAuth grants share."""

    def read_token(self, response: UpstreamResponse) -> tuple[str, float | None]:
        """Return the token and its lifetime in seconds; raise SourceError."""
        return parse_token_response(response)

    def apply(self, request: UpstreamRequest, token: str) -> UpstreamRequest:
        """Send the token as bearer."""
        return add_bearer(request, token)


class _StaticCredential:
    """A credential that needs no token request."""

    def build_token_request(self) -> None:
        """Return None: there is no token to request."""

    def read_token(self, response: UpstreamResponse) -> tuple[str, float | None]:
        """Raise SourceError: there is no token request and so no response."""
        raise SourceError(FaultCode.UNKNOWN, "a static credential has no token response", status=response.status)


@dataclass(frozen=True)
class NoAuth(_StaticCredential):
    """No authentication, for systems without login: no token request and no header."""

    def apply(self, request: UpstreamRequest, token: str) -> UpstreamRequest:  # noqa: ARG002 -- there is no token
        """Return the request unchanged."""
        return request


@dataclass(frozen=True, kw_only=True)
class StaticBearer(_StaticCredential):
    """An API key from the vendor, sent as bearer."""

    key: Secret = field(repr=False)

    def apply(self, request: UpstreamRequest, token: str) -> UpstreamRequest:  # noqa: ARG002 -- there is no token
        """Send the key."""
        return add_bearer(request, self.key())


@dataclass(frozen=True, kw_only=True)
class StaticHeader(_StaticCredential):
    """An API key from the vendor, sent in a header that the vendor defines."""

    header: str
    key: Secret = field(repr=False)

    def apply(self, request: UpstreamRequest, token: str) -> UpstreamRequest:  # noqa: ARG002 -- there is no token
        """Send the key."""
        return msgspec.structs.replace(request, headers={**request.headers, self.header: self.key()})


@dataclass(frozen=True, kw_only=True)
class StaticBasic(_StaticCredential):
    """A user name and a password or key, sent as Basic (RFC 7617, UTF-8)."""

    username: str
    password: Secret = field(repr=False)

    def apply(self, request: UpstreamRequest, token: str) -> UpstreamRequest:  # noqa: ARG002 -- there is no token
        """Send both."""
        pair = f"{self.username}:{self.password()}".encode()
        basic = f"Basic {base64.b64encode(pair).decode('ascii')}"
        return msgspec.structs.replace(request, headers={**request.headers, "authorization": basic})


@dataclass(frozen=True, kw_only=True)
class ClientCredentials(_BearerGrant):
    """The client credentials grant (RFC 6749, 4.4) with a secret; `token_url` may be relative to the base URL."""

    token_url: str
    client_id: str
    client_secret: Secret = field(repr=False)
    method: ClientSecretMethod = ClientSecretMethod.BASIC
    scopes: Sequence[str] = ()

    def build_token_request(self) -> UpstreamRequest:
        """Build the request for a token."""
        client = _authenticate(self.client_id, self.client_secret(), self.method)
        return _build_token_request(self.token_url, "client_credentials", client, scope=" ".join(self.scopes))


@dataclass(frozen=True, kw_only=True)
class RefreshToken(_BearerGrant):
    """The refresh token grant (RFC 6749, 6) with a token that does not expire; the client authenticates with Basic."""

    token_url: str
    client_id: str
    client_secret: Secret = field(repr=False)
    refresh_token: Secret = field(repr=False)

    def build_token_request(self) -> UpstreamRequest:
        """Build the request for a token."""
        client = _authenticate(self.client_id, self.client_secret(), ClientSecretMethod.BASIC)
        return _build_token_request(self.token_url, "refresh_token", client, refresh_token=self.refresh_token())


@dataclass(frozen=True, kw_only=True)
class JwtBearer(_BearerGrant):
    """The JWT bearer grant (RFC 7523, 2.1): an RS256 assertion in which `issuer` (the client) acts as `subject`.

    `audience` is the login host that the vendor documents. The assertion expires after three minutes, the maximum at
    Salesforce, and carries a fresh `jti`, which Salesforce accepts once.
    """

    token_url: str
    issuer: str
    subject: str
    audience: str
    private_key: Secret = field(repr=False)
    clock: Clock = time.time

    def build_token_request(self) -> UpstreamRequest:
        """Build the request for a token, with a fresh assertion."""
        now = int(self.clock())
        with _require_key(_BEARER_ASSERTION_ALGORITHM):
            assertion = JWTBearerGrant.sign(
                RSAKey.import_key(self.private_key()),
                self.issuer,
                self.audience,
                self.subject,
                issued_at=now,
                expires_at=now + _BEARER_ASSERTION_SECONDS,
                alg=_BEARER_ASSERTION_ALGORITHM,
            )
        return _build_token_request(self.token_url, JWTBearerGrant.GRANT_TYPE, assertion=assertion)


@dataclass(frozen=True, kw_only=True)
class ClientAssertion(_BearerGrant):
    """The client credentials grant with a signed assertion instead of a secret (private_key_jwt, RFC 7523, 2.2).

    `key_id` is the certificate id that the vendor shows. NetSuite ("OAuth 2.0 Client Credentials Flow" of its help):
    absolute `token_url`, PS256 or ES256, and `scopes` such as ("rest_webservices", "suite_analytics"), sent
    comma-separated in the assertion's `scope` claim.
    """

    token_url: str
    client_id: str
    key_id: str
    private_key: Secret = field(repr=False)
    algorithm: str = "PS256"
    scopes: Sequence[str] = ()
    lifetime_seconds: float = 300
    clock: Clock = time.time

    def build_token_request(self) -> UpstreamRequest:
        """Build the request for a token, with a fresh assertion whose audience is the token URL."""
        now = int(self.clock())
        # Claims given here replace authlib's own, which follow the machine's clock.
        claims: dict[str, object] = {"iat": now, "exp": now + int(self.lifetime_seconds)}
        if self.scopes:
            claims["scope"] = ",".join(self.scopes)
        header = {"kid": self.key_id, "typ": "JWT"}
        key_type: type[RSAKey | ECKey] = ECKey if self.algorithm.startswith("ES") else RSAKey
        with _require_key(self.algorithm):
            method = PrivateKeyJWT(self.token_url, claims=claims, headers=header, alg=self.algorithm)
            client = ClientAuth(self.client_id, key_type.import_key(self.private_key()), method)
            return _build_token_request(self.token_url, "client_credentials", client)


def _authenticate(client_id: str, secret: str, method: ClientSecretMethod) -> ClientAuth:
    if method is ClientSecretMethod.BASIC:
        # RFC 6749, 2.3.1: both parts are form-encoded before they go into Basic; authlib does not do it.
        client_id, secret = quote_plus(client_id), quote_plus(secret)
    return ClientAuth(client_id, secret, method.value)


def _build_token_request(
    url: str, grant_type: str, client: ClientAuth | None = None, **parameters: str
) -> UpstreamRequest:
    body = prepare_token_request(grant_type, **parameters)
    headers: dict[str, Any] = {}
    if client is not None:
        _, headers, body = client.prepare("POST", url, headers, body)
    # Safe to repeat: at worst it yields a token that nobody uses.
    return UpstreamRequest(
        method="POST",
        path=url,
        operation="token",
        headers={name.lower(): value for name, value in headers.items()},
        form=parse_qsl(body, keep_blank_values=True),
        safe=True,
    )


@contextmanager
def _require_key(algorithm: str) -> Iterator[None]:
    """Turn a private key that cannot be read, or does not fit the algorithm, into a ConfigurationError without it."""
    try:
        yield
    except (JoseError, ValueError, TypeError):
        raise ConfigurationError([f"the private key is not a PEM key for {algorithm}"]) from None

"""Ways to be authorised at a vendor, without I/O: each builds its token request, reads the answer and signs calls.

Secrets are given as functions and asked for at every token request, so that a rotated file is picked up and no object here shows one in its repr.
"""

import base64
import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final
from urllib.parse import quote_plus

import msgspec
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, Key, RSAKey

from gateway.canonical.fault import FaultCode
from gateway.errors import ConfigurationError, SourceError
from gateway.net.message import Request, Response

Secret = Callable[[], str]
"""Reveals a secret when it is needed."""

Clock = Callable[[], float]
"""Seconds since the epoch."""

JWT_GRANT: Final = "urn:ietf:params:oauth:grant-type:jwt-bearer"
ASSERTION_TYPE: Final = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_OK: Final = 200
_TOO_MANY: Final = 429
_SERVER_ERROR: Final = 500


class SecretPlace(StrEnum):
    """Where client credentials stand in a token request (RFC 6749, 2.3.1)."""

    BASIC = "BASIC"
    BODY = "BODY"


def bearer(request: Request, token: str) -> Request:
    """Return the request with a bearer token (RFC 6750, 2.1)."""
    return msgspec.structs.replace(request, headers={**request.headers, "authorization": f"Bearer {token}"})


class _TokenAnswer(msgspec.Struct):
    access_token: str
    expires_in: str | float | None = None


def read_token_answer(response: Response) -> tuple[str, float | None]:
    """Read a token answer (RFC 6749, 5); the life may be missing, a number or a string of digits. Error descriptions are never quoted."""
    if response.status == _TOO_MANY:
        raise SourceError(FaultCode.RATE_LIMITED, "token endpoint: HTTP 429", status=response.status, retryable=True)
    if response.status >= _SERVER_ERROR:
        detail = f"token endpoint: HTTP {response.status}"
        raise SourceError(FaultCode.UNAVAILABLE, detail, status=response.status, retryable=True)
    if response.status != _OK:
        raise SourceError(FaultCode.AUTH_EXPIRED, f"token refused: HTTP {response.status}", status=response.status)
    try:
        answer = msgspec.json.decode(response.body, type=_TokenAnswer)
        life = None if answer.expires_in is None else float(answer.expires_in)
    except (msgspec.MsgspecError, UnicodeDecodeError, ValueError):
        raise SourceError(FaultCode.CONTRACT_MISMATCH, "token endpoint: not a token answer", status=_OK) from None
    if not answer.access_token:
        raise SourceError(FaultCode.CONTRACT_MISMATCH, "token endpoint: empty token", status=_OK)
    return answer.access_token, life


class _BearerToken:
    """The half that all OAuth grants share."""

    def read_token(self, response: Response) -> tuple[str, float | None]:
        """Return the token and its life in seconds; raise SourceError."""
        return read_token_answer(response)

    def apply(self, request: Request, token: str) -> Request:
        """Send the token as bearer."""
        return bearer(request, token)


class _Static:
    """A credential that needs no token request."""

    def token_request(self) -> None:
        """There is nothing to ask for."""

    def read_token(self, response: Response) -> tuple[str, float | None]:
        """Never called: no token is asked for."""
        raise SourceError(FaultCode.UNKNOWN, "a static credential has no token answer", status=response.status)


@dataclass(frozen=True, kw_only=True)
class StaticBearer(_Static):
    """A key that the vendor handed out, sent as bearer."""

    key: Secret = field(repr=False)

    def apply(self, request: Request, token: str) -> Request:  # noqa: ARG002 -- there is no token
        """Send the key."""
        return bearer(request, self.key())


@dataclass(frozen=True, kw_only=True)
class StaticHeader(_Static):
    """A key that the vendor handed out, sent in a header that the vendor names."""

    header: str
    key: Secret = field(repr=False)

    def apply(self, request: Request, token: str) -> Request:  # noqa: ARG002 -- there is no token
        """Send the key."""
        return msgspec.structs.replace(request, headers={**request.headers, self.header: self.key()})


@dataclass(frozen=True, kw_only=True)
class BasicStatic(_Static):
    """A user name and a password or key, sent as Basic (RFC 7617, UTF-8)."""

    username: str
    password: Secret = field(repr=False)

    def apply(self, request: Request, token: str) -> Request:  # noqa: ARG002 -- there is no token
        """Send both."""
        return msgspec.structs.replace(
            request, headers={**request.headers, "authorization": _basic(self.username, self.password())}
        )


@dataclass(frozen=True, kw_only=True)
class ClientCredentials(_BearerToken):
    """The client credentials grant (RFC 6749, 4.4) with a shared secret. `token_url` may be relative to the base URL."""

    token_url: str
    client_id: str
    client_secret: Secret = field(repr=False)
    place: SecretPlace = SecretPlace.BASIC
    scopes: Sequence[str] = ()

    def token_request(self) -> Request:
        """Build the request for a token."""
        form = [("grant_type", "client_credentials")]
        if self.scopes:
            form.append(("scope", " ".join(self.scopes)))
        if self.place is SecretPlace.BODY:
            return _token_request(
                self.token_url, [*form, ("client_id", self.client_id), ("client_secret", self.client_secret())]
            )
        # RFC 6749, 2.3.1: both parts are form-encoded before they go into Basic.
        credentials = _basic(quote_plus(self.client_id), quote_plus(self.client_secret()))
        return msgspec.structs.replace(_token_request(self.token_url, form), headers={"authorization": credentials})


@dataclass(frozen=True, kw_only=True)
class RefreshToken(_BearerToken):
    """The refresh token grant (RFC 6749, 6) with a token that does not expire, as a vendor hands it out for an integration; the client proves itself by Basic."""

    token_url: str
    client_id: str
    client_secret: Secret = field(repr=False)
    refresh_token: Secret = field(repr=False)

    def token_request(self) -> Request:
        """Build the request for a token."""
        form = [("grant_type", "refresh_token"), ("refresh_token", self.refresh_token())]
        credentials = _basic(quote_plus(self.client_id), quote_plus(self.client_secret()))
        return msgspec.structs.replace(_token_request(self.token_url, form), headers={"authorization": credentials})


@dataclass(frozen=True, kw_only=True)
class JwtBearer(_BearerToken):
    """The JWT bearer grant (RFC 7523, 2.1): an RS256 assertion in which `issuer` (the client) acts as `subject`.

    `audience` is the login host that the vendor names. The assertion lives three minutes, as Salesforce allows at most.
    """

    token_url: str
    issuer: str
    subject: str
    audience: str
    private_key: Secret = field(repr=False)
    clock: Clock = time.time

    def token_request(self) -> Request:
        """Build the request for a token, with a fresh assertion."""
        claims = {"iss": self.issuer, "sub": self.subject, "aud": self.audience, "exp": int(self.clock()) + 180}
        assertion = _signed({"alg": "RS256"}, claims, self.private_key())
        return _token_request(self.token_url, [("grant_type", JWT_GRANT), ("assertion", assertion)])


@dataclass(frozen=True, kw_only=True)
class ClientAssertion(_BearerToken):
    """The client credentials grant with a signed assertion instead of a secret (private_key_jwt, RFC 7523, 2.2).

    `key_id` is the id of the certificate as the vendor shows it. NetSuite: `token_url` absolute, PS256 or ES256, `scopes` such as ("rest_webservices",
    "suite_analytics"), carried comma-separated in the assertion's `scope` claim ("OAuth 2.0 Client Credentials Flow" of its help).
    """

    token_url: str
    client_id: str
    key_id: str
    private_key: Secret = field(repr=False)
    algorithm: str = "PS256"
    scopes: Sequence[str] = ()
    life: float = 300
    clock: Clock = time.time

    def token_request(self) -> Request:
        """Build the request for a token, with a fresh assertion whose audience is the token URL."""
        now = int(self.clock())
        claims: dict[str, object] = {
            "iss": self.client_id,
            "sub": self.client_id,
            "aud": self.token_url,
            "iat": now,
            "exp": now + int(self.life),
            "jti": str(uuid.uuid4()),
        }
        if self.scopes:
            claims["scope"] = ",".join(self.scopes)
        header = {"alg": self.algorithm, "kid": self.key_id, "typ": "JWT"}
        assertion = _signed(header, claims, self.private_key())
        form = [("grant_type", "client_credentials"), ("client_assertion_type", ASSERTION_TYPE)]
        return _token_request(self.token_url, [*form, ("client_assertion", assertion)])


def _basic(username: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{username}:{password}".encode()).decode("ascii")


def _token_request(url: str, form: Sequence[tuple[str, str]]) -> Request:
    # A token request may be repeated: the worst that comes of it is a token that nobody uses.
    return Request(method="POST", path=url, operation="token", form=form, safe=True)


def _signed(header: dict[str, str], claims: dict[str, object], pem: str) -> str:
    """Sign with the key type that the algorithm wants; a key that does not fit is a mistake in the settings."""
    algorithm = header["alg"]
    kind: type[RSAKey | ECKey] = ECKey if algorithm.startswith("ES") else RSAKey
    try:
        key: Key = kind.import_key(pem)
        return jwt.encode(header, claims, key, algorithms=[algorithm])
    except (JoseError, ValueError, TypeError):
        raise ConfigurationError([f"the private key is not a PEM key for {algorithm}"]) from None

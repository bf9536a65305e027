"""How the gateway authorises itself at other systems: OAuth 2 grants as pure objects, without I/O."""

import base64
import time
import uuid
from collections.abc import Callable, Sequence
from typing import Any

import msgspec
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, Key, RSAKey

from gateway.canonical.fault import FaultCode
from gateway.errors import ConfigurationError, SourceError
from gateway.net.message import Request, Response

ASSERTION_SECONDS = 300
JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

Clock = Callable[[], float]


class _TokenAnswer(msgspec.Struct):
    access_token: str
    expires_in: str | int | float | None = None


def _read(response: Response) -> tuple[str, float | None]:
    """Read a token answer (RFC 6749 5.1); lifetimes come as numbers or as text, or not at all."""
    if not 200 <= response.status < 300:  # noqa: PLR2004 -- success
        raise SourceError(FaultCode.AUTH_EXPIRED, f"token endpoint: HTTP {response.status}", status=response.status)
    try:
        answer = msgspec.json.decode(response.body, type=_TokenAnswer)
        life = None if answer.expires_in is None else float(answer.expires_in)
    except (msgspec.MsgspecError, ValueError):
        raise SourceError(FaultCode.CONTRACT_MISMATCH, "token endpoint: unreadable answer") from None
    return answer.access_token, life


def _with_header(request: Request, value: str) -> Request:
    return msgspec.structs.replace(request, headers={**request.headers, "Authorization": value})


class StaticBearer:
    """A key that does not expire, e.g. a user application's."""

    def __init__(self, key: str) -> None:
        self._key = key

    def token_request(self) -> None:
        """Need no token."""
        return

    def read_token(self, response: Response) -> tuple[str, float | None]:
        """Read a token answer, should there ever be one."""
        return _read(response)

    def apply(self, request: Request, token: str) -> Request:  # noqa: ARG002 -- the key is the token
        """Add the key."""
        return _with_header(request, f"Bearer {self._key}")


class _Granted:
    """A token from a token endpoint, carried as a bearer."""

    def __init__(self, token_url: str) -> None:
        self._token_url = token_url

    def read_token(self, response: Response) -> tuple[str, float | None]:
        """Read the token and its life in seconds, None when the endpoint does not say."""
        return _read(response)

    def apply(self, request: Request, token: str) -> Request:
        """Add the token."""
        return _with_header(request, f"Bearer {token}")

    def _request(self, form: Sequence[tuple[str, str]], headers: dict[str, str] | None = None) -> Request:
        accept = {"Accept": "application/json", **(headers or {})}
        return Request(method="POST", path=self._token_url, operation="token", form=form, headers=accept, safe=True)


class ClientCredentials(_Granted):
    """RFC 6749 4.4, with the secret in the body or (basic) in the header."""

    def __init__(
        self, *, token_url: str, client_id: str, client_secret: str, scope: str | None = None, basic: bool = False
    ) -> None:
        super().__init__(token_url)
        self._client_id = client_id
        self._client_secret = client_secret
        self._scope = scope
        self._basic = basic

    def token_request(self) -> Request:
        """Ask for a token."""
        form = [("grant_type", "client_credentials")]
        if self._scope is not None:
            form.append(("scope", self._scope))
        if self._basic:
            pair = base64.b64encode(f"{self._client_id}:{self._client_secret}".encode()).decode()
            return self._request(form, {"Authorization": f"Basic {pair}"})
        return self._request([*form, ("client_id", self._client_id), ("client_secret", self._client_secret)])


class JwtBearer(_Granted):
    """RFC 7523 2.1: an assertion, signed with the client's key, for a user who has consented beforehand."""

    def __init__(
        self,
        *,
        token_url: str,
        client_id: str,
        subject: str,
        audience: str,
        private_key: str,
        algorithm: str = "RS256",
        clock: Clock = time.time,
    ) -> None:
        super().__init__(token_url)
        self._claims = {"iss": client_id, "sub": subject, "aud": audience}
        self._key = _private_key(private_key, algorithm)
        self._algorithm = algorithm
        self._clock = clock

    def token_request(self) -> Request:
        """Ask for a token with a fresh assertion."""
        claims = {**self._claims, "exp": int(self._clock()) + ASSERTION_SECONDS}
        assertion = jwt.encode({"alg": self._algorithm}, claims, self._key, algorithms=[self._algorithm])
        return self._request([("grant_type", JWT_BEARER), ("assertion", assertion)])


class ClientAssertion(_Granted):
    """RFC 7523 2.2: client credentials, the client proven by an assertion for the token endpoint."""

    def __init__(
        self,
        *,
        token_url: str,
        client_id: str,
        key_id: str,
        private_key: str,
        algorithm: str,
        scopes: Sequence[str] = (),
        clock: Clock = time.time,
    ) -> None:
        super().__init__(token_url)
        self._client_id = client_id
        self._key_id = key_id
        self._key = _private_key(private_key, algorithm)
        self._algorithm = algorithm
        self._scopes = tuple(scopes)
        self._clock = clock

    def token_request(self) -> Request:
        """Ask for a token with a fresh assertion; scopes go into the assertion, comma separated, as NetSuite wants them."""
        now = int(self._clock())
        claims: dict[str, Any] = {
            "iss": self._client_id,
            "aud": self._token_url,
            "iat": now,
            "exp": now + ASSERTION_SECONDS,
            "jti": uuid.uuid4().hex,
        }
        if self._scopes:
            claims["scope"] = ",".join(self._scopes)
        header = {"alg": self._algorithm, "kid": self._key_id, "typ": "JWT"}
        assertion = jwt.encode(header, claims, self._key, algorithms=[self._algorithm])
        return self._request(
            [
                ("grant_type", "client_credentials"),
                ("client_assertion_type", ASSERTION_TYPE),
                ("client_assertion", assertion),
            ]
        )


def _private_key(pem: str, algorithm: str) -> Key:
    """Read a PEM key that fits the algorithm; raises ConfigurationError without ever showing the key."""
    try:
        return ECKey.import_key(pem) if algorithm.startswith("ES") else RSAKey.import_key(pem)
    except (JoseError, ValueError, TypeError):
        raise ConfigurationError([f"the private key is not a PEM key that can sign {algorithm}"]) from None

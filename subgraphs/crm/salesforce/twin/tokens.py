"""The token endpoint and its sessions: client credentials (Basic or body) and JWT bearer (RFC 7523, RS256)."""

import secrets
from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from hmac import compare_digest

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey

from subgraphs.crm.salesforce.twin.org import build_record_id
from subgraphs.crm.salesforce.twin.responses import ApiResponse

TOKEN_PATH = "/services/oauth2/token"  # noqa: S105 -- a path
_JWT_GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
_AUDIENCES = frozenset({"https://login.salesforce.com", "https://test.salesforce.com"})
_MAX_LIFETIME = 300
_ORG_ID = build_record_id("00D", "org")


@dataclass(frozen=True, kw_only=True)
class ConnectedApp:
    """The connected app: consumer key and secret.

    With JWT bearer it also has the public key of its certificate and the user to act as.
    """

    id: str
    secret: str
    public_key: str | None = None
    username: str | None = None

    def __repr__(self) -> str:
        return f"Client(id={self.id!r})"


class _GrantError(Exception):
    """A rejected token request, with its OAuth error code and description."""

    def __init__(self, code: str, description: str) -> None:
        super().__init__(description)
        self.body = {"error": code, "error_description": description}


class Sessions:
    """Open sessions; access tokens are opaque and have no announced lifetime."""

    def __init__(self, client: ConnectedApp, clock: Callable[[], datetime]) -> None:
        self._client = client
        self._clock = clock
        self._open: set[str] = set()

    def is_open(self, authorization: str) -> bool:
        """Return whether an Authorization header has the token of an open session."""
        scheme, _, token = authorization.partition(" ")
        return scheme.lower() == "bearer" and token in self._open

    def expire_all(self) -> None:
        """End all sessions, as a session policy or an administrator does."""
        self._open.clear()

    def answer_token_request(self, form: Mapping[str, str], authorization: str, instance: str) -> ApiResponse:
        """Return 200 with a new session, or 400 with an OAuth error."""
        try:
            self._require_grant(form, authorization)
        except _GrantError as error:
            return ApiResponse(status=400, body=error.body)
        return ApiResponse(body=self._open_session(instance))

    def _require_grant(self, form: Mapping[str, str], authorization: str) -> None:
        match form.get("grant_type"):
            case "client_credentials":
                self._require_secret(form, authorization)
            case grant if grant == _JWT_GRANT:
                self._require_assertion(form.get("assertion", ""), self._clock())
            case _:
                raise _GrantError("unsupported_grant_type", "grant type not supported")

    def _require_secret(self, form: Mapping[str, str], authorization: str) -> None:
        client, secret = form.get("client_id", ""), form.get("client_secret", "")
        if authorization.lower().startswith("basic "):
            try:
                client, _, secret = b64decode(authorization[6:], validate=True).decode().partition(":")
            except (NotBase64, UnicodeDecodeError):
                raise _GrantError("invalid_client", "invalid client credentials") from None
        if not compare_digest(client.encode(), self._client.id.encode()):
            raise _GrantError("invalid_client_id", "client identifier invalid")
        if not compare_digest(secret.encode(), self._client.secret.encode()):
            raise _GrantError("invalid_client", "invalid client credentials")

    def _require_assertion(self, assertion: str, now: datetime) -> None:
        if self._client.public_key is None:
            raise _GrantError("invalid_grant", "user hasn't approved this consumer")
        try:
            token = jwt.decode(assertion, RSAKey.import_key(self._client.public_key), algorithms=["RS256"])
        except (JoseError, ValueError):
            raise _GrantError("invalid_grant", "invalid assertion") from None
        claims = token.claims
        expires = claims.get("exp")
        if claims.get("iss") != self._client.id:
            raise _GrantError("invalid_client_id", "client identifier invalid")
        if claims.get("sub") != self._client.username:
            raise _GrantError("invalid_grant", "user hasn't approved this consumer")
        if claims.get("aud") not in _AUDIENCES:
            raise _GrantError("invalid_grant", "audience is invalid")
        if not 0 < _parse_timestamp(expires) - now.timestamp() <= _MAX_LIFETIME:
            raise _GrantError("invalid_grant", "expired authorization code")

    def _open_session(self, instance: str) -> dict[str, str]:
        token = f"{_ORG_ID[:15]}!{secrets.token_urlsafe(48)}"
        self._open.add(token)
        user = build_record_id("005", self._client.username or "integration")
        return {
            "access_token": token,
            "signature": b64encode(secrets.token_bytes(32)).decode(),
            "token_format": "opaque",
            "scope": "api",
            "instance_url": instance,
            "id": f"{instance}/id/{_ORG_ID}/{user}",
            "token_type": "Bearer",
            "issued_at": str(int(self._clock().timestamp() * 1000)),
        }


def _parse_timestamp(claim: object) -> float:
    """Return a timestamp claim, which some clients send as text; 0 for an invalid one."""
    try:
        return float(claim) if isinstance(claim, int | float | str) else 0
    except ValueError:
        return 0

"""Issues and validates tokens for API clients for integrations.

Access tokens are JWTs, as clients read the expiry from them.
"""

import base64
import binascii
import hmac
import secrets
from urllib.parse import parse_qsl

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from subgraphs.hcm.workday.twin.refusals import RefusalError
from subgraphs.hcm.workday.twin.settings import TwinSettings


class Tokens:
    """Issues and validates access tokens. Tokens issued before `expire_all` are invalid."""

    def __init__(self, settings: TwinSettings) -> None:
        self._settings = settings
        self._key = OctKey.import_key(secrets.token_bytes(32))
        self._epoch = 0

    def expire_all(self) -> None:
        """Invalidate all tokens issued so far."""
        self._epoch += 1

    async def handle_token_request(self, request: Request) -> Response:
        """Answer a token request (RFC 6749, 6)."""
        fields = dict(parse_qsl((await request.body()).decode("ascii", "replace")))
        settings = self._settings
        is_known_client = _is_equal(_parse_basic(request), f"{settings.client_id}:{settings.client_secret}")
        if not is_known_client:
            return JSONResponse({"error": "invalid_client"}, 401)
        if fields.get("grant_type") != "refresh_token":
            return JSONResponse({"error": "unsupported_grant_type"}, 400)
        if not _is_equal(fields.get("refresh_token", ""), settings.refresh_token):
            return JSONResponse({"error": "invalid_grant"}, 400)
        return JSONResponse(
            {"access_token": self._issue_token(), "token_type": "Bearer", "expires_in": settings.token_seconds}
        )

    def _issue_token(self) -> str:
        now = int(self._settings.now().timestamp())
        claims = {"iss": "OMS", "iat": now, "exp": now + self._settings.token_seconds, "epoch": self._epoch}
        return jwt.encode({"alg": "HS256", "typ": "JWT"}, claims, self._key)

    def require_token(self, request: Request) -> None:
        """Raise RefusalError unless a request carries a valid token."""
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        try:
            claims = jwt.decode(token, self._key).claims if scheme.lower() == "bearer" else {}
        except (JoseError, ValueError):
            claims = {}
        now = self._settings.now().timestamp()
        if not claims or claims["epoch"] != self._epoch or claims["exp"] <= now:
            raise RefusalError(401)


def _parse_basic(request: Request) -> str:
    scheme, _, value = request.headers.get("authorization", "").partition(" ")
    try:
        return base64.b64decode(value).decode() if scheme.lower() == "basic" else ""
    except (binascii.Error, UnicodeDecodeError):
        return ""


def _is_equal(given: str, expected: str) -> bool:
    return hmac.compare_digest(given.encode(), expected.encode())

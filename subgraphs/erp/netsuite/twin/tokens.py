"""The token endpoint: issues access tokens for client assertions, and verifies them.

Source: NetSuite help, section_162755359851 and section_158255317571.
"""

import base64
import binascii
import json
import secrets
from functools import cache
from typing import Any
from urllib.parse import parse_qsl

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, RSAKey
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from subgraphs.erp.netsuite.twin import refusals
from subgraphs.erp.netsuite.twin.settings import TwinSettings

TOKEN_PATH = "/services/rest/auth/oauth2/v1/token"  # noqa: S105 -- a path
ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
MAX_ASSERTION_SECONDS = 3600
SCOPES = frozenset({"restlets", "rest_webservices", "suite_analytics"})


class TokenRefusedError(Exception):
    """A refused token request; the message is the OAuth 2.0 error code."""


class TokenService:
    """Issues and verifies access tokens; `expire_all` invalidates the tokens issued before."""

    def __init__(self, settings: TwinSettings) -> None:
        self._settings = settings
        self._client_key = _import_public_key(settings.public_key)
        self._own_key = _generate_signing_key()
        self._account = secrets.token_hex(8)
        self._epoch = 0

    def expire_all(self) -> None:
        """Invalidate every token issued so far."""
        self._epoch += 1

    async def answer_token_request(self, request: Request) -> Response:
        """Answer a token request."""
        fields = dict(parse_qsl((await request.body()).decode("ascii", "replace")))
        audience = (self._settings.origin or str(request.base_url).rstrip("/")) + TOKEN_PATH
        try:
            scope = self._grant_scopes(fields, audience)
        except TokenRefusedError as error:
            return JSONResponse({"error": str(error)}, 400 if str(error) != "invalid_client" else 401)
        return JSONResponse(
            {
                "access_token": self._issue(scope),
                "expires_in": str(self._settings.token_seconds),
                "token_type": "bearer",
            }
        )

    def _grant_scopes(self, fields: dict[str, str], audience: str) -> list[str]:
        """Return the scopes of a valid token request; raise TokenRefusedError if it is invalid."""
        if fields.get("grant_type") != "client_credentials":
            raise TokenRefusedError("unsupported_grant_type")
        assertion = fields.get("client_assertion", "")
        if fields.get("client_assertion_type") != ASSERTION_TYPE or not assertion:
            raise TokenRefusedError("invalid_request")
        header = _parse_header(assertion)
        if header.get("alg") not in self._settings.algorithms or header.get("kid") != self._settings.certificate_id:
            raise TokenRefusedError("invalid_client")
        try:
            claims = jwt.decode(assertion, self._client_key, algorithms=list(self._settings.algorithms)).claims
        except (JoseError, ValueError) as error:
            raise TokenRefusedError("invalid_client") from error
        self._check_claims(claims, audience)
        scopes = _parse_scopes(claims.get("scope"))
        if not scopes or not set(scopes) <= SCOPES:
            raise TokenRefusedError("invalid_scope")
        return scopes

    def _check_claims(self, claims: dict[str, Any], audience: str) -> None:
        now = self._settings.login_clock().timestamp()
        issued, expires = claims.get("iat"), claims.get("exp")
        if claims.get("iss") != self._settings.client_id:
            raise TokenRefusedError("invalid_client")
        if not isinstance(issued, int) or not isinstance(expires, int) or claims.get("aud") != audience:
            raise TokenRefusedError("invalid_request")
        if not now < expires <= issued + MAX_ASSERTION_SECONDS or issued > now + 60:
            raise TokenRefusedError("invalid_request")

    def _issue(self, scope: list[str]) -> str:
        settings = self._settings
        now = int(settings.login_clock().timestamp())
        claims = {
            "iss": "https://system.netsuite.com",
            "sub": "3;-5",
            "aud": [f"9001;{settings.company}", settings.client_id],
            "scope": scope,
            "iat": now,
            "exp": now + settings.token_seconds,
            "epoch": [self._account, self._epoch],
        }
        return jwt.encode({"alg": "PS256", "typ": "JWT"}, claims, self._own_key, algorithms=["PS256"])

    def require_scope(self, request: Request, scope: str) -> None:
        """Raise RefusalError unless the request has a valid token with the scope."""
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        try:
            claims = jwt.decode(token, self._own_key, algorithms=["PS256"]).claims if scheme.lower() == "bearer" else {}
        except (JoseError, ValueError):
            claims = {}
        if (
            not claims
            or claims["epoch"] != [self._account, self._epoch]
            or claims["exp"] <= self._settings.login_clock().timestamp()
        ):
            raise refusals.RefusalError(401, "INVALID_LOGIN", refusals.LOGIN)
        if scope not in claims["scope"]:
            raise refusals.RefusalError(
                403, "INSUFFICIENT_PERMISSION", "The token does not carry the scope that this request needs."
            )


@cache
def _generate_signing_key() -> RSAKey:
    """Return the signing key of the process; the `epoch` claim distinguishes the tokens of its twins."""
    return RSAKey.generate_key(2048)


def _import_public_key(pem: str) -> ECKey | RSAKey:
    try:
        return ECKey.import_key(pem)
    except (JoseError, ValueError):
        return RSAKey.import_key(pem)


def _parse_header(assertion: str) -> dict[str, Any]:
    part = assertion.split(".", 1)[0]
    try:
        header = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except (binascii.Error, ValueError) as error:
        raise TokenRefusedError("invalid_request") from error
    return header if isinstance(header, dict) else {}


def _parse_scopes(scope: object) -> list[str]:
    """Return the scopes of a claim, which is comma-separated text or an array."""
    if isinstance(scope, str):
        return [part.strip() for part in scope.split(",") if part.strip()]
    return [str(part) for part in scope] if isinstance(scope, list) else []

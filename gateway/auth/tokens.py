"""Verifies access tokens (RFC 9068, RFC 8725): every check before any claim is believed, one flat refusal for all causes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NewType

import msgspec
from joserfc import jws, jwt
from joserfc.errors import JoseError

from gateway.auth.issuers import Issuer
from gateway.auth.jwks import Fetch, Jwks, KeysUnavailableError
from gateway.auth.principal import ClaimError, Principal, principal_of
from gateway.errors import NotAuthenticatedError

AccessToken = NewType("AccessToken", str)
"""A token as it came: it proves nothing."""

MAX_TOKEN_CHARS = 8192
FORBIDDEN_HEADERS = frozenset({"jku", "jwk", "x5u", "x5c", "crit", "b64"})
REFUSAL = "The access token is missing, expired or not accepted."


def bearer_token(authorization: str) -> AccessToken:
    """Return the token of `Bearer <token>` (RFC 6750, 2.1), an empty one for anything else."""
    scheme, _, token = authorization.partition(" ")
    return AccessToken(token if scheme.lower() == "bearer" else "")


class TokenRefusedError(NotAuthenticatedError):
    """A token that is not accepted. `cause` is for the metric; outside, all causes look the same."""

    def __init__(self, cause: str) -> None:
        super().__init__(REFUSAL)
        self.cause = cause


@dataclass(frozen=True)
class _Trusted:
    issuer: Issuer
    jwks: Jwks


class TokenVerifier:
    """Turns tokens of the configured issuers into principals."""

    def __init__(self, issuers: Sequence[Issuer], fetch: Fetch) -> None:
        self._trusted = {issuer.issuer: _Trusted(issuer, Jwks(issuer.jwks_url, fetch)) for issuer in issuers}

    @property
    def ready(self) -> bool:
        """Whether the keys of every issuer were had at least once."""
        return all(trusted.jwks.ready for trusted in self._trusted.values())

    async def verify(self, token: AccessToken) -> Principal:
        """Return the principal that a token stands for.

        Raises TokenRefusedError for anything that is not a valid token of ours; KeysUnavailableError when the issuer's keys cannot be had.
        """
        try:
            return await self._verified(token)
        except (TokenRefusedError, KeysUnavailableError):
            raise
        except ClaimError:
            raise TokenRefusedError("claims") from None
        except Exception as error:  # noqa: BLE001 -- whatever a made-up token breaks, it is not valid
            raise TokenRefusedError(type(error).__name__) from None

    async def _verified(self, token: AccessToken) -> Principal:
        trusted, kid = self._addressee(token)
        issuer = trusted.issuer
        key = await trusted.jwks.key(kid)
        if key is None:
            raise TokenRefusedError("kid")
        try:
            decoded = jwt.decode(token, key, algorithms=list(issuer.algorithms))
        except JoseError as error:
            raise TokenRefusedError(type(error).__name__) from None
        declared = key.get("alg")
        if declared is not None and declared != decoded.header.get("alg"):
            raise TokenRefusedError("alg")
        _registry(issuer).validate(decoded.claims)
        return principal_of(decoded.claims, scope_claim=issuer.scope_claim, client_claim=issuer.client_claim)

    def _addressee(self, token: AccessToken) -> tuple[_Trusted, str]:
        """Check what can be checked before any key is touched; the claims read here choose a key and prove nothing."""
        if len(token) > MAX_TOKEN_CHARS or token.count(".") != 2 or not token.isascii():  # noqa: PLR2004 -- compact JWS
            raise TokenRefusedError("form")
        parsed = jws.extract_compact(token.encode())
        header = parsed.headers()
        claims = _claims(parsed.payload)
        trusted = self._trusted.get(str(claims.get("iss")))
        if trusted is None:
            raise TokenRefusedError("iss")
        if str(header.get("typ", "")).lower() not in trusted.issuer.token_types:
            raise TokenRefusedError("typ")
        if FORBIDDEN_HEADERS & header.keys():
            raise TokenRefusedError("header")
        kid = header.get("kid")
        if not isinstance(kid, str):
            raise TokenRefusedError("kid")
        return trusted, kid


def _claims(payload: bytes) -> Mapping[str, Any]:
    return msgspec.json.decode(payload, type=dict[str, Any])


def _registry(issuer: Issuer) -> jwt.JWTClaimsRegistry:
    needed = {"essential": True}
    return jwt.JWTClaimsRegistry(
        leeway=issuer.leeway,
        iss={"essential": True, "value": issuer.issuer},
        aud={"essential": True, "value": issuer.audience},
        exp=needed,  # type: ignore[arg-type] # joserfc's TypedDict
        sub=needed,  # type: ignore[arg-type] # joserfc's TypedDict
        iat=needed,  # type: ignore[arg-type] # joserfc's TypedDict
        jti=needed,  # type: ignore[arg-type] # joserfc's TypedDict
    )

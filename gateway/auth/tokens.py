"""Verifies access tokens: every rule before any claim is believed, one flat refusal for all causes."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NewType

from gateway.auth.issuers import Issuer
from gateway.auth.jwks import Fetch, Jwks, KeysUnavailableError
from gateway.auth.principal import ClaimError, Principal, principal_of
from gateway.auth.rules import Cause, Presented, claim_refusals, header_refusals, key_refusals, presented
from gateway.errors import NotAuthenticatedError

AccessToken = NewType("AccessToken", str)
"""A token as it came: it proves nothing."""

REFUSAL = "The access token is missing, expired or not accepted."


def bearer_token(authorization: str) -> AccessToken:
    """Return the token of `Bearer <token>` (RFC 6750, 2.1), an empty one for anything else."""
    scheme, _, token = authorization.partition(" ")
    return AccessToken(token if scheme.lower() == "bearer" else "")


class TokenRefusedError(NotAuthenticatedError):
    """A token that is not accepted. `cause` is for the metric; outside, all causes look the same."""

    def __init__(self, cause: Cause) -> None:
        super().__init__(REFUSAL)
        self.cause = cause


@dataclass(frozen=True, kw_only=True)
class Inspection:
    """What is to be said of a token: what it claims, and everything that speaks against it; while anything does, nothing of it is proved.

    `issuer` is the trusted one that it names. Without `keys` these could not be had, and the signature is not judged.
    """

    header: Mapping[str, Any]
    claims: Mapping[str, Any]
    refusals: tuple[Cause, ...]
    issuer: Issuer | None = None
    keys: bool = True


_NOTHING: Final = Presented("", {}, {})


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
        except Exception:  # noqa: BLE001 -- whatever a made-up token breaks, it is not valid
            raise TokenRefusedError(Cause.FORM) from None

    async def _verified(self, token: AccessToken) -> Principal:
        parts = presented(token)
        trusted = self._addressee(parts)
        _refuse_first(header_refusals(parts, trusted.issuer))
        key = await trusted.jwks.key(parts.header["kid"])
        _refuse_first(key_refusals(parts, key, trusted.issuer))
        _refuse_first(claim_refusals(parts.claims, trusted.issuer))
        return _authority(parts, trusted.issuer)

    async def inspect(self, token: AccessToken) -> Inspection:
        """Return everything that speaks against a token; when nothing does and its keys could be had, `verify` accepts it."""
        parts = _NOTHING
        try:
            parts = presented(token)
            return await _inspected(parts, self._addressee(parts))
        except TokenRefusedError as refused:
            cause = refused.cause
        except Exception:  # noqa: BLE001 -- as above
            cause = Cause.FORM
        return Inspection(header=parts.header, claims=parts.claims, refusals=(cause,))

    def _addressee(self, token: Presented) -> _Trusted:
        """Choose the issuer by what the token claims, which proves nothing."""
        trusted = self._trusted.get(str(token.claims.get("iss")))
        if trusted is None:
            raise TokenRefusedError(Cause.ISSUER)
        return trusted


def _refuse_first(refusals: Iterator[Cause]) -> None:
    """Raise TokenRefusedError for the first refusal, and ask for no further."""
    for cause in refusals:
        raise TokenRefusedError(cause)


async def _inspected(token: Presented, trusted: _Trusted) -> Inspection:
    """Ask for everything that speaks against a token of a trusted issuer."""
    issuer, keys = trusted.issuer, True
    refusals = [*header_refusals(token, issuer)]
    try:
        if Cause.KEY not in refusals:
            refusals += key_refusals(token, await trusted.jwks.key(token.header["kid"]), issuer)
    except KeysUnavailableError:
        keys = False
    refusals += claim_refusals(token.claims, issuer)
    if not refusals:
        try:
            _authority(token, issuer)
        except TokenRefusedError as refused:
            refusals = [refused.cause]
    return Inspection(header=token.header, claims=token.claims, refusals=tuple(refusals), issuer=issuer, keys=keys)


def _authority(token: Presented, issuer: Issuer) -> Principal:
    """Turn what nothing speaks against into authority; raises TokenRefusedError when its claims stand for none."""
    try:
        return principal_of(token.claims, scope_claim=issuer.scope_claim, client_claim=issuer.client_claim)
    except (ClaimError, ValueError, OverflowError, OSError):
        raise TokenRefusedError(Cause.CLAIMS) from None

"""Verifies access tokens: every rule before any claim is trusted, and one message for every reason of rejection."""

import hashlib
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NewType

from cachetools import TLRUCache

from gateway.auth.issuers import Issuer
from gateway.auth.jwks import Fetch, Jwks, KeysUnavailableError
from gateway.auth.principal import ClaimError, Principal, build_principal
from gateway.auth.rules import ParsedToken, RejectionReason, check_claims, check_header, check_signature, parse_token
from gateway.errors import NotAuthenticatedError

AccessToken = NewType("AccessToken", str)
"""A token as received: nothing in it is verified."""

REJECTION_MESSAGE = "The access token is missing, expired or not accepted."

MAX_CACHED_TOKENS: Final = 4096
"""Verified tokens that are kept per issuer; the least recently used go first."""
MAX_CACHED_SECONDS: Final = 60.0
"""How long a verified token is kept, unless it expires before."""


def parse_bearer_token(authorization: str) -> AccessToken:
    """Return the token of `Bearer <token>` (RFC 6750, 2.1); an empty one for anything else."""
    scheme, _, token = authorization.partition(" ")
    return AccessToken(token if scheme.lower() == "bearer" else "")


class TokenRejectedError(NotAuthenticatedError):
    """A token that is not accepted. `reason` is for metrics; callers get the same message for every reason."""

    def __init__(self, reason: RejectionReason) -> None:
        super().__init__(REJECTION_MESSAGE)
        self.reason = reason


@dataclass(frozen=True, kw_only=True)
class TokenInspection:
    """The content of a token and every reason to reject it; unless there are none, nothing of it is verified.

    `issuer` is the configured issuer that it names. `keys` is False if they could not be fetched; then the signature
    was not checked.
    """

    header: Mapping[str, Any]
    claims: Mapping[str, Any]
    reasons: tuple[RejectionReason, ...]
    issuer: Issuer | None = None
    keys_available: bool = True


_NOTHING: Final = ParsedToken("", {}, {})


class _TrustedIssuer:
    """An issuer with its keys and the principals of its tokens that have been verified.

    The cache holds SHA-256 digests, never tokens, and no rejections. A changed key set empties it, so that a withdrawn
    key ends its tokens; with stale keys, or keys that should be fetched again, it is not used.
    """

    def __init__(self, issuer: Issuer, fetch: Fetch, now: Callable[[], float], monotonic: Callable[[], float]) -> None:
        self.issuer = issuer
        self.principals: TLRUCache[bytes, Principal] = TLRUCache(MAX_CACHED_TOKENS, _choose_expiry, timer=now)
        self.jwks = Jwks(issuer.jwks_url, fetch, monotonic, self.principals.clear)


def _choose_expiry(_digest: bytes, principal: Principal, now: float) -> float:
    return min(now + MAX_CACHED_SECONDS, principal.expires_at.timestamp())


class TokenVerifier:
    """Turns tokens of the configured issuers into principals. `now` gives seconds since the epoch."""

    def __init__(
        self,
        issuers: Sequence[Issuer],
        fetch: Fetch,
        now: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._trusted = {issuer.issuer: _TrustedIssuer(issuer, fetch, now, monotonic) for issuer in issuers}
        self._now = now

    @property
    def ready(self) -> bool:
        """Whether the keys of every issuer were fetched at least once."""
        return all(trusted.jwks.ready for trusted in self._trusted.values())

    async def verify(self, token: AccessToken) -> Principal:
        """Return the principal of a token.

        Raises TokenRejectedError for anything that is not a valid token of a configured issuer; KeysUnavailableError if
        the issuer's keys cannot be fetched.
        """
        try:
            digest = hashlib.sha256(token.encode()).digest()
            return self._find_principal(digest) or await self._verify_rules(token, digest)
        except (TokenRejectedError, KeysUnavailableError):
            raise
        except Exception:  # noqa: BLE001 -- whatever a forged token breaks, it is not valid
            raise TokenRejectedError(RejectionReason.FORM) from None

    def _find_principal(self, digest: bytes) -> Principal | None:
        for trusted in self._trusted.values():
            principal = trusted.principals.get(digest)
            if principal is not None and not trusted.jwks.is_stale and not trusted.jwks.is_due:
                return principal
        return None

    async def _verify_rules(self, token: AccessToken, digest: bytes) -> Principal:
        parts = parse_token(token)
        trusted = self._find_issuer(parts)
        _raise_first(check_header(parts, trusted.issuer))
        key = await trusted.jwks.get_key(parts.header["kid"])
        _raise_first(check_signature(parts, key, trusted.issuer))
        _raise_first(check_claims(parts.claims, trusted.issuer, int(self._now())))
        principal = _build_principal(parts, trusted.issuer)
        trusted.principals[digest] = principal
        return principal

    async def inspect(self, token: AccessToken) -> TokenInspection:
        """Return every reason to reject a token. Without one, and with the keys at hand, `verify` accepts it."""
        parts = _NOTHING
        try:
            parts = parse_token(token)
            return await self._inspect_rules(parts, self._find_issuer(parts))
        except TokenRejectedError as error:
            reason = error.reason
        except Exception:  # noqa: BLE001 -- as above
            reason = RejectionReason.FORM
        return TokenInspection(header=parts.header, claims=parts.claims, reasons=(reason,))

    async def _inspect_rules(self, token: ParsedToken, trusted: _TrustedIssuer) -> TokenInspection:
        issuer, keys = trusted.issuer, True
        reasons = [*check_header(token, issuer)]
        try:
            if RejectionReason.KEY not in reasons:
                reasons += check_signature(token, await trusted.jwks.get_key(token.header["kid"]), issuer)
        except KeysUnavailableError:
            keys = False
        reasons += check_claims(token.claims, issuer, int(self._now()))
        if not reasons:
            try:
                _build_principal(token, issuer)
            except TokenRejectedError as error:
                reasons = [error.reason]
        return TokenInspection(
            header=token.header, claims=token.claims, reasons=tuple(reasons), issuer=issuer, keys_available=keys
        )

    def _find_issuer(self, token: ParsedToken) -> _TrustedIssuer:
        """Return the issuer that the token claims. Raises TokenRejectedError if it is not configured."""
        trusted = self._trusted.get(str(token.claims.get("iss")))
        if trusted is None:
            raise TokenRejectedError(RejectionReason.ISSUER)
        return trusted


def _raise_first(reasons: Iterator[RejectionReason]) -> None:
    """Raise TokenRejectedError for the first reason; the remaining rules are not checked."""
    for reason in reasons:
        raise TokenRejectedError(reason)


def _build_principal(token: ParsedToken, issuer: Issuer) -> Principal:
    """Return the principal of a verified token; raises TokenRejectedError for claims that give no authority."""
    try:
        return build_principal(token.claims, scope_claim=issuer.scope_claim, client_claim=issuer.client_claim)
    except (ClaimError, ValueError, OverflowError, OSError):
        raise TokenRejectedError(RejectionReason.CLAIMS) from None

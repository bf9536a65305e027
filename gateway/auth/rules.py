"""The rules for an access token (RFC 9068, RFC 8725), each with its reason for rejection.

Pure functions: the verifier stops at the first reason, an inspection collects all of them.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

import msgspec
from joserfc import jws, jwt
from joserfc.errors import BadSignatureError, JoseError
from joserfc.jwk import Key

from gateway.auth.issuers import Issuer

MAX_TOKEN_CHARS: Final = 8192
FORBIDDEN_HEADERS: Final = frozenset({"jku", "jwk", "x5u", "x5c", "crit", "b64"})


class RejectionReason(StrEnum):
    """Why a token is rejected, in the order of the checks. For metrics and operators; never shown to callers."""

    FORM = "form"
    ISSUER = "iss"
    TYPE = "typ"
    HEADER = "header"
    KEY = "kid"
    ALGORITHM = "alg"
    SIGNATURE = "signature"
    AUDIENCE = "aud"
    EXPIRY = "exp"
    NOT_BEFORE = "nbf"
    ISSUED = "iat"
    SUBJECT = "sub"
    TOKEN_ID = "jti"  # noqa: S105 -- the name of a claim
    LIFETIME = "lifetime"
    CONFIRMATION = "cnf"
    CLAIMS = "claims"


@dataclass(frozen=True)
class ParsedToken:
    """A parsed token; nothing in it is verified."""

    text: str = field(repr=False)
    header: Mapping[str, Any]
    claims: Mapping[str, Any]


class FormError(ValueError):
    """The text is not a compact JWS of at most `MAX_TOKEN_CHARS`."""


def parse_token(text: str) -> ParsedToken:
    """Parse a token. Raises FormError, or any other exception for a forged token."""
    if len(text) > MAX_TOKEN_CHARS or text.count(".") != 2 or not text.isascii():  # noqa: PLR2004 -- compact JWS
        raise FormError
    parsed = jws.extract_compact(text.encode())
    return ParsedToken(text, parsed.headers(), msgspec.json.decode(parsed.payload, type=dict[str, Any]))


def check_header(token: ParsedToken, issuer: Issuer) -> Iterator[RejectionReason]:
    """Yield the reasons to reject the header; needs no key."""
    if str(token.header.get("typ", "")).lower() not in issuer.token_types:
        yield RejectionReason.TYPE
    if FORBIDDEN_HEADERS & token.header.keys():
        yield RejectionReason.HEADER
    if not isinstance(token.header.get("kid"), str):
        yield RejectionReason.KEY


def check_signature(token: ParsedToken, key: Key | None, issuer: Issuer) -> Iterator[RejectionReason]:
    """Yield the reasons to reject the signature.

    `key` is the issuer's key for the header's `kid`, None if it has none.
    """
    if key is None:
        yield RejectionReason.KEY
        return
    try:
        decoded = jwt.decode(token.text, key, algorithms=list(issuer.algorithms))
    except BadSignatureError:
        yield RejectionReason.SIGNATURE
        return
    except JoseError:
        yield RejectionReason.ALGORITHM
        return
    if key.get("alg") not in {None, decoded.header.get("alg")}:
        yield RejectionReason.ALGORITHM


def check_claims(claims: Mapping[str, Any], issuer: Issuer, now: int | None = None) -> Iterator[RejectionReason]:
    """Yield the reasons to reject the claims; each claim is checked alone.

    `now` is in seconds since the epoch (None: the current time).
    """
    needed: jwt.ClaimsOption = {"essential": True}
    rules: dict[RejectionReason, jwt.ClaimsOption] = {
        RejectionReason.ISSUER: {"essential": True, "value": issuer.issuer},
        RejectionReason.AUDIENCE: {"essential": True, "value": issuer.audience},
        RejectionReason.EXPIRY: needed,
        RejectionReason.NOT_BEFORE: {},
        RejectionReason.ISSUED: needed,
        RejectionReason.SUBJECT: needed,
        RejectionReason.TOKEN_ID: needed,
    }
    for reason, rule in rules.items():
        registry = jwt.JWTClaimsRegistry(now, issuer.leeway, **{reason.value: rule})
        try:
            registry.validate({name: value for name, value in claims.items() if name == reason.value})
        except JoseError:
            yield reason
    if _is_too_long_lived(claims, issuer):
        yield RejectionReason.LIFETIME
    # RFC 7800: the token is bound to a key. A bearer does not prove possession of the key (RFC 9449 or 8705 would),
    # so the token may be stolen.
    if "cnf" in claims:
        yield RejectionReason.CONFIRMATION


def _is_too_long_lived(claims: Mapping[str, Any], issuer: Issuer) -> bool:
    issued, expiry = claims.get("iat"), claims.get("exp")
    if not isinstance(issued, (int, float)) or not isinstance(expiry, (int, float)):
        return False
    return expiry - issued > issuer.max_lifetime

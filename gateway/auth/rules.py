"""What an access token has to be (RFC 9068, RFC 8725), rule by rule; each refusal has its cause. Pure: the verifier stops at the first, an inspection asks for all."""

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


class Cause(StrEnum):
    """Why a token is refused, in the order in which it is looked at. For metrics and for the operator's own eyes, never for a caller's."""

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
    CONFIRMATION = "cnf"
    CLAIMS = "claims"


@dataclass(frozen=True)
class Presented:
    """A token as it came, taken apart: nothing in it is proved."""

    text: str = field(repr=False)
    header: Mapping[str, Any]
    claims: Mapping[str, Any]


class FormError(ValueError):
    """A text that is no compact JWS of a sensible size."""


def presented(text: str) -> Presented:
    """Take a token apart; raises FormError, or whatever a made-up token breaks."""
    if len(text) > MAX_TOKEN_CHARS or text.count(".") != 2 or not text.isascii():  # noqa: PLR2004 -- compact JWS
        raise FormError
    parsed = jws.extract_compact(text.encode())
    return Presented(text, parsed.headers(), msgspec.json.decode(parsed.payload, type=dict[str, Any]))


def header_refusals(token: Presented, issuer: Issuer) -> Iterator[Cause]:
    """Yield what speaks against the header, before any key is touched."""
    if str(token.header.get("typ", "")).lower() not in issuer.token_types:
        yield Cause.TYPE
    if FORBIDDEN_HEADERS & token.header.keys():
        yield Cause.HEADER
    if not isinstance(token.header.get("kid"), str):
        yield Cause.KEY


def key_refusals(token: Presented, key: Key | None, issuer: Issuer) -> Iterator[Cause]:
    """Yield what speaks against the signature under the issuer's key of the header's `kid`, None where it has no such key."""
    if key is None:
        yield Cause.KEY
        return
    try:
        decoded = jwt.decode(token.text, key, algorithms=list(issuer.algorithms))
    except BadSignatureError:
        yield Cause.SIGNATURE
        return
    except JoseError:
        yield Cause.ALGORITHM
        return
    if key.get("alg") not in {None, decoded.header.get("alg")}:
        yield Cause.ALGORITHM


def claim_refusals(claims: Mapping[str, Any], issuer: Issuer) -> Iterator[Cause]:
    """Yield what speaks against the claims; each is looked at for itself."""
    needed: jwt.ClaimsOption = {"essential": True}
    rules: dict[Cause, jwt.ClaimsOption] = {
        Cause.ISSUER: {"essential": True, "value": issuer.issuer},
        Cause.AUDIENCE: {"essential": True, "value": issuer.audience},
        Cause.EXPIRY: needed,
        Cause.NOT_BEFORE: {},
        Cause.ISSUED: needed,
        Cause.SUBJECT: needed,
        Cause.TOKEN_ID: needed,
    }
    for cause, rule in rules.items():
        registry = jwt.JWTClaimsRegistry(None, issuer.leeway, **{cause.value: rule})
        try:
            registry.validate({name: value for name, value in claims.items() if name == cause.value})
        except JoseError:
            yield cause
    # RFC 7800: bound to a key whose possession a bearer does not prove (RFC 9449 and 8705 would): whoever sends it so may have stolen it.
    if "cnf" in claims:
        yield Cause.CONFIRMATION

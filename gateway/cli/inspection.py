"""Explains a token: why it is rejected and what to do, its age, scopes and row access. Pure; never shows the token."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final, NamedTuple

from gateway.auth.principal import EVERYTHING, ClaimError, build_principal
from gateway.auth.rules import FORBIDDEN_HEADERS, RejectionReason
from gateway.auth.scopes import select_known_scopes
from gateway.auth.tokens import TokenInspection

_NO_TIME: Final = "no time"
_UNITS: Final = (("day", 86_400), ("hour", 3600), ("minute", 60), ("second", 1))


class Explanation(NamedTuple):
    """Why a token is rejected, and what to do."""

    message: str
    remedy: str


_EXPLANATIONS: Final[Mapping[RejectionReason, Explanation]] = {
    RejectionReason.FORM: Explanation(
        "This is not a signed JWT of three parts.", "Copy the whole token, without quotes and line breaks."
    ),
    RejectionReason.SIGNATURE: Explanation(
        "The signature is not valid.",
        "The token was changed, or signed with another key; request a new one.",
    ),
    RejectionReason.SUBJECT: Explanation("It has no subject (sub).", "Configure the provider to name the subject."),
    RejectionReason.CONFIRMATION: Explanation(
        "It is bound to a key (cnf), and is used as a plain bearer token.",
        "Configure the provider to issue bearer tokens: the gateway supports neither DPoP nor client certificates.",
    ),
    RejectionReason.LIFETIME: Explanation(
        "It lives longer than the issuer's `max_lifetime`.",
        "Configure the provider to issue tokens with a shorter life, or raise `max_lifetime` of the issuer.",
    ),
    RejectionReason.TOKEN_ID: Explanation(
        "It has no id (jti).", "Configure the provider to give each token an id (RFC 9068)."
    ),
}


def explain_refusal(
    cause: RejectionReason, found: TokenInspection, issuers: Sequence[str], now: datetime
) -> Explanation:
    """Return the explanation of a cause, with the value found and the value expected."""
    if cause in _EXPLANATIONS:
        return _EXPLANATIONS[cause]
    if cause is RejectionReason.ISSUER:
        known = ", ".join(issuers) or "none"
        return Explanation(
            f"This gateway does not accept the issuer {found.claims.get('iss')}; it accepts {known}.",
            "Request the token from one of these, or add the issuer to the settings, spelled exactly as in the token.",
        )
    if cause in {RejectionReason.TYPE, RejectionReason.HEADER, RejectionReason.KEY, RejectionReason.ALGORITHM}:
        return _explain_header(cause, found)
    if cause in {RejectionReason.EXPIRY, RejectionReason.NOT_BEFORE, RejectionReason.ISSUED}:
        return _explain_time(cause, found, now)
    return _explain_claims(cause, found)


def _explain_header(cause: RejectionReason, found: TokenInspection) -> Explanation:
    header = found.header
    if cause is RejectionReason.TYPE:
        expected = " or ".join(found.issuer.token_types) if found.issuer else ""
        return Explanation(
            f"Its type is {header.get('typ')}; expected is {expected}.",
            "Send the access token, not the ID token; list another type of the provider in `token_types`.",
        )
    if cause is RejectionReason.HEADER:
        forbidden = ", ".join(sorted(FORBIDDEN_HEADERS & header.keys()))
        return Explanation(
            f"Its header contains {forbidden}.", "Configure the provider to name its key by `kid` alone."
        )
    if cause is RejectionReason.KEY:
        return Explanation(
            f"The issuer has no key {header.get('kid')}.", "Request a new token: the issuer has changed its keys."
        )
    allowed = ", ".join(found.issuer.algorithms) if found.issuer else ""
    return Explanation(
        f"It is signed with {header.get('alg')}, which is not accepted for this key.",
        f"Configure the provider to sign with one of {allowed}, as the key's `alg` says.",
    )


def _explain_time(cause: RejectionReason, found: TokenInspection, now: datetime) -> Explanation:
    moment = format_age(found.claims.get(cause.value), now)
    if moment == _NO_TIME:
        return Explanation(
            f"It has no {cause.value}, or one that is not a time.", "Configure the provider to add it (RFC 9068)."
        )
    if cause is RejectionReason.EXPIRY:
        return Explanation(f"It expired {moment}.", "Request a new token.")
    event = "becomes valid" if cause is RejectionReason.NOT_BEFORE else "is issued"
    return Explanation(f"It {event} {moment}.", "Synchronise the clocks of this machine and of the provider.")


def _explain_claims(cause: RejectionReason, found: TokenInspection) -> Explanation:
    issuer = found.issuer
    if cause is RejectionReason.AUDIENCE:
        audience = issuer.audience if issuer else None
        return Explanation(
            f"It is for {found.claims.get('aud')}; this gateway is {audience}.",
            "Request a token for this gateway (`resource` or `audience` of the token request).",
        )
    try:
        if issuer is not None:
            build_principal(found.claims, scope_claim=issuer.scope_claim, client_claim=issuer.client_claim)
        reason = "a claim has another form"
    except ClaimError as error:
        reason = str(error)
    except (ValueError, OverflowError, OSError):
        reason = "a claim has another form"
    return Explanation(f"Its claims cannot be read: {reason}.", "Configure the provider's claims as the manual says.")


def format_age(claim: Any, now: datetime) -> str:
    """Return how long ago a NumericDate was, or how far in the future it is, as text."""
    try:
        elapsed = now - datetime.fromtimestamp(claim, UTC)
    except (TypeError, ValueError, OverflowError, OSError):
        return _NO_TIME
    return f"{_format_length(elapsed)} ago" if elapsed >= timedelta() else f"in {_format_length(-elapsed)}"


def _format_length(span: timedelta) -> str:
    seconds = round(span.total_seconds())
    name, size = next(((name, size) for name, size in _UNITS if seconds >= size), _UNITS[-1])
    number = seconds // size
    return f"{number} {name}{'' if number == 1 else 's'}"


def get_scope_claim(found: TokenInspection) -> str:
    """Return the name of the claim with the scopes."""
    return found.issuer.scope_claim if found.issuer else "scope"


def split_scopes(found: TokenInspection) -> tuple[list[str], list[str]]:
    """Return the known scopes, and the other values of the claim, which grant nothing."""
    claim = found.claims.get(get_scope_claim(found))
    values = claim.split() if isinstance(claim, str) else claim if isinstance(claim, list) else []
    values = [value for value in values if isinstance(value, str)]
    known = select_known_scopes(values)
    return sorted(known), [value for value in values if value not in known]


def describe_rows(found: TokenInspection, tenant: str) -> dict[str, Any]:
    """Return the rows that the token gives access to: none where a claim is missing, "*" for all."""
    claims = {name: found.claims.get(name) or [] for name in ("legal_entities", "regions")}
    bounds = {name: EVERYTHING if EVERYTHING in each else each for name, each in claims.items()}
    tenant_claim = found.claims.get("tenant")
    return {
        "tenant": tenant_claim,
        "served": tenant_claim == tenant,
        **bounds,
        "row_access": found.claims.get("row_access", "own"),
        **({"customers": found.claims["customers"]} if "customers" in found.claims else {}),
    }

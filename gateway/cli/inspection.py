"""What is to be said of a token, in words: what speaks against it and what to do, how old it is, what it may see. Pure; never the token nor its signature."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final, NamedTuple

from gateway.auth.principal import EVERYTHING, ClaimError, principal_of
from gateway.auth.rules import FORBIDDEN_HEADERS, Cause
from gateway.auth.scopes import granted
from gateway.auth.tokens import Inspection

_NO_TIME: Final = "no time"
_UNITS: Final = (("day", 86_400), ("hour", 3600), ("minute", 60), ("second", 1))


class Explanation(NamedTuple):
    """Why a token is refused, and what to do about it."""

    message: str
    remedy: str


_EXPLANATIONS: Final[Mapping[Cause, Explanation]] = {
    Cause.FORM: Explanation(
        "This is no signed token of three parts.", "Copy all of it, without quotes and line breaks."
    ),
    Cause.SIGNATURE: Explanation(
        "The signature does not fit.",
        "The token was changed on its way, or signed with another key; ask for a fresh one.",
    ),
    Cause.SUBJECT: Explanation("It does not say for whom it is (sub).", "Let the provider name the subject."),
    Cause.CONFIRMATION: Explanation(
        "It is bound to a key (cnf), and is sent as a plain bearer token.",
        "Let the provider issue bearer tokens to this client: the gateway takes neither DPoP nor client certificates.",
    ),
    Cause.TOKEN_ID: Explanation("It has no id (jti).", "Let the provider give each token an id (RFC 9068)."),
}


def refusal(cause: Cause, found: Inspection, issuers: Sequence[str], now: datetime) -> Explanation:
    """Say why a cause holds, with what was found and what was wanted."""
    if cause in _EXPLANATIONS:
        return _EXPLANATIONS[cause]
    if cause is Cause.ISSUER:
        known = ", ".join(issuers) or "none"
        return Explanation(
            f"{found.claims.get('iss')} is no issuer of this gateway; there are {known}.",
            "Ask one of these for the token, or add the issuer to the settings: every character counts.",
        )
    if cause in {Cause.TYPE, Cause.HEADER, Cause.KEY, Cause.ALGORITHM}:
        return _explain_header(cause, found)
    if cause in {Cause.EXPIRY, Cause.NOT_BEFORE, Cause.ISSUED}:
        return _explain_time(cause, found, now)
    return _explain_claims(cause, found)


def _explain_header(cause: Cause, found: Inspection) -> Explanation:
    header = found.header
    if cause is Cause.TYPE:
        wanted = " or ".join(found.issuer.token_types) if found.issuer else ""
        return Explanation(
            f"Its type is {header.get('typ')}, wanted is {wanted}.",
            "Send the access token, not the ID token; name in `token_types` what a provider calls it instead.",
        )
    if cause is Cause.HEADER:
        held = ", ".join(sorted(FORBIDDEN_HEADERS & header.keys()))
        return Explanation(f"Its header holds {held}.", "Let the provider name its key by `kid` alone.")
    if cause is Cause.KEY:
        return Explanation(
            f"The issuer has no key {header.get('kid')}.", "Ask for a fresh token: the issuer has changed its keys."
        )
    allowed = ", ".join(found.issuer.algorithms) if found.issuer else ""
    return Explanation(
        f"It is signed by {header.get('alg')}, which is not accepted for this key.",
        f"Let the provider sign with one of {allowed}, by the key's own algorithm.",
    )


def _explain_time(cause: Cause, found: Inspection, now: datetime) -> Explanation:
    told = age(found.claims.get(cause.value), now)
    if told == _NO_TIME:
        return Explanation(f"It has no {cause.value}, or one that is no time.", "Let the provider say it (RFC 9068).")
    if cause is Cause.EXPIRY:
        return Explanation(f"It expired {told}.", "Ask for a fresh token.")
    what = "is valid" if cause is Cause.NOT_BEFORE else "was issued"
    return Explanation(f"It {what} only {told}.", "Set the clocks of this machine and of the provider by the network.")


def _explain_claims(cause: Cause, found: Inspection) -> Explanation:
    issuer = found.issuer
    if cause is Cause.AUDIENCE:
        wanted = issuer.audience if issuer else None
        return Explanation(
            f"It is for {found.claims.get('aud')}, this gateway is {wanted}.",
            "Ask for a token for this gateway (`resource` or `audience` of the token request).",
        )
    try:
        if issuer is not None:
            principal_of(found.claims, scope_claim=issuer.scope_claim, client_claim=issuer.client_claim)
        why = "a claim is of another form"
    except ClaimError as error:
        why = str(error)
    except (ValueError, OverflowError, OSError):
        why = "a claim is of another form"
    return Explanation(
        f"Its claims stand for no authority: {why}.", "Let the provider map the claims as the manual says."
    )


def age(claim: Any, now: datetime) -> str:
    """Say in words how long ago a NumericDate was, or in how long it is."""
    try:
        passed = now - datetime.fromtimestamp(claim, UTC)
    except (TypeError, ValueError, OverflowError, OSError):
        return _NO_TIME
    return f"{_format_length(passed)} ago" if passed >= timedelta() else f"in {_format_length(-passed)}"


def _format_length(span: timedelta) -> str:
    seconds = round(span.total_seconds())
    name, size = next(((name, size) for name, size in _UNITS if seconds >= size), _UNITS[-1])
    number = seconds // size
    return f"{number} {name}{'' if number == 1 else 's'}"


def get_scope_claim(found: Inspection) -> str:
    """Return the claim that holds the scopes."""
    return found.issuer.scope_claim if found.issuer else "scope"


def scopes(found: Inspection) -> tuple[list[str], list[str]]:
    """Return the scopes that exist, and the words that grant nothing."""
    claim = found.claims.get(get_scope_claim(found))
    words = claim.split() if isinstance(claim, str) else claim if isinstance(claim, list) else []
    words = [word for word in words if isinstance(word, str)]
    known = granted(words)
    return sorted(known), [word for word in words if word not in known]


def rows(found: Inspection, tenant: str) -> dict[str, Any]:
    """Return what the token may see: nothing where it does not say, "*" for everything."""
    told = {name: found.claims.get(name) or [] for name in ("legal_entities", "regions")}
    bounds = {name: EVERYTHING if EVERYTHING in each else each for name, each in told.items()}
    own = found.claims.get("tenant")
    return {"tenant": own, "served": own == tenant, **bounds, "breadth": found.claims.get("breadth", "own")}

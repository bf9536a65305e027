"""An inspection lists every reason to reject a token, and never contradicts the verifier."""

import time
from datetime import UTC, datetime
from typing import Any

import pytest

from gateway.auth.jwks import KeysUnavailableError
from gateway.auth.rules import RejectionReason
from gateway.auth.tokens import AccessToken, TokenRejectedError
from gateway.cli.inspection import describe_rows, explain_refusal, format_age, split_scopes
from tests.unit.auth.test_tokens import ATTACKS, AUDIENCE, ISSUER, OTHER, UNBOUND, Provider, build_token

NOW = datetime.now(UTC)


@pytest.mark.parametrize("attack", ATTACKS)
async def test_the_first_reason_is_the_reason_of_the_verifier(attack: str) -> None:
    provider, text = Provider(), AccessToken(ATTACKS[attack]())

    with pytest.raises(TokenRejectedError) as refused:
        await provider.verifier.verify(text)
    found = await provider.verifier.inspect(text)

    assert found.reasons[0] is refused.value.reason


async def test_a_valid_token_has_no_reason_for_rejection() -> None:
    found = await Provider().verifier.inspect(AccessToken(build_token()))

    assert (found.reasons, found.keys_available, found.claims["sub"]) == ((), True, "alice")


async def test_all_reasons_are_listed_in_the_order_of_the_rules() -> None:
    invalid = build_token(
        OTHER, {"typ": "JWT"}, aud="https://other.example", exp=int(time.time()) - 300, sub=None, jti=None
    )

    found = await Provider().verifier.inspect(AccessToken(invalid))

    assert found.reasons == (
        RejectionReason.TYPE,
        RejectionReason.SIGNATURE,
        RejectionReason.AUDIENCE,
        RejectionReason.EXPIRY,
        RejectionReason.SUBJECT,
        RejectionReason.TOKEN_ID,
    )


async def test_without_keys_all_rules_but_the_signature_are_checked() -> None:
    provider = Provider()
    provider.broken = True

    found = await provider.verifier.inspect(AccessToken(build_token(OTHER, aud="https://other.example")))

    assert (found.keys_available, found.reasons) == (False, (RejectionReason.AUDIENCE,))
    with pytest.raises(KeysUnavailableError):
        await provider.verifier.verify(AccessToken(build_token()))


async def test_a_token_of_an_unknown_issuer_causes_no_fetch() -> None:
    provider = Provider()

    found = await provider.verifier.inspect(AccessToken(build_token(iss="https://evil.example")))

    assert (found.reasons, found.issuer, provider.fetched) == ((RejectionReason.ISSUER,), None, 0)


MESSAGES: dict[str, tuple[str, str]] = {
    "not a token": ("garbage", "This is not a signed JWT of three parts."),
    "issuer": (
        build_token(iss=f"{ISSUER}/"),
        f"This gateway does not accept the issuer {ISSUER}/; it accepts {ISSUER}.",
    ),
    "type": (build_token(header={"typ": "JWT"}), "Its type is JWT; expected is at+jwt or application/at+jwt."),
    "header": (build_token(header={"jku": "https://evil.example"}), "Its header contains jku."),
    "key": (build_token(header={"kid": "gone"}), "The issuer has no key gone."),
    "algorithm": (
        build_token(UNBOUND, {"alg": "RS512"}),
        "It is signed with RS512, which is not accepted for this key.",
    ),
    "signature": (build_token(OTHER), "The signature is not valid."),
    "audience": (
        build_token(aud="https://other.example"),
        f"It is for https://other.example; this gateway is {AUDIENCE}.",
    ),
    "no audience": (build_token(aud=None), f"It is for None; this gateway is {AUDIENCE}."),
    "expiry": (build_token(exp=int(NOW.timestamp()) - 3600), "It expired 1 hour ago."),
    "no expiry": (build_token(exp=None), "It has no exp, or one that is not a time."),
    "not before": (build_token(nbf=int(NOW.timestamp()) + 7201), "It becomes valid in 2 hours."),
    "issued": (build_token(iat=int(NOW.timestamp()) + 86_402), "It is issued in 1 day."),
    "subject": (build_token(sub=None), "It has no subject (sub)."),
    "id": (build_token(jti=None), "It has no id (jti)."),
    "bound": (build_token(cnf={"jkt": "x"}), "It is bound to a key (cnf), and is used as a plain bearer token."),
    "tenant": (build_token(tenant=None), "Its claims cannot be read: no tenant or client."),
    "audit": (
        build_token(scope="admin:audit projects:write"),
        "Its claims cannot be read: the audit scope together with a scope that changes data.",
    ),
    "row_access": (build_token(row_access="wide"), "Its claims cannot be read: unknown row_access."),
}


@pytest.mark.parametrize("case", MESSAGES)
async def test_every_reason_has_a_message_and_a_remedy(case: str) -> None:
    text, message = MESSAGES[case]

    found = await Provider().verifier.inspect(AccessToken(text))
    (cause,) = found.reasons
    words = explain_refusal(cause, found, [ISSUER], NOW)

    assert words.message == message
    assert words.remedy


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "0 seconds ago"), (1, "1 second ago"), (-90, "in 1 minute"), (7300, "2 hours ago"), (-200_000, "in 2 days")],
)
def test_an_age_is_formatted_in_its_largest_unit(seconds: int, words: str) -> None:
    assert format_age(int(NOW.timestamp()) - seconds, NOW.replace(microsecond=0)) == words


@pytest.mark.parametrize("claim", [None, "soon", 1e40, float("nan"), [1]])
def test_a_claim_that_is_not_a_time_has_no_age(claim: Any) -> None:
    assert format_age(claim, NOW) == "no time"


async def test_scopes_and_rows_are_shown_as_the_gateway_applies_them() -> None:
    text = build_token(scope="projects:read projects:* king", legal_entities=["US01"], regions=["*", "EU"])

    found = await Provider().verifier.inspect(AccessToken(text))

    assert split_scopes(found) == (["projects:read"], ["projects:*", "king"])
    assert describe_rows(found, "main") == {
        "tenant": "main",
        "served": True,
        "legal_entities": ["US01"],
        "regions": "*",
        "row_access": "own",
    }
    assert describe_rows(found, "another")["served"] is False

"""An inspection tells everything that speaks against a token, and never differs from the verifier's own verdict."""

import time
from datetime import UTC, datetime
from typing import Any

import pytest

from gateway.auth.jwks import KeysUnavailableError
from gateway.auth.rules import Cause
from gateway.auth.tokens import AccessToken, TokenRefusedError
from gateway.cli.inspection import age, refusal, rows, scopes
from tests.unit.auth.test_tokens import ATTACKS, AUDIENCE, ISSUER, OTHER, UNBOUND, Provider, token

NOW = datetime.now(UTC)


@pytest.mark.parametrize("attack", ATTACKS)
async def test_the_first_refusal_is_the_verifiers_cause(attack: str) -> None:
    provider, text = Provider(), AccessToken(ATTACKS[attack]())

    with pytest.raises(TokenRefusedError) as refused:
        await provider.verifier.verify(text)
    found = await provider.verifier.inspect(text)

    assert found.refusals[0] is refused.value.cause


async def test_nothing_speaks_against_a_sound_token() -> None:
    found = await Provider().verifier.inspect(AccessToken(token()))

    assert (found.refusals, found.keys, found.claims["sub"]) == ((), True, "alice")


async def test_all_refusals_are_told_in_the_order_of_the_rules() -> None:
    spoilt = token(OTHER, {"typ": "JWT"}, aud="https://other.example", exp=int(time.time()) - 300, sub=None, jti=None)

    found = await Provider().verifier.inspect(AccessToken(spoilt))

    assert found.refusals == (
        Cause.TYPE,
        Cause.SIGNATURE,
        Cause.AUDIENCE,
        Cause.EXPIRY,
        Cause.SUBJECT,
        Cause.TOKEN_ID,
    )


async def test_without_keys_the_rest_is_told_and_the_signature_is_not_judged() -> None:
    provider = Provider()
    provider.broken = True

    found = await provider.verifier.inspect(AccessToken(token(OTHER, aud="https://other.example")))

    assert (found.keys, found.refusals) == (False, (Cause.AUDIENCE,))
    with pytest.raises(KeysUnavailableError):
        await provider.verifier.verify(AccessToken(token()))


async def test_a_token_of_nobody_we_know_causes_no_fetch() -> None:
    provider = Provider()

    found = await provider.verifier.inspect(AccessToken(token(iss="https://evil.example")))

    assert (found.refusals, found.issuer, provider.fetched) == ((Cause.ISSUER,), None, 0)


WORDS: dict[str, tuple[str, str]] = {
    "not a token": ("garbage", "This is not a signed JWT of three parts."),
    "issuer": (token(iss=f"{ISSUER}/"), f"This gateway does not accept the issuer {ISSUER}/; it accepts {ISSUER}."),
    "type": (token(header={"typ": "JWT"}), "Its type is JWT; expected is at+jwt or application/at+jwt."),
    "header": (token(header={"jku": "https://evil.example"}), "Its header contains jku."),
    "key": (token(header={"kid": "gone"}), "The issuer has no key gone."),
    "algorithm": (token(UNBOUND, {"alg": "RS512"}), "It is signed with RS512, which is not accepted for this key."),
    "signature": (token(OTHER), "The signature is not valid."),
    "audience": (token(aud="https://other.example"), f"It is for https://other.example; this gateway is {AUDIENCE}."),
    "no audience": (token(aud=None), f"It is for None; this gateway is {AUDIENCE}."),
    "expiry": (token(exp=int(NOW.timestamp()) - 3600), "It expired 1 hour ago."),
    "no expiry": (token(exp=None), "It has no exp, or one that is not a time."),
    "not before": (token(nbf=int(NOW.timestamp()) + 7201), "It becomes valid in 2 hours."),
    "issued": (token(iat=int(NOW.timestamp()) + 86_402), "It is issued in 1 day."),
    "subject": (token(sub=None), "It has no subject (sub)."),
    "id": (token(jti=None), "It has no id (jti)."),
    "bound": (token(cnf={"jkt": "x"}), "It is bound to a key (cnf), and is used as a plain bearer token."),
    "tenant": (token(tenant=None), "Its claims cannot be read: no tenant or client."),
    "audit": (
        token(scope="admin:audit projects:write"),
        "Its claims cannot be read: audit together with a power to change.",
    ),
    "breadth": (token(breadth="wide"), "Its claims cannot be read: unknown breadth."),
}


@pytest.mark.parametrize("case", WORDS)
async def test_every_cause_is_told_in_words_with_a_remedy(case: str) -> None:
    text, message = WORDS[case]

    found = await Provider().verifier.inspect(AccessToken(text))
    (cause,) = found.refusals
    words = refusal(cause, found, [ISSUER], NOW)

    assert words.message == message
    assert words.remedy


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "0 seconds ago"), (1, "1 second ago"), (-90, "in 1 minute"), (7300, "2 hours ago"), (-200_000, "in 2 days")],
)
def test_an_age_is_told_in_its_largest_unit(seconds: int, words: str) -> None:
    assert age(int(NOW.timestamp()) - seconds, NOW.replace(microsecond=0)) == words


@pytest.mark.parametrize("claim", [None, "soon", 1e40, float("nan"), [1]])
def test_what_is_no_time_has_no_age(claim: Any) -> None:
    assert age(claim, NOW) == "no time"


async def test_scopes_and_rows_are_told_as_the_gateway_takes_them() -> None:
    text = token(scope="projects:read projects:* king", legal_entities=["US01"], regions=["*", "EU"])

    found = await Provider().verifier.inspect(AccessToken(text))

    assert scopes(found) == (["projects:read"], ["projects:*", "king"])
    assert rows(found, "main") == {
        "tenant": "main",
        "served": True,
        "legal_entities": ["US01"],
        "regions": "*",
        "breadth": "own",
    }
    assert rows(found, "another")["served"] is False

"""Verified tokens are cached for at most 60 seconds, never beyond their expiry, and never longer than their key."""

import time
from typing import Any

import pytest
from joserfc.jwk import RSAKey

from gateway.auth import rules, tokens
from gateway.auth.issuers import Issuer
from gateway.auth.jwks import KeysUnavailableError
from gateway.auth.principal import Principal
from gateway.auth.tokens import AccessToken, TokenRejectedError, TokenVerifier
from tests.unit.auth.test_tokens import AUDIENCE, GOOD, ISSUER, Provider, build_token

NEW = RSAKey.generate_key(2048, {"kid": "new", "use": "sig", "alg": "RS256"})


class Clock:
    """Seconds that a test advances."""

    def __init__(self) -> None:
        self.seconds = time.time()

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def provider(clock: Clock) -> Provider:
    provider = Provider()
    issuers = [Issuer(issuer=ISSUER, audience=AUDIENCE, jwks_url=f"{ISSUER}/jwks")]
    provider.verifier = TokenVerifier(issuers, provider.fetch, clock, clock)
    return provider


@pytest.fixture
def signatures(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The tokens whose signatures were verified."""
    verified: list[str] = []
    original = rules.check_signature

    def verify(parts: Any, key: Any, issuer: Issuer) -> Any:
        verified.append(parts.text)
        return original(parts, key, issuer)

    monkeypatch.setattr(tokens, "check_signature", verify)
    return verified


async def verify(provider: Provider, text: str) -> Principal:
    return await provider.verifier.verify(AccessToken(text))


def get_cache(provider: Provider) -> Any:
    (trusted,) = provider.verifier._trusted.values()
    return trusted.principals


async def test_the_signature_of_a_token_is_verified_once(provider: Provider, signatures: list[str]) -> None:
    text = build_token()

    first, second = await verify(provider, text), await verify(provider, text)

    assert second is first
    assert signatures == [text]


async def test_after_sixty_seconds_a_token_is_verified_again(
    provider: Provider, signatures: list[str], clock: Clock
) -> None:
    text = build_token()
    await verify(provider, text)
    clock.seconds += 59
    await verify(provider, text)
    clock.seconds += 2

    await verify(provider, text)

    assert signatures == [text, text]


async def test_a_cached_token_is_rejected_after_its_expiry_and_the_leeway(provider: Provider, clock: Clock) -> None:
    text = build_token(exp=int(clock.seconds) + 10)
    await verify(provider, text)
    clock.seconds += 12
    assert (await verify(provider, text)).subject == "alice"
    assert len(get_cache(provider)) == 0  # within the leeway: accepted, not cached

    clock.seconds += 40

    with pytest.raises(TokenRejectedError):
        await verify(provider, text)


async def test_a_withdrawn_key_ends_its_cached_tokens(provider: Provider, clock: Clock) -> None:
    await verify(provider, build_token(jti="early"))
    clock.seconds += 59
    late = build_token(jti="late")
    await verify(provider, late)
    provider.keys = [NEW]
    clock.seconds += 2
    assert (await verify(provider, late)).subject == "alice"  # the gateway has not seen the new key set yet

    await verify(provider, build_token(NEW, {"kid": "new"}))

    with pytest.raises(TokenRejectedError):
        await verify(provider, late)


async def test_an_unchanged_key_set_keeps_the_cached_tokens(
    provider: Provider, signatures: list[str], clock: Clock
) -> None:
    await verify(provider, build_token(jti="early"))
    clock.seconds += 59
    late = build_token(jti="late")
    await verify(provider, late)
    clock.seconds += 2
    with pytest.raises(TokenRejectedError):
        await verify(provider, build_token(header={"kid": "unknown"}))
    assert provider.fetched == 2

    await verify(provider, late)

    assert signatures.count(late) == 1


async def test_a_cached_token_is_not_accepted_with_stale_keys(provider: Provider, clock: Clock) -> None:
    await verify(provider, build_token(jti="early"))
    provider.broken = True
    clock.seconds += 24 * 3600 - 1
    late = build_token(exp=int(clock.seconds) + 300, iat=int(clock.seconds), jti="late")
    await verify(provider, late)
    clock.seconds += 2

    with pytest.raises(KeysUnavailableError):
        await verify(provider, late)


async def test_a_rejected_token_is_checked_again_each_time(provider: Provider, signatures: list[str]) -> None:
    text = build_token(aud="https://other.example")

    for _ in range(2):
        with pytest.raises(TokenRejectedError):
            await verify(provider, text)

    assert signatures == [text, text]
    assert len(get_cache(provider)) == 0


async def test_the_cache_is_bounded_and_holds_digests_only(provider: Provider, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tokens, "MAX_CACHED_TOKENS", 3)
    issuers = [Issuer(issuer=ISSUER, audience=AUDIENCE, jwks_url=f"{ISSUER}/jwks")]
    provider.verifier = TokenVerifier(issuers, provider.fetch)

    for number in range(5):
        await verify(provider, build_token(GOOD, jti=str(number)))

    assert len(get_cache(provider)) == 3
    assert {len(key) for key in get_cache(provider)} == {32}

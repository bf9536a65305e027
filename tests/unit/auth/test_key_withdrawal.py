"""A withdrawn key stops working within minutes while its issuer answers; a token may not live too long."""

import asyncio
import json
import time
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet

from gateway.auth.issuers import Issuer
from gateway.auth.jwks import COOLDOWN_SECONDS, REFRESH_SECONDS
from gateway.auth.rules import RejectionReason
from gateway.auth.tokens import AccessToken, TokenRejectedError, TokenVerifier

ISSUER, AUDIENCE = "https://identity.example", "https://graph.example"
OLD = ECKey.generate_key("P-256", {"kid": "old", "use": "sig", "alg": "ES256"})
NEW = ECKey.generate_key("P-256", {"kid": "new", "use": "sig", "alg": "ES256"})


class RotatingIssuer:
    """An issuer whose keys change and that can fail or hang, and a gateway clock that a test moves."""

    def __init__(self, max_lifetime: int = 86_400) -> None:
        self.keys: list[Any] = [OLD]
        self.fetched = 0
        self.fails = False
        self.hangs = asyncio.Event()
        self.hangs.set()
        self.elapsed = 0.0
        issuer = Issuer(issuer=ISSUER, audience=AUDIENCE, jwks_url=f"{ISSUER}/jwks", max_lifetime=max_lifetime)
        self.verifier = TokenVerifier([issuer], self.fetch, monotonic=lambda: self.elapsed)

    async def fetch(self, _url: str) -> bytes:
        self.fetched += 1
        await self.hangs.wait()
        if self.fails:
            raise OSError("down")
        return json.dumps(KeySet(self.keys).as_dict(private=False)).encode()

    async def verify(self, token: AccessToken) -> bool:
        try:
            await self.verifier.verify(token)
        except TokenRejectedError:
            return False
        return True


def build_token(key: Any = OLD, lifetime: int = 3600) -> AccessToken:
    now = int(time.time())
    claims = {"iss": ISSUER, "aud": AUDIENCE, "sub": "alice", "client_id": "portal", "tenant": "main", "jti": "1"}
    header = {"alg": "ES256", "typ": "at+jwt", "kid": key.kid}
    return AccessToken(jwt.encode(header, {**claims, "iat": now, "exp": now + lifetime}, key, algorithms=["ES256"]))


async def test_a_withdrawn_key_stops_working_when_its_key_set_is_five_minutes_old() -> None:
    issuer = RotatingIssuer()
    token = build_token()
    assert await issuer.verify(token)
    issuer.keys = [NEW]

    issuer.elapsed = REFRESH_SECONDS - 1
    assert await issuer.verify(token)
    issuer.elapsed = REFRESH_SECONDS

    assert not await issuer.verify(token)
    assert await issuer.verify(build_token(NEW))
    assert issuer.fetched == 2


async def test_many_callers_share_one_renewal_and_the_unchanged_key_keeps_working() -> None:
    issuer = RotatingIssuer()
    token = build_token()
    assert await issuer.verify(token)
    issuer.elapsed = REFRESH_SECONDS

    assert await asyncio.gather(*(issuer.verify(token) for _ in range(50))) == [True] * 50
    assert issuer.fetched == 2


async def test_an_issuer_that_fails_keeps_its_keys_and_is_asked_once_per_cooldown() -> None:
    issuer = RotatingIssuer()
    token = build_token()
    assert await issuer.verify(token)
    issuer.fails = True
    issuer.elapsed = REFRESH_SECONDS

    assert [await issuer.verify(token) for _ in range(5)] == [True] * 5
    assert issuer.fetched == 2
    issuer.elapsed += COOLDOWN_SECONDS
    assert await issuer.verify(token)
    assert issuer.fetched == 3


async def test_an_issuer_that_hangs_delays_a_token_by_a_second_at_most() -> None:
    issuer = RotatingIssuer()
    token = build_token()
    assert await issuer.verify(token)
    issuer.hangs.clear()
    issuer.elapsed = REFRESH_SECONDS

    async with asyncio.timeout(30):
        assert await issuer.verify(token)
    issuer.hangs.set()


@pytest.mark.parametrize(("lifetime", "reasons"), [(600, ()), (601, (RejectionReason.LIFETIME,))])
async def test_a_token_that_lives_longer_than_the_setting_is_rejected(
    lifetime: int, reasons: tuple[RejectionReason, ...]
) -> None:
    issuer = RotatingIssuer(max_lifetime=600)

    assert (await issuer.verifier.inspect(build_token(lifetime=lifetime))).reasons == reasons
    assert await issuer.verify(build_token(lifetime=lifetime)) == (not reasons)

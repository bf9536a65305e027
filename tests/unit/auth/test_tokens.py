"""Token verification: the rules of RFC 9068 and RFC 8725, attack by attack, with real tokens, keys and key sets."""

import asyncio
import base64
import hashlib
import hmac
import json
import time
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, RSAKey

from gateway.auth.issuers import Issuer
from gateway.auth.jwks import KeysUnavailableError
from gateway.auth.scopes import SCOPES, has_audit_conflict
from gateway.auth.tokens import REJECTION_MESSAGE, AccessToken, TokenRejectedError, TokenVerifier
from gateway.auth.user_roles import ROLES, RowAccess

ISSUER, AUDIENCE = "https://identity.example", "https://graph.example"
GOOD = RSAKey.generate_key(2048, {"kid": "good", "use": "sig", "alg": "RS256"})
UNBOUND = RSAKey.import_key(GOOD.as_pem(private=True))
OTHER = RSAKey.generate_key(2048, {"kid": "good", "use": "sig"})
CURVE = ECKey.generate_key("P-256", {"kid": "curve", "use": "sig", "alg": "ES256"})


class Provider:
    """An issuer whose key set can change and fail; `fetched` counts the requests for it."""

    def __init__(self) -> None:
        self.keys: list[Any] = [GOOD, CURVE]
        self.fetched = 0
        self.broken = False
        self.slow = 0.0
        self.verifier = TokenVerifier([Issuer(issuer=ISSUER, audience=AUDIENCE, jwks_url=f"{ISSUER}/jwks")], self.fetch)

    async def fetch(self, _url: str) -> bytes:
        self.fetched += 1
        await asyncio.sleep(self.slow)
        if self.broken:
            raise OSError("down")
        return json.dumps(KeySet(self.keys).as_dict(private=False)).encode()


def build_claims(**changes: Any) -> dict[str, Any]:
    now = int(time.time())
    valid = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": "alice",
        "client_id": "portal",
        "scope": "projects:read customers:read",
        "tenant": "main",
        "iat": now,
        "exp": now + 300,
        "jti": "1",
        "legal_entities": ["US01"],
        "regions": ["*"],
    }
    return {name: value for name, value in {**valid, **changes}.items() if value is not None}


def build_token(
    key: Any = GOOD, header: dict[str, Any] | None = None, algorithms: list[str] | None = None, **changes: Any
) -> str:
    valid = {"alg": "RS256", "typ": "at+jwt", "kid": "good"}
    protected = {name: value for name, value in {**valid, **(header or {})}.items() if value is not None}
    registry = algorithms or [protected["alg"]]
    return jwt.encode(protected, build_claims(**changes), key, algorithms=registry)


def build_unsigned_token(algorithm: str) -> str:
    def part(value: dict[str, Any]) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")

    return f"{part({'alg': algorithm, 'typ': 'at+jwt', 'kid': 'good'})}.{part(build_claims())}."


def sign_with_public_key() -> str:
    signed = build_unsigned_token("HS256").rstrip(".")
    digest = hmac.new(GOOD.as_pem(private=False), signed.encode(), hashlib.sha256).digest()
    return f"{signed}.{base64.urlsafe_b64encode(digest).decode().rstrip('=')}"


ATTACKS = {
    "alg none": lambda: build_unsigned_token("none"),
    "alg nOnE": lambda: build_unsigned_token("nOnE"),
    "public key as secret": sign_with_public_key,
    "another key under the same kid": lambda: build_token(OTHER),
    "key in the header": lambda: build_token(OTHER, {"jwk": OTHER.as_dict(private=False)}),
    "key address in the header": lambda: build_token(header={"jku": "https://evil.example/jwks"}),
    "certificate address in the header": lambda: build_token(header={"x5u": "https://evil.example/cert"}),
    "path as kid": lambda: build_token(header={"kid": "../../dev/null"}),
    "no kid": lambda: build_token(header={"kid": None}),
    "no typ": lambda: build_token(header={"typ": None}),
    "an id token": lambda: build_token(header={"typ": "JWT"}),
    "an algorithm that is not listed": lambda: build_token(UNBOUND, {"alg": "RS512"}),
    "expired": lambda: build_token(exp=int(time.time()) - 31),
    "not yet valid": lambda: build_token(nbf=int(time.time()) + 300),
    "issued in the future": lambda: build_token(iat=int(time.time()) + 300),
    "another audience": lambda: build_token(aud="https://other.example"),
    "a prefix of the audience": lambda: build_token(aud=AUDIENCE[:-1]),
    "an empty audience": lambda: build_token(aud=[]),
    "another issuer": lambda: build_token(iss=ISSUER + "/"),
    "no expiry": lambda: build_token(exp=None),
    "no subject": lambda: build_token(sub=None),
    "no id": lambda: build_token(jti=None),
    "no tenant": lambda: build_token(tenant=None),
    "an empty tenant": lambda: build_token(tenant=""),
    "an empty client": lambda: build_token(client_id=""),
    "bound to a key by DPoP": lambda: build_token(cnf={"jkt": "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"}),
    "bound to a certificate": lambda: build_token(cnf={"x5t#S256": "bwcK0esc3ACC3DB2Y5_lESsXE8o9ltc05O89jdN-dg2"}),
    "an audience that is no text": lambda: build_token(aud={AUDIENCE: AUDIENCE}),
    "an expiry beyond time": lambda: build_token(exp=10**18),
    "the audit scope with a scope that changes data": lambda: build_token(scope="admin:audit projects:write"),
    "scopes of the wrong shape": lambda: build_token(scope={"projects:read": True}),
    "nine kilobytes": lambda: build_token(padding="x" * 9000),
    "five parts": lambda: "a.b.c.d.e",
    "garbage": lambda: "garbage",
    "not ASCII": lambda: build_token() + "é",
    "a trailing line feed": lambda: build_token() + "\n",
    "a changed signature": lambda: build_token()[:-4] + ("AAAA" if not build_token().endswith("AAAA") else "BBBB"),
}


@pytest.mark.parametrize("attack", ATTACKS)
async def test_every_attack_is_rejected_with_the_same_message(attack: str) -> None:
    provider = Provider()

    with pytest.raises(TokenRejectedError) as refusal:
        await provider.verifier.verify(AccessToken(ATTACKS[attack]()))

    assert refusal.value.message == REJECTION_MESSAGE
    assert refusal.value.build_extensions() == {}


@pytest.mark.parametrize(("key", "algorithm", "kid"), [(GOOD, "RS256", "good"), (CURVE, "ES256", "curve")])
async def test_a_valid_token_gives_its_principal(key: Any, algorithm: str, kid: str) -> None:
    provider = Provider()

    who = await provider.verifier.verify(AccessToken(build_token(key, {"alg": algorithm, "kid": kid})))

    assert (who.subject, who.client_id, who.tenant) == ("alice", "portal", "main")
    assert who.scopes == {"projects:read", "customers:read"}
    assert who.legal_entities == frozenset({"US01"})
    assert who.regions is None
    assert who.row_access is RowAccess.OWN


async def test_a_token_without_row_claims_sees_no_rows() -> None:
    who = await Provider().verifier.verify(AccessToken(build_token(legal_entities=None, regions=None)))

    assert who.legal_entities == frozenset()
    assert who.regions == frozenset()


async def test_a_token_that_expired_ten_seconds_ago_is_within_the_leeway() -> None:
    who = await Provider().verifier.verify(AccessToken(build_token(exp=int(time.time()) - 10)))

    assert who.subject == "alice"


async def test_unknown_scopes_grant_nothing() -> None:
    lookalike = "customers:read\u00a0resources:read"  # a no-break space does not separate scopes
    who = await Provider().verifier.verify(
        AccessToken(build_token(scope=f"projects:read projects:* everything {lookalike}"))
    )

    assert who.scopes == {"projects:read"}


async def test_keys_are_fetched_once_and_kept_while_the_issuer_fails() -> None:
    provider = Provider()
    await provider.verifier.verify(AccessToken(build_token()))
    provider.broken = True

    await provider.verifier.verify(AccessToken(build_token()))

    assert provider.fetched == 1


async def test_concurrent_callers_share_one_fetch_of_a_hanging_issuer() -> None:
    provider = Provider()
    provider.broken = True
    provider.slow = 0.2

    async with asyncio.timeout(2):
        ends = await asyncio.gather(
            *(provider.verifier.verify(AccessToken(build_token())) for _ in range(50)), return_exceptions=True
        )

    assert {type(end) for end in ends} == {KeysUnavailableError}
    assert provider.fetched == 1

    provider.broken = False
    assert (await provider.verifier.verify(AccessToken(build_token()))).subject == "alice"


async def test_a_key_is_not_accepted_for_another_issuer_with_the_same_kid() -> None:
    keys = {"https://a.example": GOOD, "https://b.example": OTHER}

    async def fetch(url: str) -> bytes:
        return json.dumps(KeySet([keys[url.removesuffix("/jwks")]]).as_dict(private=False)).encode()

    issuers = [Issuer(issuer=name, audience=AUDIENCE, jwks_url=f"{name}/jwks") for name in keys]
    verifier = TokenVerifier(issuers, fetch)

    assert (await verifier.verify(AccessToken(build_token(GOOD, iss="https://a.example")))).subject == "alice"
    assert (await verifier.verify(AccessToken(build_token(OTHER, iss="https://b.example")))).subject == "alice"
    for key, issuer in ((GOOD, "https://b.example"), (OTHER, "https://a.example")):
        with pytest.raises(TokenRejectedError):
            await verifier.verify(AccessToken(build_token(key, iss=issuer)))


async def test_many_unknown_kids_cause_one_fetch_per_cooldown() -> None:
    provider = Provider()
    await provider.verifier.verify(AccessToken(build_token()))

    for number in range(50):
        with pytest.raises((TokenRejectedError, KeysUnavailableError)):
            await provider.verifier.verify(AccessToken(build_token(header={"kid": f"unknown-{number}"})))

    assert provider.fetched <= 2


async def test_an_issuer_without_keys_is_not_the_callers_fault() -> None:
    provider = Provider()
    provider.broken = True

    with pytest.raises(KeysUnavailableError):
        await provider.verifier.verify(AccessToken(build_token()))


async def test_an_empty_key_set_never_replaces_good_keys() -> None:
    provider = Provider()
    await provider.verifier.verify(AccessToken(build_token()))
    provider.keys = []

    with pytest.raises((TokenRejectedError, KeysUnavailableError)):
        await provider.verifier.verify(AccessToken(build_token(header={"kid": "unknown"})))

    assert (await provider.verifier.verify(AccessToken(build_token()))).subject == "alice"


def test_roles_have_only_known_scopes_and_never_audit_with_changes() -> None:
    for role, scopes in ROLES.items():
        assert scopes <= SCOPES, role
        assert not has_audit_conflict(scopes), role


def test_only_finance_and_audit_roles_see_cost_rates() -> None:
    holders = {role for role, scopes in ROLES.items() if "resources.cost:read" in scopes}

    assert holders == {"finance", "finance_approver", "auditor"}

"""The twin accepts clients that have the certificate's key, and no others."""

import base64
import hmac
import json
import time
from datetime import timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from joserfc.jwk import ECKey, RSAKey

from subgraphs.erp.netsuite.twin.settings import generate_key_pair


def resolve_times(claims: dict[str, Any]) -> dict[str, Any]:
    """Convert durations to times from now; parameters are built when the tests are collected, minutes earlier."""
    now = int(time.time())
    return {
        name: now + int(value.total_seconds()) if isinstance(value, timedelta) else value
        for name, value in claims.items()
    }


async def request_refusal(account, assertion: str, **fields: str) -> tuple[int, str]:
    answer = await account.request_token(assertion, **fields)
    assert "access_token" not in answer.json()
    return answer.status_code, answer.json()["error"]


async def test_a_valid_assertion_gets_a_token_for_an_hour(account):
    answer = await account.request_token(account.sign_assertion())
    assert answer.status_code == 200
    body = answer.json()
    assert (body["expires_in"], body["token_type"]) == ("3600", "bearer")
    claims = json.loads(base64.urlsafe_b64decode(body["access_token"].split(".")[1] + "=="))
    assert (claims["iss"], claims["sub"]) == ("https://system.netsuite.com", "3;-5")
    assert claims["exp"] - claims["iat"] == 3600


@pytest.mark.parametrize(
    ("_case", "claims", "expected"),
    [
        ("another audience", {"aud": "https://evil.example/token"}, (400, "invalid_request")),
        ("no audience", {"aud": None}, (400, "invalid_request")),
        ("another client", {"iss": "somebody"}, (401, "invalid_client")),
        ("expired", {"iat": timedelta(seconds=-600), "exp": timedelta(seconds=-1)}, (400, "invalid_request")),
        ("valid for more than an hour", {"exp": timedelta(seconds=4000)}, (400, "invalid_request")),
        ("no expiry", {"exp": None}, (400, "invalid_request")),
        ("no time of issue", {"iat": None}, (400, "invalid_request")),
        (
            "issued in the future",
            {"iat": timedelta(seconds=900), "exp": timedelta(seconds=1200)},
            (400, "invalid_request"),
        ),
        ("a scope that does not exist", {"scope": "everything"}, (400, "invalid_scope")),
        ("no scope", {"scope": None}, (400, "invalid_scope")),
    ],
)
async def test_invalid_claims_are_refused(account, _case: str, claims: dict[str, Any], expected: tuple[int, str]):
    assert await request_refusal(account, account.sign_assertion(claims=resolve_times(claims))) == expected


async def test_an_unknown_certificate_id_is_refused(account):
    assert await request_refusal(account, account.sign_assertion(header={"kid": "certificate-2"})) == (
        401,
        "invalid_client",
    )


async def test_a_wrong_key_with_the_right_certificate_id_is_refused(account):
    other_key, _ = generate_key_pair()
    assertion = account.sign_assertion(key=ECKey.import_key(other_key))
    assert await request_refusal(account, assertion) == (401, "invalid_client")


async def test_an_unsigned_assertion_is_refused(account):
    _, payload, _ = account.sign_assertion().split(".")
    header = base64.urlsafe_b64encode(b'{"alg":"none","kid":"certificate-1"}').decode().rstrip("=")
    assert await request_refusal(account, f"{header}.{payload}.") == (401, "invalid_client")


async def test_an_hmac_with_the_public_key_is_refused(account):
    public = ECKey.import_key(account.private_key).as_pem(private=False)
    header = base64.urlsafe_b64encode(b'{"alg":"HS256","kid":"certificate-1"}').decode().rstrip("=")
    signed = f"{header}.{account.sign_assertion().split('.')[1]}"
    mac = base64.urlsafe_b64encode(hmac.digest(public, signed.encode(), "sha256")).decode().rstrip("=")
    assert await request_refusal(account, f"{signed}.{mac}") == (401, "invalid_client")


async def test_rs256_is_refused_and_ps256_is_accepted(open_account):
    key = rsa.generate_private_key(public_exponent=65537, key_size=3072)
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    account = await open_account(public_key=public, log_in=False)
    mine = RSAKey.import_key(key)
    assert (await account.request_token(account.sign_assertion({"alg": "PS256"}, key=mine))).status_code == 200
    assert await request_refusal(account, account.sign_assertion({"alg": "RS256"}, key=mine)) == (401, "invalid_client")


async def test_a_changed_payload_is_refused(account):
    header, payload, signature = account.sign_assertion().split(".")
    claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    claims["exp"] += 60
    forged = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    assert await request_refusal(account, f"{header}.{forged}.{signature}") == (401, "invalid_client")


@pytest.mark.parametrize("assertion", ["", "x", "a.b.c", "W10.e30.", "." * 5])
async def test_a_malformed_assertion_is_refused(account, assertion: str):
    status, error = await request_refusal(account, assertion)
    assert (status, error) in {(400, "invalid_request"), (401, "invalid_client")}


async def test_other_grants_and_assertion_types_are_refused(account):
    valid = account.sign_assertion()
    assert await request_refusal(account, valid, grant_type="password") == (400, "unsupported_grant_type")
    assert await request_refusal(account, valid, client_assertion_type="jwt") == (400, "invalid_request")


@pytest.mark.parametrize("authorization", [None, "", "Bearer", "Bearer x.y.z", "Basic abc"])
async def test_a_request_without_a_valid_token_is_refused(account, authorization: str | None):
    account.headers = {} if authorization is None else {"authorization": authorization}
    for answer in (
        await account.request_record("GET", "customer/101"),
        await account.post_suiteql("SELECT id FROM customer"),
    ):
        assert answer.status_code == 401
        assert answer.json()["o:errorDetails"][0]["o:errorCode"] == "INVALID_LOGIN"
        assert "Aurora" not in answer.text


async def test_a_token_of_another_account_is_refused(open_account):
    mine, other = await open_account(), await open_account()
    mine.headers = other.headers
    assert (await mine.request_record("GET", "customer/101")).status_code == 401


async def test_a_token_without_the_scope_is_refused(account):
    answer = await account.request_token(account.sign_assertion(claims={"scope": "restlets,suite_analytics"}))
    account.headers = {"authorization": f"Bearer {answer.json()['access_token']}"}
    refusal = await account.request_record("GET", "customer/101")
    assert (refusal.status_code, refusal.json()["o:errorDetails"][0]["o:errorCode"]) == (403, "INSUFFICIENT_PERMISSION")

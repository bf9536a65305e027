import base64

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey

from gateway.canonical.fault import FaultCode
from gateway.errors import ConfigurationError, SourceError
from gateway.net.auth import (
    BasicStatic,
    ClientAssertion,
    ClientCredentials,
    JwtBearer,
    RefreshToken,
    SecretPlace,
    StaticBearer,
    StaticHeader,
    read_token_answer,
)
from gateway.net.message import Request, Response

NOW = 1_800_000_000.0
URL = "https://erp.example/token"
GET = Request(method="GET", path="x", operation="x", headers={"prefer": "transient"})


@pytest.fixture(scope="module")
def rsa():
    return RSAKey.generate_key(2048)


@pytest.fixture(scope="module")
def ec():
    return ECKey.generate_key("P-256")


def pem(key):
    return lambda: key.as_pem(private=True).decode()


def unbasic(header):
    assert header.startswith("Basic ")
    return base64.b64decode(header.removeprefix("Basic ")).decode()


def test_a_key_is_sent_as_bearer_beside_the_other_headers():
    sent = StaticBearer(key=lambda: "k1").apply(GET, "")

    assert sent.headers == {"prefer": "transient", "authorization": "Bearer k1"}


def test_a_key_is_sent_in_the_header_that_the_vendor_names():
    sent = StaticHeader(header="x-auth-token", key=lambda: "k1").apply(GET, "")

    assert sent.headers == {"prefer": "transient", "x-auth-token": "k1"}


def test_a_name_and_password_are_sent_as_basic():
    sent = BasicStatic(username="jürgen", password=lambda: "p:w").apply(GET, "")

    assert unbasic(sent.headers["authorization"]) == "jürgen:p:w"


def test_a_refresh_token_that_lasts_is_turned_into_access_tokens():
    auth = RefreshToken(token_url=URL, client_id="a:b", client_secret=lambda: "s c", refresh_token=lambda: "r1")

    request = auth.token_request()

    assert (request.method, request.path, request.safe) == ("POST", URL, True)
    assert request.form == [("grant_type", "refresh_token"), ("refresh_token", "r1")]
    assert unbasic(request.headers["authorization"]) == "a%3Ab:s+c"
    assert "r1" not in repr(auth)
    assert "s c" not in repr(auth)


def test_client_credentials_stand_in_the_header_encoded_twice():
    auth = ClientCredentials(token_url=URL, client_id="a:b", client_secret=lambda: "s c+", scopes=("read", "write"))

    request = auth.token_request()

    assert list(request.form) == [("grant_type", "client_credentials"), ("scope", "read write")]
    assert unbasic(request.headers["authorization"]) == "a%3Ab:s+c%2B"


def test_client_credentials_stand_in_the_body_where_the_vendor_wants_it():
    auth = ClientCredentials(token_url=URL, client_id="id", client_secret=lambda: "s", place=SecretPlace.BODY)

    request = auth.token_request()

    assert list(request.form) == [("grant_type", "client_credentials"), ("client_id", "id"), ("client_secret", "s")]
    assert request.headers == {}


def test_a_rotated_secret_is_picked_up():
    secrets = iter(["one", "two"])
    auth = ClientCredentials(token_url=URL, client_id="id", client_secret=lambda: next(secrets))

    assert [unbasic(auth.token_request().headers["authorization"]) for _ in range(2)] == ["id:one", "id:two"]


def test_a_bearer_assertion_says_who_acts_for_whom_for_three_minutes(rsa):
    auth = JwtBearer(
        token_url=URL,
        issuer="key",
        subject="jane",
        audience="https://login.example",
        private_key=pem(rsa),
        clock=lambda: NOW,
    )

    form = dict(auth.token_request().form)

    token = jwt.decode(form["assertion"], rsa, algorithms=["RS256"])
    assert form["grant_type"] == "urn:ietf:params:oauth:grant-type:jwt-bearer"
    assert token.claims == {"iss": "key", "sub": "jane", "aud": "https://login.example", "exp": 1_800_000_180}


@pytest.mark.parametrize("algorithm", ["PS256", "ES256"])
def test_a_client_assertion_proves_the_key_at_the_token_url(rsa, ec, algorithm):
    key = ec if algorithm == "ES256" else rsa
    auth = ClientAssertion(
        token_url=URL,
        client_id="client",
        key_id="cert-1",
        private_key=pem(key),
        algorithm=algorithm,
        scopes=("rest_webservices", "suite_analytics"),
        clock=lambda: NOW,
    )

    form = dict(auth.token_request().form)
    again = dict(auth.token_request().form)

    token = jwt.decode(form["client_assertion"], key, algorithms=[algorithm])
    assert form["client_assertion_type"] == "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
    assert token.header == {"alg": algorithm, "kid": "cert-1", "typ": "JWT"}
    identifier = token.claims.pop("jti")
    assert token.claims == {
        "iss": "client",
        "sub": "client",
        "aud": URL,
        "iat": 1_800_000_000,
        "exp": 1_800_000_300,
        "scope": "rest_webservices,suite_analytics",
    }
    assert jwt.decode(again["client_assertion"], key, algorithms=[algorithm]).claims["jti"] != identifier


@pytest.mark.parametrize("secret", ["not a key", ""])
def test_a_key_that_cannot_sign_is_a_mistake_in_the_settings_and_not_shown(secret):
    auth = ClientAssertion(token_url=URL, client_id="c", key_id="k", private_key=lambda: secret)

    with pytest.raises(ConfigurationError) as refused:
        auth.token_request()

    assert refused.value.findings == ["the private key is not a PEM key for PS256"]


def test_no_secret_is_in_a_repr(rsa):
    shown = [
        StaticBearer(key=lambda: "hush"),
        StaticHeader(header="x-key", key=lambda: "hush"),
        BasicStatic(username="u", password=lambda: "hush"),
        ClientCredentials(token_url=URL, client_id="c", client_secret=lambda: "hush"),
        ClientAssertion(token_url=URL, client_id="c", key_id="k", private_key=pem(rsa)),
    ]

    assert all("hush" not in repr(each) and "lambda" not in repr(each) for each in shown)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b'{"access_token":"t"}', ("t", None)),
        (b'{"access_token":"t","expires_in":3600}', ("t", 3600.0)),
        (b'{"access_token":"t","expires_in":"3600","token_type":"bearer"}', ("t", 3600.0)),
        (b'{"access_token":"t","expires_in":null}', ("t", None)),
    ],
)
def test_token_answers_are_read_as_vendors_write_them(body, expected):
    assert read_token_answer(Response(status=200, headers={}, body=body)) == expected


@pytest.mark.parametrize(
    ("status", "body", "code", "retryable"),
    [
        (400, b'{"error":"invalid_grant","error_description":"jane"}', FaultCode.AUTH_EXPIRED, False),
        (401, b"", FaultCode.AUTH_EXPIRED, False),
        (302, b"", FaultCode.AUTH_EXPIRED, False),
        (429, b"", FaultCode.RATE_LIMITED, True),
        (503, b"", FaultCode.UNAVAILABLE, True),
        (200, b"<html>", FaultCode.CONTRACT_MISMATCH, False),
        (200, b"{}", FaultCode.CONTRACT_MISMATCH, False),
        (200, b'{"access_token":""}', FaultCode.CONTRACT_MISMATCH, False),
        (200, b'{"access_token":"t","expires_in":"soon"}', FaultCode.CONTRACT_MISMATCH, False),
    ],
)
def test_other_token_answers_are_told_apart_without_quoting_them(status, body, code, retryable):
    with pytest.raises(SourceError) as refused:
        read_token_answer(Response(status=status, headers={}, body=body))

    assert (refused.value.code, refused.value.retryable) == (code, retryable)
    assert "jane" not in str(refused.value)

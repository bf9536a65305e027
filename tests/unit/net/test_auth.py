import base64

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey

from gateway.canonical.fault import FaultCode
from gateway.errors import ConfigurationError, SourceError
from gateway.net.auth import (
    ClientAssertion,
    ClientCredentials,
    ClientSecretMethod,
    JwtBearer,
    NoAuth,
    RefreshToken,
    StaticBasic,
    StaticBearer,
    StaticHeader,
    parse_token_response,
)
from gateway.net.message import UpstreamRequest, UpstreamResponse
from gateway.net.protocols import Auth
from tests.fixtures.unwrapping import unwrap

NOW = 1_800_000_000.0
URL = "https://erp.example/token"
GET = UpstreamRequest(method="GET", path="x", operation="x", headers={"prefer": "transient"})


@pytest.fixture(scope="module")
def rsa():
    return RSAKey.generate_key(2048)


@pytest.fixture(scope="module")
def ec():
    return ECKey.generate_key("P-256")


def format_pem(key):
    return lambda: key.as_pem(private=True).decode()


def decode_basic(header):
    assert header.startswith("Basic ")
    return base64.b64decode(header.removeprefix("Basic ")).decode()


def test_a_system_without_login_gets_no_token_request_and_no_header():
    auth: Auth = NoAuth()

    assert auth.build_token_request() is None
    assert auth.apply(GET, "") == GET


def test_a_static_key_is_added_to_the_headers_as_bearer():
    sent = StaticBearer(key=lambda: "k1").apply(GET, "")

    assert sent.headers == {"prefer": "transient", "authorization": "Bearer k1"}


def test_a_static_key_is_sent_in_the_header_of_the_vendor():
    sent = StaticHeader(header="x-auth-token", key=lambda: "k1").apply(GET, "")

    assert sent.headers == {"prefer": "transient", "x-auth-token": "k1"}


def test_user_name_and_password_are_sent_as_basic():
    sent = StaticBasic(username="jürgen", password=lambda: "p:w").apply(GET, "")

    assert decode_basic(sent.headers["authorization"]) == "jürgen:p:w"


def test_a_refresh_token_is_exchanged_for_access_tokens():
    auth = RefreshToken(token_url=URL, client_id="a:b", client_secret=lambda: "s c", refresh_token=lambda: "r1")

    request = auth.build_token_request()

    assert (request.method, request.path, request.safe) == ("POST", URL, True)
    assert request.form == [("grant_type", "refresh_token"), ("refresh_token", "r1")]
    assert decode_basic(request.headers["authorization"]) == "a%3Ab:s+c"
    assert "r1" not in repr(auth)
    assert "s c" not in repr(auth)


def test_client_secret_basic_form_encodes_both_parts_before_base64():
    auth = ClientCredentials(token_url=URL, client_id="a:b", client_secret=lambda: "s c+", scopes=("read", "write"))

    request = auth.build_token_request()

    assert list(unwrap(request.form)) == [("grant_type", "client_credentials"), ("scope", "read write")]
    assert decode_basic(request.headers["authorization"]) == "a%3Ab:s+c%2B"


def test_client_secret_post_puts_the_credentials_into_the_body():
    auth = ClientCredentials(token_url=URL, client_id="id", client_secret=lambda: "s", method=ClientSecretMethod.POST)

    request = auth.build_token_request()

    assert list(unwrap(request.form)) == [
        ("grant_type", "client_credentials"),
        ("client_id", "id"),
        ("client_secret", "s"),
    ]
    assert request.headers == {}


def test_a_rotated_secret_is_used_by_the_next_token_request():
    secrets = iter(["one", "two"])
    auth = ClientCredentials(token_url=URL, client_id="id", client_secret=lambda: next(secrets))

    assert [decode_basic(auth.build_token_request().headers["authorization"]) for _ in range(2)] == ["id:one", "id:two"]


def test_a_bearer_assertion_names_client_and_subject_and_expires_after_three_minutes(rsa):
    auth = JwtBearer(
        token_url=URL,
        issuer="key",
        subject="jane",
        audience="https://login.example",
        private_key=format_pem(rsa),
        clock=lambda: NOW,
    )

    form = dict(unwrap(auth.build_token_request().form))

    token = jwt.decode(form["assertion"], rsa, algorithms=["RS256"])
    assert form["grant_type"] == "urn:ietf:params:oauth:grant-type:jwt-bearer"
    assert token.claims.pop("jti")
    assert token.claims == {
        "iss": "key",
        "sub": "jane",
        "aud": "https://login.example",
        "iat": 1_800_000_000,
        "exp": 1_800_000_180,
    }


@pytest.mark.parametrize("algorithm", ["PS256", "ES256"])
def test_a_client_assertion_is_signed_for_the_token_url_with_a_fresh_identifier(rsa, ec, algorithm):
    key = ec if algorithm == "ES256" else rsa
    auth = ClientAssertion(
        token_url=URL,
        client_id="client",
        key_id="cert-1",
        private_key=format_pem(key),
        algorithm=algorithm,
        scopes=("rest_webservices", "suite_analytics"),
        clock=lambda: NOW,
    )

    form = dict(unwrap(auth.build_token_request().form))
    again = dict(unwrap(auth.build_token_request().form))

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
def test_an_unreadable_private_key_is_a_configuration_error_that_does_not_show_it(secret):
    assertion = ClientAssertion(token_url=URL, client_id="c", key_id="k", private_key=lambda: secret)
    bearer = JwtBearer(token_url=URL, issuer="c", subject="s", audience="a", private_key=lambda: secret)

    for auth, algorithm in ((assertion, "PS256"), (bearer, "RS256")):
        with pytest.raises(ConfigurationError) as refused:
            auth.build_token_request()
        assert refused.value.findings == [f"the private key is not a PEM key for {algorithm}"]


def test_a_private_key_of_another_curve_is_a_configuration_error():
    key = ECKey.generate_key("P-384")
    auth = ClientAssertion(token_url=URL, client_id="c", key_id="k", private_key=format_pem(key), algorithm="ES256")

    with pytest.raises(ConfigurationError) as refused:
        auth.build_token_request()

    assert refused.value.findings == ["the private key is not a PEM key for ES256"]


def test_repr_shows_no_secret(rsa):
    credentials = [
        StaticBearer(key=lambda: "hush"),
        StaticHeader(header="x-key", key=lambda: "hush"),
        StaticBasic(username="u", password=lambda: "hush"),
        ClientCredentials(token_url=URL, client_id="c", client_secret=lambda: "hush"),
        ClientAssertion(token_url=URL, client_id="c", key_id="k", private_key=format_pem(rsa)),
    ]

    assert all("hush" not in repr(each) and "lambda" not in repr(each) for each in credentials)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b'{"access_token":"t"}', ("t", None)),
        (b'{"access_token":"t","expires_in":3600}', ("t", 3600.0)),
        (b'{"access_token":"t","expires_in":"3600","token_type":"bearer"}', ("t", 3600.0)),
        (b'{"access_token":"t","expires_in":null}', ("t", None)),
    ],
)
def test_token_responses_are_parsed_with_and_without_a_lifetime(body, expected):
    assert parse_token_response(UpstreamResponse(status=200, headers={}, body=body)) == expected


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
def test_other_token_responses_have_a_fault_code_and_are_not_quoted(status, body, code, retryable):
    with pytest.raises(SourceError) as refused:
        parse_token_response(UpstreamResponse(status=status, headers={}, body=body))

    assert (refused.value.code, refused.value.retryable) == (code, retryable)
    assert "jane" not in str(refused.value)

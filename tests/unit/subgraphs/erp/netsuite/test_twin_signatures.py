"""The twin accepts requests signed with the secrets of its integration and token, and no others."""

import hashlib
import hmac
import time
from base64 import b64encode
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from subgraphs.erp.netsuite.twin.signatures import TokenCredentials
from tests.unit.subgraphs.erp.netsuite.conftest import ServedAccount

SIGNED = TokenCredentials(consumer_key="ck", consumer_secret="c secret", token="tk", token_secret="t&secret")
BODY = b'{"q":"SELECT id FROM subsidiary ORDER BY id"}'
PATH = "/services/rest/query/v1/suiteql"


def hash_body(body: bytes, name: str) -> dict[str, str]:
    return {"oauth_body_hash": b64encode(hashlib.new(name, body).digest()).decode()}


def escape(text: str) -> str:
    return quote(text, safe="~")


def sign_header(url: httpx.URL, method: str = "POST", secrets: str = "c%20secret&t%26secret", **changes: str) -> str:
    """Build a signed Authorization header (RFC 5849, section 3.4)."""
    parameters = {
        "oauth_consumer_key": "ck",
        "oauth_token": "tk",
        "oauth_signature_method": "HMAC-SHA256",
        "oauth_timestamp": str(int(time.time())),
        "oauth_nonce": "n-1",
        "oauth_version": "1.0",
        **{name: value for name, value in changes.items() if name != "realm"},
    }
    pairs = sorted((escape(name), escape(value)) for name, value in [*url.params.items(), *parameters.items()])
    address = str(url.copy_with(query=None))
    text = "&".join([method, escape(address), escape("&".join(f"{name}={value}" for name, value in pairs))])
    signature = b64encode(hmac.digest(secrets.encode(), text.encode(), "sha256")).decode()
    fields = {"realm": "TSTDRV100", **parameters, "oauth_signature": signature, **changes}
    return "OAuth " + ", ".join(f'{name}="{escape(value)}"' for name, value in fields.items())


async def send(account: ServedAccount, authorization: str, body: bytes = BODY) -> httpx.Response:
    headers = {"authorization": authorization, "prefer": "transient"}
    return await account.http.post(PATH, params={"limit": 2}, content=body, headers=headers)


@pytest.fixture
async def signing_account(open_account):
    return await open_account(token_based=SIGNED)


def build_url(account: Any) -> httpx.URL:
    return httpx.URL(f"{account.base_url}{PATH}?limit=2")


@pytest.mark.parametrize(
    "body_hash", [{}, hash_body(BODY, "sha1"), hash_body(BODY, "sha256")], ids=["no hash", "SHA-1", "SHA-256"]
)
async def test_a_signed_request_is_accepted(signing_account, body_hash: Mapping[str, str]):
    answer = await send(signing_account, sign_header(build_url(signing_account), **body_hash))

    assert (answer.status_code, [row["id"] for row in answer.json()["items"]]) == (200, ["1", "2"])


@pytest.mark.parametrize(
    ("_case", "changes"),
    [
        ("another secret", {"secrets": "guess&t%26secret"}),
        ("another method signed", {"method": "GET"}),
        ("another signature method", {"oauth_signature_method": "HMAC-SHA1"}),
        ("another realm", {"realm": "OTHER"}),
        ("another consumer", {"oauth_consumer_key": "somebody"}),
        ("another token", {"oauth_token": "somebody's"}),
        ("signed long ago", {"oauth_timestamp": "1700000000"}),
        ("no time", {"oauth_timestamp": "now"}),
        ("another body", hash_body(b"{}", "sha1")),
        ("an invalid signature", {"oauth_signature": "bm8="}),
    ],
)
async def test_an_invalid_signature_is_refused(signing_account, _case: str, changes: dict[str, str]):
    answer = await send(signing_account, sign_header(build_url(signing_account), **changes))

    assert (answer.status_code, answer.json()["o:errorDetails"][0]["o:errorCode"]) == (401, "INVALID_LOGIN")


async def test_a_signature_of_another_query_is_refused(signing_account):
    answer = await send(signing_account, sign_header(build_url(signing_account).copy_set_param("limit", "1000")))

    assert answer.status_code == 401


async def test_a_repeated_nonce_is_refused(signing_account):
    authorization = sign_header(build_url(signing_account))

    assert [(await send(signing_account, authorization)).status_code for _ in range(2)] == [200, 401]


@pytest.mark.parametrize("authorization", ["OAuth", "OAuth realm", 'OAuth realm="TSTDRV100", oauth_nonce="x"'])
async def test_an_incomplete_header_is_refused(signing_account, authorization: str):
    assert (await send(signing_account, authorization)).status_code == 401


async def test_an_account_without_token_based_authentication_refuses_signatures(account):
    assert (await send(account, sign_header(build_url(account)))).status_code == 401

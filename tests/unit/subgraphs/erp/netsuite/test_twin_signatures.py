"""The account lets in who signs with the secrets of its integration and token, and nobody else."""

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

SIGNED = TokenCredentials(consumer_key="ck", consumer_secret="c secret", token="tk", token_secret="t&secret")
BODY = b'{"q":"SELECT id FROM subsidiary ORDER BY id"}'
PATH = "/services/rest/query/v1/suiteql"


def hashed(body: bytes, name: str) -> dict[str, str]:
    return {"oauth_body_hash": b64encode(hashlib.new(name, body).digest()).decode()}


def escaped(text: str) -> str:
    return quote(text, safe="~")


def header(url: httpx.URL, method: str = "POST", secrets: str = "c%20secret&t%26secret", **changes: str) -> str:
    """Sign as RFC 5849, section 3.4 describes it."""
    parameters = {
        "oauth_consumer_key": "ck",
        "oauth_token": "tk",
        "oauth_signature_method": "HMAC-SHA256",
        "oauth_timestamp": str(int(time.time())),
        "oauth_nonce": "n-1",
        "oauth_version": "1.0",
        **{name: value for name, value in changes.items() if name != "realm"},
    }
    pairs = sorted((escaped(name), escaped(value)) for name, value in [*url.params.items(), *parameters.items()])
    address = str(url.copy_with(query=None))
    text = "&".join([method, escaped(address), escaped("&".join(f"{name}={value}" for name, value in pairs))])
    signature = b64encode(hmac.digest(secrets.encode(), text.encode(), "sha256")).decode()
    told = {"realm": "TSTDRV100", **parameters, "oauth_signature": signature, **changes}
    return "OAuth " + ", ".join(f'{name}="{escaped(value)}"' for name, value in told.items())


async def asked(account: Any, authorization: str, body: bytes = BODY) -> httpx.Response:
    headers = {"authorization": authorization, "prefer": "transient"}
    return await account.http.post(PATH, params={"limit": 2}, content=body, headers=headers)


@pytest.fixture
async def signing(opened):
    return await opened(token_based=SIGNED)


def where(account: Any) -> httpx.URL:
    return httpx.URL(f"{account.base_url}{PATH}?limit=2")


@pytest.mark.parametrize(
    "covered", [{}, hashed(BODY, "sha1"), hashed(BODY, "sha256")], ids=["no hash", "SHA-1", "SHA-256"]
)
async def test_a_signed_request_is_answered(signing, covered: Mapping[str, str]):
    answer = await asked(signing, header(where(signing), **covered))

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
        ("another body", hashed(b"{}", "sha1")),
        ("a made-up signature", {"oauth_signature": "bm8="}),
    ],
)
async def test_what_was_signed_otherwise_is_refused(signing, _case: str, changes: dict[str, str]):
    answer = await asked(signing, header(where(signing), **changes))

    assert (answer.status_code, answer.json()["o:errorDetails"][0]["o:errorCode"]) == (401, "INVALID_LOGIN")


async def test_a_signature_for_another_page_is_refused(signing):
    answer = await asked(signing, header(where(signing).copy_set_param("limit", "1000")))

    assert answer.status_code == 401


async def test_a_signed_request_cannot_be_sent_twice(signing):
    authorization = header(where(signing))

    assert [(await asked(signing, authorization)).status_code for _ in range(2)] == [200, 401]


@pytest.mark.parametrize("authorization", ["OAuth", "OAuth realm", 'OAuth realm="TSTDRV100", oauth_nonce="x"'])
async def test_a_header_that_says_too_little_is_refused(signing, authorization: str):
    assert (await asked(signing, authorization)).status_code == 401


async def test_an_account_for_tokens_only_takes_no_signature(account):
    assert (await asked(account, header(where(account)))).status_code == 401

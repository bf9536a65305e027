"""The twin's sessions, versions, usage header, limits and fault injection."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Any

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import RSAKey

from subgraphs.crm.salesforce.twin import ConnectedApp

OpenOrg = Callable[..., AbstractAsyncContextManager[httpx.AsyncClient]]
OpenTwin = Callable[..., AbstractAsyncContextManager[str]]

TOKEN = "/services/oauth2/token"
GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
KEY = RSAKey.generate_key(2048, auto_kid=True)
OTHER_KEY = RSAKey.generate_key(2048, auto_kid=True)


@pytest.mark.parametrize("method", ["basic", "body"])
async def test_client_credentials_open_a_session(open_twin: OpenTwin, method: str) -> None:
    async with open_twin() as base_url, httpx.AsyncClient(base_url=base_url) as http:
        form = {"grant_type": "client_credentials"}
        body = form | {"client_id": "consumer-key", "client_secret": "consumer-secret"}
        if method == "basic":
            answer = await http.post(TOKEN, data=form, auth=("consumer-key", "consumer-secret"))
        else:
            answer = await http.post(TOKEN, data=body)
        token = answer.json()
        assert answer.status_code == 200
        assert token["instance_url"] == base_url
        assert token["token_type"] == "Bearer"
        org_id, user_id = token["id"].split("/")[-2:]
        assert (org_id[:3], user_id[:3]) == ("00D", "005")


@pytest.mark.parametrize(
    ("_case", "form", "error"),
    [
        ("wrong secret", {"client_id": "consumer-key", "client_secret": "x"}, "invalid_client"),
        ("wrong client", {"client_id": "x", "client_secret": "consumer-secret"}, "invalid_client_id"),
        ("no credentials", {}, "invalid_client_id"),
        ("unsupported grant", {"grant_type": "password"}, "unsupported_grant_type"),
    ],
)
async def test_a_rejected_login_is_an_oauth_error(
    open_twin: OpenTwin, _case: str, form: dict[str, str], error: str
) -> None:
    async with open_twin() as base_url, httpx.AsyncClient(base_url=base_url) as http:
        answer = await http.post(TOKEN, data={"grant_type": "client_credentials"} | form)
        assert (answer.status_code, answer.json()["error"]) == (400, error)
        assert "access_token" not in answer.json()


@pytest.mark.parametrize(
    ("_case", "changes", "key", "error"),
    [
        ("valid", {}, KEY, None),
        ("signed with another key", {}, OTHER_KEY, ("invalid_grant", "invalid assertion")),
        ("signed with PS256", {"alg": "PS256"}, KEY, ("invalid_grant", "invalid assertion")),
        ("signed with RS512", {"alg": "RS512"}, KEY, ("invalid_grant", "invalid assertion")),
        ("wrong issuer", {"iss": "x"}, KEY, ("invalid_client_id", "client identifier invalid")),
        ("wrong subject", {"sub": "x"}, KEY, ("invalid_grant", "user hasn't approved this consumer")),
        ("wrong audience", {"aud": "https://example.org"}, KEY, ("invalid_grant", "audience is invalid")),
        ("expired", {"exp": -1}, KEY, ("invalid_grant", "expired authorization code")),
        ("lifetime too long", {"exp": 3600}, KEY, ("invalid_grant", "expired authorization code")),
        ("without exp", {"exp": None}, KEY, ("invalid_grant", "expired authorization code")),
    ],
)
async def test_an_assertion_is_validated(
    open_twin: OpenTwin,
    now: datetime,
    _case: str,
    changes: dict[str, Any],
    key: RSAKey,
    error: tuple[str, str] | None,
) -> None:
    lifetime = changes.get("exp", 180)
    claims = {"iss": "consumer-key", "sub": "robot@x.example", "aud": "https://login.salesforce.com"} | changes
    claims["exp"] = None if lifetime is None else int(now.timestamp()) + lifetime
    algorithm = claims.pop("alg", "RS256")
    assertion = jwt.encode({"alg": algorithm}, claims, key, algorithms=[algorithm])
    app = ConnectedApp(
        id="consumer-key", secret="s", public_key=KEY.as_pem(private=False).decode(), username="robot@x.example"
    )
    async with open_twin(client=app) as base_url, httpx.AsyncClient(base_url=base_url) as http:
        answer = await http.post(TOKEN, data={"grant_type": GRANT, "assertion": assertion})
        assert answer.status_code == (200 if error is None else 400)
        assert ("access_token" in answer.json()) is (error is None)
        if error is not None:
            assert answer.json() == {"error": error[0], "error_description": error[1]}


async def test_every_response_has_the_usage_header_and_the_limit_is_enforced(open_org: OpenOrg) -> None:
    async with open_org(daily_calls=2) as org:
        first = await org.get("limits")
        assert first.headers["sforce-limit-info"] == "api-usage=1/2"
        assert first.json() == {"DailyApiRequests": {"Max": 2, "Remaining": 1}}
        assert (await org.get("limits")).status_code == 200
        rejected = await org.get("limits")
        assert (rejected.status_code, rejected.json()[0]["errorCode"]) == (403, "REQUEST_LIMIT_EXCEEDED")
        assert rejected.headers["sforce-limit-info"] == "api-usage=2/2"


async def test_any_version_is_served(org: httpx.AsyncClient) -> None:
    for version in ("v50.0", "v59.0", "v68.0"):
        answer = await org.get(org.base_url.join(f"/services/data/{version}/sobjects"))
        assert answer.status_code == 200
    assert (await org.get(org.base_url.join("/services/data/latest/sobjects"))).status_code == 404
    versions = (await org.get(org.base_url.join("/services/data/"))).json()
    assert versions[-1] == {"label": "Winter '27", "url": "/services/data/v68.0", "version": "68.0"}


async def test_a_query_is_answered_with_and_without_a_trailing_slash(org: httpx.AsyncClient) -> None:
    soql = {"q": "SELECT Id FROM Account ORDER BY Id LIMIT 1"}

    without_slash, with_slash = await org.get("query", params=soql), await org.get("query/", params=soql)

    assert (with_slash.status_code, with_slash.json()) == (200, without_slash.json())
    assert len(without_slash.json()["records"]) == 1


async def test_a_locked_row_is_rejected_once_and_then_written(org: httpx.AsyncClient) -> None:
    await org.post(org.base_url.join("/__control"), json={"kind": "row-locked"})

    answers = [await org.post("sobjects/Account", json={"Name": "Locked"}) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [400, 201]
    assert answers[0].json()[0]["errorCode"] == "UNABLE_TO_LOCK_ROW"
    count = await org.get("query", params={"q": "SELECT COUNT() FROM Account WHERE Name = 'Locked'"})
    assert count.json()["totalSize"] == 1


async def test_a_session_has_no_announced_lifetime_and_is_rejected_after_its_end(org: httpx.AsyncClient) -> None:
    form = {"grant_type": "client_credentials", "client_id": "consumer-key", "client_secret": "consumer-secret"}
    token = (await org.post(org.base_url.join(TOKEN), data=form)).json()
    await org.post(org.base_url.join("/__control"), json={"kind": "token-expired"})
    answer = await org.get("limits")
    assert "expires_in" not in token
    assert (answer.status_code, answer.json()[0]["errorCode"]) == (401, "INVALID_SESSION_ID")


@pytest.mark.parametrize(
    ("kind", "status"),
    [("rate-limit", 403), ("unavailable", 503), ("row-locked", 400), ("token-expired", 401), ("invalid-json", 200)],
)
async def test_a_fault_affects_only_the_selected_call_and_writes_nothing(
    org: httpx.AsyncClient, kind: str, status: int
) -> None:
    control = org.base_url.join("/__control")
    assert (await org.post(control, json={"kind": kind, "skip": 1})).status_code == 200

    answers = [await org.post("sobjects/Account", json={"Name": f"n{number}"}) for number in range(2)]

    assert [answer.status_code for answer in answers] == [201, status]
    form = {"grant_type": "client_credentials", "client_id": "consumer-key", "client_secret": "consumer-secret"}
    token = (await org.post(org.base_url.join(TOKEN), data=form)).json()["access_token"]
    org.headers["authorization"] = f"Bearer {token}"
    count = (await org.get("query", params={"q": "SELECT COUNT() FROM Account"})).json()["totalSize"]
    assert count == 9

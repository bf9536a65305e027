"""The development identity provider over HTTP: discovery, key set, client credentials, code flow with PKCE.

RFC 7636 and RFC 9700.
"""

import base64
import hashlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from authlib.oauth2.rfc8414 import AuthorizationServerMetadata
from joserfc import jwt
from joserfc.jwk import KeySet

from subgraphs.kit.twin.server import serve
from subgraphs.sandbox.identity_provider.app import create_provider_app
from subgraphs.sandbox.identity_provider.build import AUDIENCE, build_provider, get_role_client_id
from subgraphs.sandbox.identity_provider.clients import PAGE_CLIENT
from subgraphs.sandbox.identity_provider.keys import load_client_secret

ISSUER, ORIGIN = "https://login.psgw.example", "https://graph.psgw.example"
PAGE = f"{ORIGIN}/graphql"
SCOPES = {
    "finance": frozenset({"invoices:read", "projects:read"}),
    "consultant": frozenset({"projects:read", "time:read"}),
}
VERIFIER = "a-verifier-of-at-least-forty-three-characters-is-required"
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).decode().rstrip("=")


@dataclass(frozen=True)
class Running:
    """The provider and a client that follows no redirect."""

    client: httpx.AsyncClient
    state: Path

    async def request_code(self, **changes: str) -> httpx.Response:
        """Request a code and sign in as finance."""
        parameters = {
            "response_type": "code",
            "client_id": PAGE_CLIENT,
            "redirect_uri": PAGE,
            "scope": "invoices:read projects:read time:read",
            "state": "s-1",
            "code_challenge": CHALLENGE,
            "code_challenge_method": "S256",
        }
        given = {name: value for name, value in {**parameters, **changes}.items() if value}
        return await self.client.post("/authorize", params=given, data={"login": "finance"})

    async def redeem(self, code: str, **changes: str) -> httpx.Response:
        """Exchange a code for a token."""
        form = {
            "grant_type": "authorization_code",
            "client_id": PAGE_CLIENT,
            "redirect_uri": PAGE,
            "code": code,
            "code_verifier": VERIFIER,
        }
        return await self.client.post("/token", data={**form, **changes})

    async def verify_claims(self, token: str) -> dict[str, object]:
        """Verify a token with the published keys and return its claims."""
        keys = KeySet.import_key_set((await self.client.get("/jwks")).json())
        decoded = jwt.decode(token, keys, algorithms=["RS256"])
        assert decoded.header["typ"] == "at+jwt"
        return decoded.claims


@pytest.fixture
async def provider(tmp_path: Path) -> AsyncIterator[Running]:
    app = create_provider_app(build_provider(ISSUER, tmp_path, SCOPES, redirects=(PAGE,)), origins=(ORIGIN,))
    async with serve(app) as base_url, httpx.AsyncClient(base_url=base_url) as client:
        yield Running(client, tmp_path)


def parse_redirect(answer: httpx.Response) -> dict[str, str]:
    """Return the query parameters of a redirect."""
    return {name: values[0] for name, values in parse_qs(urlsplit(answer.headers["location"]).query).items()}


async def test_metadata_is_valid_and_no_private_key_is_published(provider: Running) -> None:
    metadata = AuthorizationServerMetadata((await provider.client.get("/.well-known/openid-configuration")).json())
    metadata.validate()
    (key,) = (await provider.client.get("/jwks")).json()["keys"]

    assert metadata["issuer"] == ISSUER
    assert {metadata[name] for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")} == {
        f"{ISSUER}/authorize",
        f"{ISSUER}/token",
        f"{ISSUER}/jwks",
    }
    assert metadata["code_challenge_methods_supported"] == ["S256"]
    assert set(key) == {"kty", "n", "e", "kid", "use", "alg"} & set(key)
    assert not {"d", "p", "q"} & set(key)


async def test_a_code_and_its_verifier_are_exchanged_for_a_token_with_the_users_scopes(provider: Running) -> None:
    answer = await provider.request_code()
    values = parse_redirect(answer)
    token = await provider.redeem(values["code"])

    assert answer.status_code == 303
    assert answer.headers["location"].startswith(f"{PAGE}?")
    assert (values["state"], values["iss"]) == ("s-1", ISSUER)
    assert token.status_code == 200
    assert token.headers["cache-control"] == "no-store"
    assert token.json()["scope"] == "invoices:read projects:read"
    claims = await provider.verify_claims(token.json()["access_token"])
    assert (claims["iss"], claims["aud"], claims["sub"]) == (ISSUER, AUDIENCE, "finance")
    assert (claims["client_id"], claims["scope"]) == (PAGE_CLIENT, "invoices:read projects:read")


async def test_a_code_can_be_used_once(provider: Running) -> None:
    code = parse_redirect(await provider.request_code())["code"]

    first, second = await provider.redeem(code), await provider.redeem(code)

    assert (first.status_code, second.status_code) == (200, 400)
    assert second.json()["error"] == "invalid_grant"


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"code_verifier": VERIFIER[::-1]}, "invalid_grant"),
        ({"code_verifier": ""}, "invalid_request"),
        ({"redirect_uri": f"{PAGE}/other"}, "invalid_grant"),
        ({"client_id": "somebody-else"}, "invalid_client"),
    ],
)
async def test_a_stolen_code_is_refused(provider: Running, changes: dict[str, str], error: str) -> None:
    code = parse_redirect(await provider.request_code())["code"]

    answer = await provider.redeem(code, **changes)

    assert (answer.status_code // 100, answer.json()["error"]) == (4, error)
    assert "access_token" not in answer.json()


@pytest.mark.parametrize(
    "changes",
    [
        {"code_challenge": "", "code_challenge_method": ""},
        {"code_challenge": ""},
        {"code_challenge": VERIFIER, "code_challenge_method": "plain"},
    ],
)
async def test_without_an_s256_challenge_no_code_is_issued(provider: Running, changes: dict[str, str]) -> None:
    answer = await provider.request_code(**changes)

    assert "code=" not in answer.headers.get("location", "")
    values = parse_redirect(answer) if "location" in answer.headers else answer.json()
    assert values["error"] == "invalid_request"


@pytest.mark.parametrize("changes", [{"redirect_uri": "https://elsewhere.example/"}, {"client_id": "nobody"}])
async def test_an_unregistered_client_or_redirect_uri_is_refused_without_a_redirect(
    provider: Running, changes: dict[str, str]
) -> None:
    parameters = {"response_type": "code", "client_id": PAGE_CLIENT, "redirect_uri": PAGE, **changes}

    page = await provider.client.get("/authorize", params=parameters)
    answer = await provider.request_code(**changes)

    assert page.status_code == 400
    assert answer.status_code >= 400
    assert "location" not in answer.headers


async def test_the_sign_in_page_runs_no_script_and_cannot_be_framed(provider: Running) -> None:
    parameters = {"response_type": "code", "client_id": PAGE_CLIENT, "redirect_uri": PAGE, "state": '"><script>'}

    page = await provider.client.get("/authorize", params=parameters)

    assert page.status_code == 200
    assert "<script" not in page.text
    assert "frame-ancestors 'none'" in page.headers["content-security-policy"]
    assert "default-src 'none'" in page.headers["content-security-policy"]


async def test_the_sign_in_page_names_the_requested_scopes_that_a_role_lacks(provider: Running) -> None:
    parameters = {"client_id": PAGE_CLIENT, "redirect_uri": PAGE, "scope": "projects:read invoices:read"}

    page = (await provider.client.get("/authorize", params=parameters)).text

    assert f"<code>{PAGE_CLIENT}</code> requests 2 scopes." in page
    assert ">Goran, consultant<small>consultant · without invoices:read</small>" in page
    assert ">Finance<small>finance</small>" in page


async def test_a_token_for_another_resource_is_refused(provider: Running) -> None:
    refused = parse_redirect(await provider.request_code(resource="https://elsewhere.example"))
    granted = parse_redirect(await provider.request_code(resource=AUDIENCE))

    assert (refused["error"], refused["state"], refused["iss"]) == ("invalid_target", "s-1", ISSUER)
    assert "code" not in refused
    assert granted["code"]


@pytest.mark.parametrize("path", ["/.well-known/openid-configuration", "/token"])
async def test_cors_allows_only_the_origin_of_the_gateway(provider: Running, path: str) -> None:
    method = "POST" if path == "/token" else "GET"

    ours = await provider.client.request(method, path, headers={"Origin": ORIGIN})
    others = await provider.client.request(method, path, headers={"Origin": "https://elsewhere.example"})

    assert ours.headers["access-control-allow-origin"] == ORIGIN
    assert "access-control-allow-credentials" not in ours.headers
    assert "access-control-allow-origin" not in others.headers


async def test_a_role_client_gets_its_scopes_with_its_secret_only(provider: Running) -> None:
    secret = load_client_secret(provider.state, get_role_client_id("consultant"))
    form = {"grant_type": "client_credentials"}

    granted = await provider.client.post("/token", data=form, auth=(get_role_client_id("consultant"), secret))
    narrowed = await provider.client.post(
        "/token", data={**form, "scope": "time:read invoices:read"}, auth=(get_role_client_id("consultant"), secret)
    )
    refused = await provider.client.post("/token", data=form, auth=(get_role_client_id("consultant"), "guess"))
    page = await provider.client.post("/token", data={**form, "client_id": PAGE_CLIENT})

    assert granted.json()["scope"] == "projects:read time:read"
    assert narrowed.json()["scope"] == "time:read"
    assert (refused.status_code, refused.json()["error"]) == (401, "invalid_client")
    assert page.status_code in {400, 401}
    assert "access_token" not in page.json()

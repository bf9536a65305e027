"""The HTTP endpoints of the identity provider: discovery, key set, token and authorization endpoint."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from subgraphs.sandbox.identity_provider.page import render_sign_in_page
from subgraphs.sandbox.identity_provider.server import Provider, ProviderRequest

CSP = (
    "default-src 'none'; style-src 'unsafe-inline'; form-action 'self' {origin}; "
    "frame-ancestors 'none'; base-uri 'none'"
)


def create_provider_app(provider: Provider, origins: tuple[str, ...] = ()) -> Starlette:
    """Build the application; pages of `origins` may request tokens (CORS)."""

    def build_metadata() -> dict[str, Any]:
        issuer = provider.issuer
        return {
            "issuer": issuer,
            "authorization_endpoint": f"{issuer}/authorize",
            "token_endpoint": f"{issuer}/token",
            "jwks_uri": f"{issuer}/jwks",
            "response_types_supported": ["code"],
            "grant_types_supported": ["authorization_code", "client_credentials"],
            "code_challenge_methods_supported": ["S256"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post", "none"],
            "authorization_response_iss_parameter_supported": True,
        }

    async def discovery(_request: Request) -> Response:
        return JSONResponse(build_metadata())

    async def jwks(_request: Request) -> Response:
        return JSONResponse({"keys": [provider.key.as_dict(private=False)]})

    async def token(request: Request) -> Response:
        form = await _read_form(request)
        oauth_request = ProviderRequest("POST", str(request.url), form, dict(request.headers.items()))
        oauth_request.headers = {**oauth_request.headers, "Authorization": request.headers.get("authorization", "")}
        status, body, headers = provider.create_token_response(oauth_request)
        return JSONResponse(body, status_code=status, headers={**dict(headers), "Cache-Control": "no-store"})

    async def authorize(request: Request) -> Response:
        values = dict(request.query_params)
        if request.method == "GET":
            return _render_sign_in(provider, values)
        form = await _read_form(request)
        person = provider.directory.people.get(form.get("login", ""))
        if person is None:
            return _render_sign_in(provider, values)
        oauth_request = ProviderRequest("GET", str(request.url), values, {})
        status, body, headers = provider.authorize(oauth_request, person)
        location = dict(headers).get("Location")
        if location is None:
            return JSONResponse(body, status_code=status)
        return RedirectResponse(_add_issuer(location, provider.issuer), status_code=303)

    return Starlette(
        routes=[
            Route("/.well-known/openid-configuration", discovery),
            Route("/.well-known/oauth-authorization-server", discovery),
            Route("/jwks", jwks),
            Route("/token", token, methods=["POST"]),
            Route("/authorize", authorize, methods=["GET", "POST"]),
        ],
        middleware=[Middleware(CORSMiddleware, allow_origins=list(origins), allow_methods=["POST"])],
    )


async def _read_form(request: Request) -> dict[str, str]:
    """Parse a urlencoded form; any other body has no fields."""
    return dict(parse_qsl((await request.body()).decode("utf-8", "replace")))


def _add_issuer(location: str, issuer: str) -> str:
    """Add the issuer to the authorization response (RFC 9207)."""
    parts = urlsplit(location)
    query = urlencode([*parse_qsl(parts.query), ("iss", issuer)])
    return urlunsplit(parts._replace(query=query))


def _render_sign_in(provider: Provider, values: Mapping[str, str]) -> Response:
    """Return the sign-in page; refuse an unregistered client or redirect URI."""
    client = provider.query_client(values.get("client_id", ""))
    redirect = values.get("redirect_uri", "")
    if client is None or not client.check_redirect_uri(redirect):
        return HTMLResponse("<p>Unknown client_id or redirect_uri.</p>", status_code=400)
    page = render_sign_in_page(provider.directory, client.client_id, values.get("scope", "").split())
    parts = urlsplit(redirect)
    csp = CSP.format(origin=f"{parts.scheme}://{parts.netloc}")
    return HTMLResponse(page, headers={"Content-Security-Policy": csp, "Cache-Control": "no-store"})

"""Render a page: links to the bundle, its configuration as JSON data, and a strict content security policy."""

import re
from dataclasses import dataclass
from html import escape
from urllib.parse import urlsplit

import msgspec

from gateway.console.bundle import Entry

STATIC_PATH = "console/static"
"""Where the bundle is served, relative to the page, so that a proxy may serve both under any path."""

HOST = re.compile(r"[A-Za-z0-9.-]+(?::\d{1,5})?|\[[0-9a-fA-F:]+\](?::\d{1,5})?")
ICON = (
    "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32' fill='%230b6e8f'%3E"
    "%3Cpath d='M16 16 6 7M16 16 26 7M16 16 6 25M16 16l10 9' stroke='%230b6e8f' stroke-width='2'/%3E"
    "%3Ccircle cx='16' cy='16' r='5'/%3E%3Ccircle cx='6' cy='7' r='3'/%3E%3Ccircle cx='26' cy='7' r='3'/%3E"
    "%3Ccircle cx='6' cy='25' r='3'/%3E%3Ccircle cx='26' cy='25' r='3'/%3E%3C/svg%3E"
)
HTML = """\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<link rel="icon" href="{icon}">
{links}
<script type="application/json" id="page-config">{config}</script>
<script type="module" src="{script}"></script>
</head>
<body>
<div id="root"></div>
<noscript>This page needs JavaScript. The API does not: send POST with a bearer token to this URL.</noscript>
</body>
</html>
"""


@dataclass(frozen=True, kw_only=True)
class SignIn:
    """How users sign in. `resource` is the audience of the token (RFC 8707), `scopes` those of the first sign-in.

    `explore_scope` is the scope that introspection needs; None if every user may introspect.
    """

    issuer: str
    client_id: str
    resource: str
    scopes: tuple[str, ...]
    explore_scope: str | None = None


def render_html(title: str, entry: Entry, sign_in: SignIn, endpoint: str) -> str:
    """Return the page, with its configuration as JSON data that is never executed."""
    links = [f'<link rel="stylesheet" href="{_build_asset_url(style)}">' for style in entry.styles]
    links += [f'<link rel="modulepreload" href="{_build_asset_url(script)}">' for script in entry.imports]
    config = {
        "endpoint": endpoint,
        "issuer": sign_in.issuer,
        "clientId": sign_in.client_id,
        "resource": sign_in.resource,
        "scopes": sign_in.scopes,
        "exploreScope": sign_in.explore_scope,
    }
    return HTML.format(
        title=escape(title),
        icon=ICON,
        links="\n".join(links),
        config=msgspec.json.encode(config).decode().replace("<", "\\u003c"),
        script=_build_asset_url(entry.script),
    )


def _build_asset_url(name: str) -> str:
    return escape(f"{STATIC_PATH}/{name}")


def build_content_security_policy(issuer: str, host: str) -> str:
    """Return the page's content security policy: this origin, and connections to the issuer's.

    Inline styles are allowed because the editor sets them. `host` is listed for WebSockets because not every browser
    includes them in 'self'.
    """
    parts = urlsplit(issuer)
    sockets = f" ws://{host} wss://{host}" if HOST.fullmatch(host) else ""
    return (
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; font-src 'self' data:; "
        f"img-src 'self' data:; connect-src 'self' {parts.scheme}://{parts.netloc}{sockets}; worker-src 'self'; "
        "base-uri 'none'; frame-ancestors 'none'; form-action 'self'"
    )

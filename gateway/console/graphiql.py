"""GET /graphql: GraphiQL for browsers, a plain page for other clients or without a built bundle."""

from pathlib import Path

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Route

from gateway.console.assets import Assets
from gateway.console.bundle import Bundle
from gateway.console.page import STATIC_PATH, SignIn, build_content_security_policy, render_html

ENTRY = "graphiql/main.tsx"
TITLE = "GraphiQL · psgw"
PLAIN = Path(__file__).with_name("plain.html")
NOT_BUILT = "<p>GraphiQL has not been built in this checkout: run <code>make web</code>.</p>"
NO_ISSUER = "<p>GraphiQL is not available: no issuer is configured for sign-in.</p>"


class GraphiqlPage:
    """The page at the endpoint. Without a bundle or a sign-in issuer, the plain page says what is missing."""

    def __init__(self, bundle: Bundle | None, sign_in: SignIn | None) -> None:
        self._entry = bundle.get_entry(ENTRY) if bundle is not None else None
        self._sign_in = sign_in
        self.routes: list[BaseRoute] = []
        """Routes besides the page itself."""
        if bundle is not None:
            self.routes.append(Route(f"/{STATIC_PATH}/{{name:path}}", Assets(bundle.files).__call__))

    async def __call__(self, request: Request) -> Response:
        """Respond to a GET of the endpoint."""
        vary = {"vary": "accept"}
        if self._entry is None or self._sign_in is None or "text/html" not in request.headers.get("accept", ""):
            return HTMLResponse(self._render_plain(), headers=vary)
        page = render_html(TITLE, self._entry, self._sign_in, request.url.path)
        rules = build_content_security_policy(self._sign_in.issuer, request.headers.get("host", ""))
        return HTMLResponse(page, headers={**vary, "content-security-policy": rules})

    def _render_plain(self) -> str:
        missing = NOT_BUILT if self._entry is None else NO_ISSUER if self._sign_in is None else ""
        return PLAIN.read_text(encoding="utf-8").replace("</html>", f"{missing}\n</html>")

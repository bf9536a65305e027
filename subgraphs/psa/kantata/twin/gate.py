"""Authentication of the twin: every call needs the token, which does not expire but can be revoked."""

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from subgraphs.kit.twin.static_token import StaticToken
from subgraphs.psa.kantata.twin.refusals import build_error


class TokenGuard:
    """ASGI middleware: rejects calls without the token."""

    def __init__(self, app: ASGIApp, token: StaticToken) -> None:
        self._app = app
        self._token = token

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass one request on or reject it."""
        if scope["type"] == "http" and not self._is_authenticated(Request(scope)):
            await build_error(401, {})(scope, receive, send)
            return
        await self._app(scope, receive, send)

    def _is_authenticated(self, request: Request) -> bool:
        scheme, _, given = request.headers.get("authorization", "").partition(" ")
        return scheme.lower() == "bearer" and self._token.is_valid(given)

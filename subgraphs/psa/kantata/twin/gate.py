"""Who may call: every call needs the token. It does not expire; revoked, it is refused until the account is set right again."""

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from subgraphs.kit.static_token import StaticToken
from subgraphs.psa.kantata.twin.refusals import refuse


class Gate:
    """ASGI middleware: every call needs the token."""

    def __init__(self, app: ASGIApp, token: StaticToken) -> None:
        self._app = app
        self._token = token

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let one request pass or refuse it."""
        if scope["type"] == "http" and not self._is_known(Request(scope)):
            await refuse(401, {})(scope, receive, send)
            return
        await self._app(scope, receive, send)

    def _is_known(self, request: Request) -> bool:
        scheme, _, given = request.headers.get("authorization", "").partition(" ")
        return scheme.lower() == "bearer" and self._token.is_(given)

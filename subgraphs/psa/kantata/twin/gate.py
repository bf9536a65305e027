"""Who may call: every call needs the token. It does not expire; revoked, it is refused until the account is set right again."""

import hmac
from dataclasses import dataclass, field

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from subgraphs.psa.kantata.twin.refusals import refuse


@dataclass
class Token:
    """The token of the account's registered application."""

    value: str = field(repr=False)
    revoked: bool = False

    def is_of(self, request: Request) -> bool:
        """Tell whether a request carries the token while it holds."""
        scheme, _, given = request.headers.get("authorization", "").partition(" ")
        known = hmac.compare_digest(given.encode(), self.value.encode())
        return scheme.lower() == "bearer" and known and not self.revoked


class Gate:
    """ASGI middleware: every call needs the token."""

    def __init__(self, app: ASGIApp, token: Token) -> None:
        self._app = app
        self._token = token

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let one request pass or refuse it."""
        if scope["type"] == "http" and not self._token.is_of(Request(scope)):
            await refuse(401, {})(scope, receive, send)
            return
        await self._app(scope, receive, send)

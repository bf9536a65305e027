"""A twin tells its own time: the Date header of every answer is that of the system's clock, by which change feeds go on."""

from collections.abc import Callable
from datetime import datetime

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from subgraphs.kit.dates import http_date


class Dated:
    """ASGI middleware: sets the Date header. The server below must not set one of its own."""

    def __init__(self, app: ASGIApp, now: Callable[[], datetime]) -> None:
        self._app = app
        self._now = now

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        told = http_date(self._now())

        async def dated(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)["date"] = told
            await send(message)

        await self._app(scope, receive, dated if scope["type"] == "http" else send)

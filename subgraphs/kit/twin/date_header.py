"""The Date header of a twin's answers: the time of the twin's clock, from which change feeds resume."""

from collections.abc import Callable
from datetime import datetime

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from subgraphs.kit.dates import format_http_date


class DateHeaderMiddleware:
    """ASGI middleware: sets the Date header. The server must not set one itself."""

    def __init__(self, app: ASGIApp, now: Callable[[], datetime]) -> None:
        self._app = app
        self._now = now

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        date = format_http_date(self._now())

        async def send_dated(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)["date"] = date
            await send(message)

        await self._app(scope, receive, send_dated if scope["type"] == "http" else send)

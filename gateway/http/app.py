"""The Starlette application: routes, correlation ids, security headers, health."""

import re
import uuid
from collections.abc import Awaitable, Callable, Collection
from contextlib import AbstractAsyncContextManager
from pathlib import Path

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gateway.auth.tokens import TokenVerifier
from gateway.http.engine import GraphEngine
from gateway.http.graph import GraphEndpoint
from gateway.http.measure import Limits
from gateway.http.problems import ProblemError, incident, problem_response
from gateway.http.socket.handshake import SocketEndpoint
from gateway.http.socket.seats import SocketLimits

CORRELATION = re.compile(r"[A-Za-z0-9._-]{8,64}")
PAGE = Path(__file__).with_name("page.html")

SECURITY_HEADERS: tuple[tuple[bytes, bytes], ...] = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cache-control", b"no-store"),
    (
        b"content-security-policy",
        b"default-src 'none'; style-src 'self' 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'",
    ),
)

Lifespan = Callable[[Starlette], AbstractAsyncContextManager[None]]


class Edge:
    """Gives every request a correlation id, and every answer that id and the security headers."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass one request on."""
        if scope["type"] not in {"http", "websocket"}:
            await self._app(scope, receive, send)
            return
        correlation_id = _correlation(scope)
        scope.setdefault("state", {})["correlation_id"] = correlation_id

        async def send_with_headers(message: Message) -> None:
            if message["type"] in {"http.response.start", "websocket.http.response.start"}:
                own = [*SECURITY_HEADERS, (b"x-correlation-id", correlation_id.encode())]
                message = {**message, "headers": [*message.get("headers", []), *own]}
            await send(message)

        await self._app(scope, receive, send_with_headers)


def _correlation(scope: Scope) -> str:
    """Take the caller's correlation id when it is harmless, else make one."""
    for name, value in scope["headers"]:
        if name == b"x-correlation-id" and CORRELATION.fullmatch(value.decode("latin-1")):
            return str(value.decode())
    return uuid.uuid4().hex


def create_app(
    engine: GraphEngine,
    verifier: TokenVerifier,
    *,
    ready: Callable[[], Awaitable[bool]],
    limits: Limits | None = None,
    socket_limits: SocketLimits | None = None,
    origins: Collection[str] = (),
    lifespan: Lifespan | None = None,
) -> Starlette:
    """Build the application. A vendor being down never makes it unready: `ready` looks at the store and the keys.

    Pages of `origins`, beside the gateway's own, may open a WebSocket. `state.drain()` ends the open ones, before a server stops.
    """
    limits = limits or Limits()
    endpoint = GraphEndpoint(engine, verifier, limits)
    sockets = SocketEndpoint(engine, verifier, limits, socket_limits or SocketLimits(), origins)

    async def graphql(request: Request) -> Response:
        if request.method == "GET":
            return HTMLResponse(PAGE.read_text(encoding="utf-8"))
        return await endpoint(request)

    async def alive(_request: Request) -> Response:
        return PlainTextResponse("ok")

    async def readiness(_request: Request) -> Response:
        return PlainTextResponse("ready") if await ready() else PlainTextResponse("not ready", status_code=503)

    app = Starlette(
        routes=[
            Route("/graphql", graphql, methods=["GET", "POST"]),
            WebSocketRoute("/graphql", sockets.serve),
            Route("/livez", alive),
            Route("/readyz", readiness),
        ],
        middleware=[Middleware(Edge)],
        exception_handlers={ProblemError: _refuse, Exception: _fail},
        lifespan=lifespan,
    )
    app.state.drain = sockets.seats.drain
    return app


async def _refuse(request: Request, error: Exception) -> Response:
    if not isinstance(error, ProblemError):
        raise error
    return problem_response(error, request.state.correlation_id)


async def _fail(request: Request, error: Exception) -> Response:
    known_as = incident(error)
    problem = ProblemError(500, "INTERNAL", f"Something failed inside; incident {known_as}.")
    return problem_response(problem, getattr(request.state, "correlation_id", known_as))

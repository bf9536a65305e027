"""The Starlette application: routes, correlation ids, security headers, health."""

import re
import uuid
from collections.abc import Awaitable, Callable, Collection, Sequence
from contextlib import AbstractAsyncContextManager

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gateway.auth.tokens import TokenVerifier
from gateway.http.document_limits import DocumentLimits
from gateway.http.endpoint import GraphEndpoint
from gateway.http.graph_engine import GraphEngine
from gateway.http.header_limits import check_header_size
from gateway.http.operations import DEFAULT_ALLOWANCE, DEFAULT_DEADLINE_SECONDS, Operations
from gateway.http.problems import ProblemError, build_problem_response, log_incident
from gateway.http.socket.connection_limits import SocketLimits
from gateway.http.socket.handshake import SocketEndpoint
from gateway.resilience.caller_budget import Usage

CORRELATION_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")

SECURITY_HEADERS: tuple[tuple[bytes, bytes], ...] = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cache-control", b"no-store"),
    (
        b"content-security-policy",
        b"default-src 'none'; style-src 'self' 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'",
    ),
)

Page = Callable[[Request], Awaitable[Response]]
Lifespan = Callable[[Starlette], AbstractAsyncContextManager[None]]


class EdgeMiddleware:
    """Add a correlation id to each request, and that id and missing security headers to each response."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request; reject it if its headers are too large."""
        if scope["type"] not in {"http", "websocket"}:
            await self._app(scope, receive, send)
            return
        correlation_id = _choose_correlation_id(scope)
        scope.setdefault("state", {})["correlation_id"] = correlation_id

        async def send_with_headers(message: Message) -> None:
            if message["type"] in {"http.response.start", "websocket.http.response.start"}:
                present = message.get("headers", [])
                names = {name.lower() for name, _ in present}
                missing = [header for header in SECURITY_HEADERS if header[0] not in names]
                message = {**message, "headers": [*present, *missing, (b"x-correlation-id", correlation_id.encode())]}
            await send(message)

        problem = check_header_size(scope) if scope["type"] == "http" else None
        handler = self._app if problem is None else build_problem_response(problem, correlation_id)
        await handler(scope, receive, send_with_headers)


def _choose_correlation_id(scope: Scope) -> str:
    """Return the caller's correlation id if it has the allowed form, else a new one."""
    for name, value in scope["headers"]:
        if name == b"x-correlation-id" and CORRELATION_ID.fullmatch(value.decode("latin-1")):
            return str(value.decode())
    return uuid.uuid4().hex


def create_app(
    engine: GraphEngine,
    verifier: TokenVerifier,
    *,
    ready: Callable[[], Awaitable[bool]],
    limits: DocumentLimits | None = None,
    socket_limits: SocketLimits | None = None,
    allowance: Usage = DEFAULT_ALLOWANCE,
    deadline_seconds: float = DEFAULT_DEADLINE_SECONDS,
    origins: Collection[str] = (),
    lifespan: Lifespan | None = None,
    page: Page | None = None,
    routes: Sequence[BaseRoute] = (),
) -> Starlette:
    """Build the application.

    `ready` checks the store and the signing keys, not the vendors: an unavailable vendor does not make it unready.
    `page` serves GET /graphql to browsers; without it only POST is allowed. `routes` are added after the edge's own.
    Besides the gateway's own origin, pages of `origins` may open a WebSocket. Call `state.drain()` before the server
    stops: it closes the open WebSockets.
    """
    limits = limits or DocumentLimits()
    operations = Operations(engine, limits, allowance=allowance, deadline_seconds=deadline_seconds)
    endpoint = GraphEndpoint(operations, verifier, limits.seconds)
    sockets = SocketEndpoint(operations, verifier, socket_limits or SocketLimits(), origins)

    async def serve_graphql(request: Request) -> Response:
        if request.method != "POST":
            if page is None or not _accepts_html(request):
                raise ProblemError(405, "METHOD_NOT_ALLOWED", "Send POST with JSON.", {"Allow": "POST"})
            return await page(request)
        return await endpoint(request)

    async def report_liveness(_request: Request) -> Response:
        return PlainTextResponse("ok")

    async def report_readiness(_request: Request) -> Response:
        return PlainTextResponse("ready") if await ready() else PlainTextResponse("not ready", status_code=503)

    app = Starlette(
        routes=[
            Route("/graphql", serve_graphql, methods=["GET", "POST"]),
            WebSocketRoute("/graphql", sockets.serve),
            Route("/livez", report_liveness),
            Route("/readyz", report_readiness),
            *routes,
        ],
        middleware=[Middleware(EdgeMiddleware)],
        exception_handlers={ProblemError: _handle_problem, Exception: _handle_unexpected_error},
        lifespan=lifespan,
    )
    # A redirect would repeat the Host header of the caller, and use http behind a proxy that terminates TLS.
    app.router.redirect_slashes = False
    app.state.drain = sockets.registry.drain
    return app


def _accepts_html(request: Request) -> bool:
    accepted = request.headers.get("accept", "*/*")
    return "text/html" in accepted or "*/*" in accepted


async def _handle_problem(request: Request, error: Exception) -> Response:
    if not isinstance(error, ProblemError):
        raise error
    return build_problem_response(error, request.state.correlation_id)


async def _handle_unexpected_error(request: Request, error: Exception) -> Response:
    incident_id = log_incident(error)
    problem = ProblemError(500, "INTERNAL", f"Internal error. Incident id: {incident_id}.")
    return build_problem_response(problem, getattr(request.state, "correlation_id", incident_id))

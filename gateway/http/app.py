"""The Starlette application: routes, correlation ids, security headers, health."""

import re
import uuid
from collections.abc import Awaitable, Callable, Collection, Sequence
from contextlib import AbstractAsyncContextManager
from http import HTTPStatus

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gateway.auth.tokens import TokenVerifier
from gateway.http.cross_origin import PREFLIGHT_METHOD, CrossOriginPolicy
from gateway.http.document_limits import DocumentLimits
from gateway.http.endpoint import GraphEndpoint
from gateway.http.graph_engine import GraphEngine
from gateway.http.header_limits import check_headers
from gateway.http.media_types import HTML, AcceptedTypes
from gateway.http.operations import DEFAULT_ALLOWANCE, DEFAULT_DEADLINE_SECONDS, Operations
from gateway.http.problems import ProblemError, build_problem_response, log_incident
from gateway.http.socket.connection_limits import SocketLimits
from gateway.http.socket.handshake import SocketEndpoint
from gateway.resilience.caller_budget import Usage

GRAPH_PATH = "/graphql"
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

    def __init__(self, app: ASGIApp, cross_origin: CrossOriginPolicy) -> None:
        self._app = app
        self._cross_origin = cross_origin

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request; reject it if its headers are too large."""
        if scope["type"] not in {"http", "websocket"}:
            await self._app(scope, receive, send)
            return
        correlation_id = _choose_correlation_id(scope)
        scope.setdefault("state", {})["correlation_id"] = correlation_id
        cross_origin = self._cross_origin.build_headers(scope)

        async def send_with_headers(message: Message) -> None:
            if message["type"] in {"http.response.start", "websocket.http.response.start"}:
                present = message.get("headers", [])
                names = {name.lower() for name, _ in present}
                own = (b"x-correlation-id", correlation_id.encode())
                missing = [header for header in SECURITY_HEADERS if header[0] not in names]
                message = {**message, "headers": [*present, *missing, *cross_origin, own]}
            await send(message)

        problem = check_headers(scope)
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
    serves_get_queries: bool = False,
    lifespan: Lifespan | None = None,
    page: Page | None = None,
    routes: Sequence[BaseRoute] = (),
) -> Starlette:
    """Build the application.

    `ready` checks the store and the signing keys, not the vendors: an unavailable vendor does not make it unready.
    `page` serves GET /graphql to browsers. With `serves_get_queries` a GET executes the query in its URL, unless the
    client prefers the page. `routes` are added after the edge's own. Pages of `origins` may send requests and open a
    WebSocket, as those of the gateway's own origin may. Call `state.drain()` before the server stops: it closes the
    open WebSockets.
    """
    limits = limits or DocumentLimits()
    operations = Operations(engine, limits, allowance=allowance, deadline_seconds=deadline_seconds)
    endpoint = GraphEndpoint(operations, verifier, limits.seconds)
    sockets = SocketEndpoint(operations, verifier, socket_limits or SocketLimits(), origins)

    methods = ["GET", "POST"] if serves_get_queries else ["POST"]
    cross_origin = CrossOriginPolicy(GRAPH_PATH, origins, methods)

    async def serve_graphql(request: Request) -> Response:
        if request.method == "POST":
            return await endpoint.post(request)
        if request.method == "OPTIONS" and PREFLIGHT_METHOD in request.headers:
            return cross_origin.answer_preflight(request)
        if request.method == "GET":
            if page is not None and _wants_page(request, serves_get_queries=serves_get_queries):
                return await page(request)
            if serves_get_queries:
                return await endpoint.get(request)
        raise ProblemError(405, "METHOD_NOT_ALLOWED", "Send POST with JSON.", {"Allow": ", ".join(methods)})

    async def report_liveness(_request: Request) -> Response:
        return PlainTextResponse("ok")

    async def report_readiness(_request: Request) -> Response:
        return PlainTextResponse("ready") if await ready() else PlainTextResponse("not ready", status_code=503)

    app = Starlette(
        routes=[
            Route(GRAPH_PATH, serve_graphql, methods=["GET", "POST", "OPTIONS"]),
            WebSocketRoute(GRAPH_PATH, sockets.serve),
            Route("/livez", report_liveness),
            Route("/readyz", report_readiness),
            *routes,
        ],
        middleware=[Middleware(EdgeMiddleware, cross_origin=cross_origin)],
        exception_handlers={
            ProblemError: _handle_problem,
            HTTPException: _handle_http_error,
            ClientDisconnect: _handle_disconnect,
            Exception: _handle_unexpected_error,
        },
        lifespan=lifespan,
    )
    # A redirect would repeat the Host header of the caller, and use http behind a proxy that terminates TLS.
    app.router.redirect_slashes = False
    app.state.drain = sockets.registry.drain
    return app


def _wants_page(request: Request, *, serves_get_queries: bool) -> bool:
    """Return whether a GET is answered with the page: the client prefers HTML, or accepts it and sends no query."""
    accepted = AcceptedTypes(request)
    has_query = serves_get_queries and not {"query", "extensions"}.isdisjoint(request.query_params)
    return accepted.prefers_html or (accepted.get_quality(HTML) > 0 and not has_query)


async def _handle_http_error(request: Request, error: Exception) -> Response:
    """Return the problem of a path or method that the router does not know."""
    allowed = error.headers if isinstance(error, HTTPException) else None
    if isinstance(error, HTTPException) and error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        problem = ProblemError(405, "METHOD_NOT_ALLOWED", "This URL does not support the method.", allowed)
    else:
        problem = ProblemError(404, "NOT_FOUND", "There is nothing at this URL; the graph is at /graphql.")
    return build_problem_response(problem, request.state.correlation_id)


async def _handle_disconnect(_request: Request, _error: Exception) -> Response:
    """Return a response that nobody receives: the client has left, which is no error of the gateway."""
    return Response(status_code=HTTPStatus.BAD_REQUEST)


async def _handle_problem(request: Request, error: Exception) -> Response:
    if not isinstance(error, ProblemError):
        raise error
    return build_problem_response(error, request.state.correlation_id)


async def _handle_unexpected_error(request: Request, error: Exception) -> Response:
    incident_id = log_incident(error)
    problem = ProblemError(500, "INTERNAL", f"Internal error. Incident id: {incident_id}.")
    return build_problem_response(problem, getattr(request.state, "correlation_id", incident_id))

"""The Starlette application: routes, correlation ids, security headers, health."""

import logging
import re
import uuid
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gateway.auth.tokens import TokenVerifier
from gateway.http.graph import GraphEndpoint, GraphEngine
from gateway.http.measure import Limits
from gateway.http.problems import ProblemError, problem_response

LOG = logging.getLogger(__name__)
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
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        correlation_id = _correlation(scope)
        scope.setdefault("state", {})["correlation_id"] = correlation_id

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
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
    lifespan: Lifespan | None = None,
) -> Starlette:
    """Build the application. A vendor being down never makes it unready: `ready` looks at the store and the keys."""
    endpoint = GraphEndpoint(engine, verifier, limits or Limits())

    async def graphql(request: Request) -> Response:
        if request.method == "GET":
            return HTMLResponse(PAGE.read_text(encoding="utf-8"))
        return await endpoint(request)

    async def alive(_request: Request) -> Response:
        return PlainTextResponse("ok")

    async def readiness(_request: Request) -> Response:
        return PlainTextResponse("ready") if await ready() else PlainTextResponse("not ready", status_code=503)

    return Starlette(
        routes=[
            Route("/graphql", graphql, methods=["GET", "POST"]),
            Route("/livez", alive),
            Route("/readyz", readiness),
        ],
        middleware=[Middleware(Edge)],
        exception_handlers={ProblemError: _refuse, Exception: _fail},
        lifespan=lifespan,
    )


async def _refuse(request: Request, error: Exception) -> Response:
    if not isinstance(error, ProblemError):
        raise error
    return problem_response(error, request.state.correlation_id)


async def _fail(request: Request, error: Exception) -> Response:
    incident = uuid.uuid4().hex
    LOG.error("a request failed", exc_info=error, extra={"incident_id": incident})
    problem = ProblemError(500, "INTERNAL", f"Something failed inside; incident {incident}.")
    return problem_response(problem, getattr(request.state, "correlation_id", incident))

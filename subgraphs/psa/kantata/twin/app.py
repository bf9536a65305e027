"""Composes an account: its resources over HTTP, behind the token and the fault switches."""

import hmac

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from subgraphs.kit.clock import Dated
from subgraphs.kit.faults import Faults
from subgraphs.psa.kantata.twin.life import Life
from subgraphs.psa.kantata.twin.refusals import RefusalError, handled, refuse
from subgraphs.psa.kantata.twin.seed import Seed
from subgraphs.psa.kantata.twin.service import Service
from subgraphs.psa.kantata.twin.settings import TwinSettings
from subgraphs.psa.kantata.twin.tables import Tables
from subgraphs.sandbox.firm.model import Firm

BASE = "/api/v1"


class Gate:
    """ASGI middleware: every call needs the token. It does not expire; revoked, it is refused until the account is set right again."""

    def __init__(self, app: ASGIApp, token: str) -> None:
        self._app = app
        self._token = token

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let one request pass or refuse it."""
        if scope["type"] == "http":
            scheme, _, given = Request(scope).headers.get("authorization", "").partition(" ")
            if scheme.lower() != "bearer" or not hmac.compare_digest(given.encode(), self._token.encode()):
                await refuse(401, {})(scope, receive, send)
                return
        await self._app(scope, receive, send)


def build_twin(firm: Firm, settings: TwinSettings) -> Starlette:
    """Return an account that holds the firm. The suffix `.json` may be left out; `state.life` changes the account as its people do."""
    tables = Tables()
    Seed(tables, firm).run()
    service = Service(tables, settings)

    async def listed(request: Request) -> Response:
        resource = request.path_params["resource"].removesuffix(".json")
        return JSONResponse(service.listed(resource, request.query_params))

    async def shown(request: Request) -> Response:
        identifier = request.path_params["id"].removesuffix(".json")
        return JSONResponse(service.shown(request.path_params["resource"], identifier, request.query_params))

    twin = Starlette(
        routes=[Route(f"{BASE}/{{resource}}", listed), Route(f"{BASE}/{{resource}}/{{id}}", shown)],
        middleware=[
            Middleware(Dated, now=settings.now),
            Middleware(Faults, expire=lambda: None, refuse=refuse, login="", concurrency=settings.concurrency),
            Middleware(Gate, token=settings.token),
        ],
        exception_handlers={RefusalError: handled, 404: _unknown},
    )
    twin.state.life = Life(tables, settings.now)
    return twin


async def _unknown(_request: Request, _error: Exception) -> Response:
    return refuse(404, {})

"""Composes the twin: its resources over HTTP, behind fault injection, authentication and the rate limit."""

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from subgraphs.kit.twin.fault_injection import FaultInjector
from subgraphs.kit.twin.refusals import answer_refusal
from subgraphs.kit.twin.static_token import StaticToken
from subgraphs.kit.twin.table_store import TableStore
from subgraphs.psa.productive.twin.faults import OrganizationFaults
from subgraphs.psa.productive.twin.refusals import MEDIA, RefusalError, build_error, build_window_error
from subgraphs.psa.productive.twin.resources import TYPES
from subgraphs.psa.productive.twin.rows import RowWriter
from subgraphs.psa.productive.twin.seed import Seed
from subgraphs.psa.productive.twin.service import QueryService
from subgraphs.psa.productive.twin.settings import TwinSettings
from subgraphs.sandbox.firm.model import Firm

BASE = "/api/v2"


class RequestGuard:
    """ASGI middleware: rejects calls without token, organization or media type, and those beyond the rate limit."""

    def __init__(self, app: ASGIApp, settings: TwinSettings, token: StaticToken) -> None:
        self._app = app
        self._settings = settings
        self._token = token
        self._window, self._calls = 0, 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass one request on or reject it."""
        refusal = self._find_refusal(Request(scope)) if scope["type"] == "http" else None
        await (refusal or self._app)(scope, receive, send)

    def _find_refusal(self, request: Request) -> Response | None:
        settings, headers = self._settings, request.headers
        if not self._token.is_valid(headers.get("x-auth-token", "")):
            return build_error(401, {})
        if headers.get("x-organization-id") != settings.organization:
            return build_error(403, {})
        if headers.get("content-type", "").partition(";")[0] != MEDIA:
            return build_error(415, {})
        return self._count_call()

    def _count_call(self) -> Response | None:
        now, seconds = self._settings.clock(), self._settings.seconds
        window = int(now // seconds)
        if window != self._window:
            self._window, self._calls = window, 0
        self._calls += 1
        if self._calls <= self._settings.requests:
            return None
        return build_window_error(self._settings.requests, seconds, int((window + 1) * seconds - now) + 1)


def build_twin(firm: Firm, settings: TwinSettings) -> Starlette:
    """Return an organization with the firm; `state.rows` adds more rows."""
    tables, token = TableStore(TYPES), StaticToken(settings.token)
    rows = RowWriter(tables)
    Seed(rows, firm).run()
    service = QueryService(tables, settings)

    async def list_resources(request: Request) -> Response:
        resource = request.path_params["resource"]
        address = f"https://api.productive.io{BASE}/{resource}"
        return JSONResponse(service.list_resources(resource, request.query_params, address), media_type=MEDIA)

    async def show_resource(request: Request) -> Response:
        parameters = request.path_params
        document = service.show_resource(parameters["resource"], parameters["id"], request.query_params)
        return JSONResponse(document, media_type=MEDIA)

    twin = Starlette(
        routes=[Route(f"{BASE}/{{resource}}", list_resources), Route(f"{BASE}/{{resource}}/{{id}}", show_resource)],
        middleware=[
            Middleware(FaultInjector, vendor=OrganizationFaults(tables, token, settings.now)),
            Middleware(RequestGuard, settings=settings, token=token),
        ],
        exception_handlers={RefusalError: answer_refusal, 404: _answer_not_found},
    )
    twin.state.rows = rows
    return twin


async def _answer_not_found(_request: Request, _error: Exception) -> Response:
    return build_error(404, {})

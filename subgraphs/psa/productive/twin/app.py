"""Composes an organization: its resources over HTTP, behind the token, the media type, the limit of calls and the fault switches."""

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from subgraphs.kit.faults import Faults
from subgraphs.kit.static_token import StaticToken
from subgraphs.kit.tables import Tables
from subgraphs.kit.twin.refusals import answer_refusal
from subgraphs.psa.productive.twin.faults import OrganizationFaults
from subgraphs.psa.productive.twin.refusals import MEDIA, RefusalError, limited, refuse
from subgraphs.psa.productive.twin.resources import TYPES
from subgraphs.psa.productive.twin.rows import Rows
from subgraphs.psa.productive.twin.seed import Seed
from subgraphs.psa.productive.twin.service import Service
from subgraphs.psa.productive.twin.settings import TwinSettings
from subgraphs.sandbox.firm.model import Firm

BASE = "/api/v2"


class Gate:
    """ASGI middleware: every call needs the token, the organization and the media type, and no more come through than a window allows."""

    def __init__(self, app: ASGIApp, settings: TwinSettings, token: StaticToken) -> None:
        self._app = app
        self._settings = settings
        self._token = token
        self._window, self._calls = 0, 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let one request pass or refuse it."""
        refused = self._refused(Request(scope)) if scope["type"] == "http" else None
        await (refused or self._app)(scope, receive, send)

    def _refused(self, request: Request) -> Response | None:
        settings, headers = self._settings, request.headers
        if not self._token.is_(headers.get("x-auth-token", "")):
            return refuse(401, {})
        if headers.get("x-organization-id") != settings.organization:
            return refuse(403, {})
        if headers.get("content-type", "").partition(";")[0] != MEDIA:
            return refuse(415, {})
        return self._late()

    def _late(self) -> Response | None:
        now, seconds = self._settings.clock(), self._settings.seconds
        window = int(now // seconds)
        if window != self._window:
            self._window, self._calls = window, 0
        self._calls += 1
        if self._calls <= self._settings.requests:
            return None
        return limited(self._settings.requests, seconds, int((window + 1) * seconds - now) + 1)


def build_twin(firm: Firm, settings: TwinSettings) -> Starlette:
    """Return an organization that holds the firm; `state.rows` adds what no firm has."""
    tables, token = Tables(TYPES), StaticToken(settings.token)
    rows = Rows(tables)
    Seed(rows, firm).run()
    service = Service(tables, settings)

    async def listed(request: Request) -> Response:
        resource = request.path_params["resource"]
        address = f"https://api.productive.io{BASE}/{resource}"
        return JSONResponse(service.listed(resource, request.query_params, address), media_type=MEDIA)

    async def shown(request: Request) -> Response:
        parameters = request.path_params
        document = service.shown(parameters["resource"], parameters["id"], request.query_params)
        return JSONResponse(document, media_type=MEDIA)

    twin = Starlette(
        routes=[Route(f"{BASE}/{{resource}}", listed), Route(f"{BASE}/{{resource}}/{{id}}", shown)],
        middleware=[
            Middleware(Faults, vendor=OrganizationFaults(tables, token, settings.now)),
            Middleware(Gate, settings=settings, token=token),
        ],
        exception_handlers={RefusalError: answer_refusal, 404: _unknown},
    )
    twin.state.rows = rows
    return twin


async def _unknown(_request: Request, _error: Exception) -> Response:
    return refuse(404, {})

"""Composes an account: its resources over HTTP, behind the token and the fault switches."""

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from subgraphs.kit.clock import Dated
from subgraphs.kit.faults import Faults
from subgraphs.kit.static_token import StaticToken
from subgraphs.kit.tables import Tables
from subgraphs.psa.kantata.twin.faults import AccountFaults
from subgraphs.psa.kantata.twin.gate import Gate
from subgraphs.psa.kantata.twin.life import Life
from subgraphs.psa.kantata.twin.refusals import RefusalError, handled, refuse
from subgraphs.psa.kantata.twin.seed import Seed
from subgraphs.psa.kantata.twin.service import Service
from subgraphs.psa.kantata.twin.settings import TwinSettings
from subgraphs.psa.kantata.twin.tables import RESOURCES
from subgraphs.sandbox.firm.model import Firm

BASE = "/api/v1"


def build_twin(firm: Firm, settings: TwinSettings) -> Starlette:
    """Return an account that holds the firm. The suffix `.json` may be left out; `state.life` changes the account as its people do."""
    tables, token = Tables(RESOURCES), StaticToken(settings.token)
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
            Middleware(Faults, vendor=AccountFaults(tables, token, settings.concurrency, settings.now)),
            Middleware(Gate, token=token),
        ],
        exception_handlers={RefusalError: handled, 404: _unknown},
    )
    twin.state.life = Life(tables, settings.now)
    return twin


async def _unknown(_request: Request, _error: Exception) -> Response:
    return refuse(404, {})

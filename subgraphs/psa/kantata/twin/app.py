"""Composes an account: its resources over HTTP, behind the token and the fault switches."""

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from subgraphs.kit.faults import Faults
from subgraphs.psa.kantata.twin.faults import AccountFaults
from subgraphs.psa.kantata.twin.gate import Gate, Token
from subgraphs.psa.kantata.twin.refusals import RefusalError, handled, refuse
from subgraphs.psa.kantata.twin.seed import Seed
from subgraphs.psa.kantata.twin.service import Service
from subgraphs.psa.kantata.twin.settings import TwinSettings
from subgraphs.psa.kantata.twin.tables import Tables
from subgraphs.sandbox.firm.model import Firm

BASE = "/api/v1"


def build_twin(firm: Firm, settings: TwinSettings) -> Starlette:
    """Return an account that holds the firm. The suffix `.json` may be left out."""
    tables, token = Tables(), Token(settings.token)
    Seed(tables, firm).run()
    service = Service(tables, settings)

    async def listed(request: Request) -> Response:
        resource = request.path_params["resource"].removesuffix(".json")
        return JSONResponse(service.listed(resource, request.query_params))

    async def shown(request: Request) -> Response:
        identifier = request.path_params["id"].removesuffix(".json")
        return JSONResponse(service.shown(request.path_params["resource"], identifier, request.query_params))

    return Starlette(
        routes=[Route(f"{BASE}/{{resource}}", listed), Route(f"{BASE}/{{resource}}/{{id}}", shown)],
        middleware=[
            Middleware(Faults, vendor=AccountFaults(tables, token, settings.concurrency, settings.now)),
            Middleware(Gate, token=token),
        ],
        exception_handlers={RefusalError: handled, 404: _unknown},
    )


async def _unknown(_request: Request, _error: Exception) -> Response:
    return refuse(404, {})

"""Composes an account: its resources over HTTP, behind the token and the fault switches."""

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from subgraphs.kit.clock import Dated
from subgraphs.kit.faults import Faults
from subgraphs.kit.static_token import StaticToken
from subgraphs.kit.tables import Tables
from subgraphs.kit.twin.refusals import answer_refusal
from subgraphs.psa.kantata.twin.faults import AccountFaults
from subgraphs.psa.kantata.twin.gate import Gate
from subgraphs.psa.kantata.twin.life import Life
from subgraphs.psa.kantata.twin.references import References
from subgraphs.psa.kantata.twin.refusals import RefusalError, refuse
from subgraphs.psa.kantata.twin.resources import Resources
from subgraphs.psa.kantata.twin.seed import Seed
from subgraphs.psa.kantata.twin.service import Service
from subgraphs.psa.kantata.twin.settings import TwinSettings
from subgraphs.psa.kantata.twin.tables import RESOURCES
from subgraphs.psa.kantata.twin.writes import Writes
from subgraphs.sandbox.firm.model import Firm

BASE = "/api/v1"


def build_twin(firm: Firm, settings: TwinSettings) -> Starlette:
    """Return an account that holds the firm. The suffix `.json` may be left out; `state.life` changes the account as its people do."""
    tables, token = Tables(RESOURCES), StaticToken(settings.token)
    Seed(tables, firm).run()
    life = Life(tables, settings.now)
    service = Service(tables, settings)
    references = References(tables, service)
    resources = Resources(service, Writes(tables, service, life, references), references)
    twin = Starlette(
        routes=[
            Route(f"{BASE}/external_references/create_or_update", resources.referred, methods=["POST"]),
            Route(f"{BASE}/external_references/create_or_update.json", resources.referred, methods=["POST"]),
            Route(f"{BASE}/{{resource}}", resources.many, methods=["GET", "POST", "DELETE"]),
            Route(f"{BASE}/{{resource}}/{{id}}", resources.one, methods=["GET", "PUT", "DELETE"]),
        ],
        middleware=[
            Middleware(Dated, now=settings.now),
            Middleware(Faults, vendor=AccountFaults(tables, token, settings.concurrency, settings.now)),
            Middleware(Gate, token=token),
        ],
        exception_handlers={RefusalError: answer_refusal, 404: _unknown},
    )
    twin.state.life = life
    return twin


async def _unknown(_request: Request, _error: Exception) -> Response:
    return refuse(404, {})

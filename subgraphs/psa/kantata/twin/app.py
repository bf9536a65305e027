"""Composes the twin: its resources over HTTP, behind fault injection and authentication."""

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from subgraphs.kit.twin.date_header import DateHeaderMiddleware
from subgraphs.kit.twin.fault_injection import FaultInjector
from subgraphs.kit.twin.refusals import answer_refusal
from subgraphs.kit.twin.static_token import StaticToken
from subgraphs.kit.twin.table_store import TableStore
from subgraphs.psa.kantata.twin.faults import AccountFaults
from subgraphs.psa.kantata.twin.gate import TokenGuard
from subgraphs.psa.kantata.twin.life import AccountEditor
from subgraphs.psa.kantata.twin.references import ReferenceWriter
from subgraphs.psa.kantata.twin.refusals import RefusalError, build_error
from subgraphs.psa.kantata.twin.resources import Endpoints
from subgraphs.psa.kantata.twin.seed import Seed
from subgraphs.psa.kantata.twin.service import QueryService
from subgraphs.psa.kantata.twin.settings import TwinSettings
from subgraphs.psa.kantata.twin.tables import RESOURCES
from subgraphs.psa.kantata.twin.writes import RecordWriter
from subgraphs.sandbox.firm.model import Firm

BASE = "/api/v1"


def build_twin(firm: Firm, settings: TwinSettings) -> Starlette:
    """Return an account with the firm. The suffix `.json` is optional; `state.life` edits the account."""
    tables, token = TableStore(RESOURCES), StaticToken(settings.token)
    Seed(tables, firm).run()
    life = AccountEditor(tables, settings.now)
    service = QueryService(tables, settings)
    references = ReferenceWriter(tables, service)
    resources = Endpoints(service, RecordWriter(tables, service, life, references), references)
    twin = Starlette(
        routes=[
            Route(f"{BASE}/external_references/create_or_update", resources.handle_reference, methods=["POST"]),
            Route(f"{BASE}/external_references/create_or_update.json", resources.handle_reference, methods=["POST"]),
            Route(f"{BASE}/{{resource}}", resources.handle_list, methods=["GET", "POST", "DELETE"]),
            Route(f"{BASE}/{{resource}}/{{id}}", resources.handle_record, methods=["GET", "PUT", "DELETE"]),
        ],
        middleware=[
            Middleware(DateHeaderMiddleware, now=settings.now),
            Middleware(FaultInjector, vendor=AccountFaults(tables, token, settings.concurrency, settings.now)),
            Middleware(TokenGuard, token=token),
        ],
        exception_handlers={RefusalError: answer_refusal, 404: _answer_not_found},
    )
    twin.state.life = life
    return twin


async def _answer_not_found(_request: Request, _error: Exception) -> Response:
    return build_error(404, {})

"""Builds the twin's ASGI application: routes and middleware over a store that is filled with a firm."""

import sqlite3
from zoneinfo import ZoneInfo

import msgspec
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from subgraphs.erp.netsuite.twin import dialect, refusals
from subgraphs.erp.netsuite.twin.async_jobs import AsyncMiddleware, JobService
from subgraphs.erp.netsuite.twin.authentication import AuthenticationMiddleware
from subgraphs.erp.netsuite.twin.faults import AccountFaults
from subgraphs.erp.netsuite.twin.records import RecordRepository
from subgraphs.erp.netsuite.twin.refusals import RefusalError
from subgraphs.erp.netsuite.twin.rest import BASE, RecordService, build_envelope, parse_page_bounds
from subgraphs.erp.netsuite.twin.seed import MasterDataSeeder
from subgraphs.erp.netsuite.twin.seed_transactions import TransactionSeeder
from subgraphs.erp.netsuite.twin.settings import TwinSettings
from subgraphs.erp.netsuite.twin.store import Store
from subgraphs.erp.netsuite.twin.tokens import TOKEN_PATH, TokenService
from subgraphs.kit.twin.date_header import DateHeaderMiddleware
from subgraphs.kit.twin.fault_injection import FaultInjector
from subgraphs.kit.twin.refusals import answer_refusal
from subgraphs.sandbox.firm.model import Firm

SUITEQL = BASE + "/query/v1/suiteql"
MAX_ROWS = 100_000


class StatementBody(msgspec.Struct, frozen=True):
    """The body of a SuiteQL request."""

    q: str


class QueryService:
    """The endpoints of SuiteQL and of the system service."""

    def __init__(self, store: Store, settings: TwinSettings) -> None:
        self._store = store
        self._settings = settings

    async def answer_suiteql(self, request: Request) -> Response:
        """Answer a statement with one page of rows."""
        if "transient" not in request.headers.get("prefer", ""):
            raise RefusalError(
                400, "INVALID_HEADER", "The required request header 'Prefer' is missing or not set to 'transient'."
            )
        if not self._settings.suite_analytics:
            raise refusals.build_user_error(refusals.NO_PERMISSION)
        limit, offset = parse_page_bounds(request)
        try:
            statement = msgspec.json.decode(await request.body(), type=StatementBody).q
        except msgspec.DecodeError as error:
            raise RefusalError(400, "INVALID_CONTENT", "Invalid content in the request body.") from error
        total, rows = self._run(statement, min(limit, self._settings.most_rows), offset)
        items = [{"links": [], **row} for row in rows]
        return JSONResponse(
            build_envelope(str(request.url), items, offset, total),
            media_type="application/vnd.oracle.resource+json; type=collection",
        )

    def _run(self, statement: str, limit: int, offset: int) -> tuple[int, list[dict[str, str]]]:
        try:
            self._check_permission(statement)
            total, rows = self._store.select(dialect.translate(statement), limit, offset)
        except dialect.SuiteQlError as error:
            raise RefusalError(400, "INVALID_PARAMETER", str(error)) from error
        except sqlite3.Error as error:
            raise RefusalError(400, "INVALID_PARAMETER", str(dialect.translate_error(error, statement))) from error
        if total > MAX_ROWS:
            raise RefusalError(400, "INVALID_PARAMETER", "The query returns more than 100,000 rows.")
        return total, [dict(row) for row in rows]

    def _check_permission(self, statement: str) -> None:
        """Raise SuiteQlError if the statement reads a record type that the role may not see."""
        for token in dialect.tokenize(statement):
            if token.kind == "word" and token.lower in self._settings.denied_records:
                raise dialect.SuiteQlError(f"Invalid search type: {token.text}")

    async def answer_server_time(self, _: Request) -> Response:
        """Return the time of the account's clock."""
        return JSONResponse({"serverTime": self._settings.now().strftime("%Y-%m-%dT%H:%M:%SZ")})

    async def answer_governance_limits(self, _: Request) -> Response:
        """Return the account's concurrency limit."""
        limit = self._settings.concurrency
        return JSONResponse({"accountConcurrencyLimit": limit, "accountUnallocatedConcurrencyLimit": limit})


def build_twin(firm: Firm, settings: TwinSettings) -> Starlette:
    """Build an account filled with the firm; accounts share no state."""
    store = Store(ZoneInfo(settings.time_zone))
    seed = MasterDataSeeder(store, firm)
    seed.seed_master_data()
    TransactionSeeder(seed).seed_transactions()
    store.remove_features(settings.missing_features)
    tokens = TokenService(settings)
    service, jobs = QueryService(store, settings), JobService(settings.now, settings.origin)
    return Starlette(
        routes=[
            Route(TOKEN_PATH, tokens.answer_token_request, methods=["POST"]),
            Route(SUITEQL, service.answer_suiteql, methods=["POST"]),
            Route(BASE + "/system/v1/serverTime", service.answer_server_time, methods=["GET"]),
            Route(BASE + "/system/v1/governanceLimits", service.answer_governance_limits, methods=["GET"]),
            *jobs.build_routes(),
            *RecordService(RecordRepository(store, settings.now), settings).build_routes(),
        ],
        middleware=[
            Middleware(DateHeaderMiddleware, now=settings.now),
            Middleware(FaultInjector, vendor=AccountFaults(store, tokens, settings.concurrency, settings.now)),
            Middleware(AuthenticationMiddleware, tokens=tokens, settings=settings),
            Middleware(AsyncMiddleware, jobs=jobs),
        ],
        exception_handlers={RefusalError: answer_refusal},
    )

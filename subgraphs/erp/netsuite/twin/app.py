"""Composes an account: a store filled with a firm, behind the token gate, SuiteQL, the record service and the fault switches."""

import sqlite3
from zoneinfo import ZoneInfo

import msgspec
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from subgraphs.erp.netsuite.twin import dialect, refusals
from subgraphs.erp.netsuite.twin.faults import AccountFaults
from subgraphs.erp.netsuite.twin.gate import Gate
from subgraphs.erp.netsuite.twin.jobs import Deferred, Jobs
from subgraphs.erp.netsuite.twin.records import Records
from subgraphs.erp.netsuite.twin.refusals import RefusalError
from subgraphs.erp.netsuite.twin.rest import BASE, RecordService, envelope, page_bounds
from subgraphs.erp.netsuite.twin.seed import Seed
from subgraphs.erp.netsuite.twin.seed_ledger import LedgerSeed
from subgraphs.erp.netsuite.twin.settings import TwinSettings
from subgraphs.erp.netsuite.twin.store import Store
from subgraphs.erp.netsuite.twin.tokens import PATH as TOKEN_PATH
from subgraphs.erp.netsuite.twin.tokens import Tokens
from subgraphs.kit.clock import Dated
from subgraphs.kit.faults import Faults
from subgraphs.kit.twin.refusals import answer_refusal
from subgraphs.sandbox.firm.model import Firm

SUITEQL = BASE + "/query/v1/suiteql"
MAX_ROWS = 100_000


class Statement(msgspec.Struct, frozen=True):
    """The body of a SuiteQL call."""

    q: str


class Service:
    """SuiteQL and the system endpoints."""

    def __init__(self, store: Store, settings: TwinSettings) -> None:
        self._store = store
        self._settings = settings

    async def suiteql(self, request: Request) -> Response:
        """Answer a statement with one page of rows."""
        if "transient" not in request.headers.get("prefer", ""):
            raise RefusalError(
                400, "INVALID_HEADER", "The required request header 'Prefer' is missing or not set to 'transient'."
            )
        if not self._settings.suite_analytics:
            raise refusals.user_error(refusals.NO_PERMISSION)
        limit, offset = page_bounds(request)
        try:
            statement = msgspec.json.decode(await request.body(), type=Statement).q
        except msgspec.DecodeError as error:
            raise RefusalError(400, "INVALID_CONTENT", "Invalid content in the request body.") from error
        total, rows = self._run(statement, min(limit, self._settings.most_rows), offset)
        items = [{"links": [], **row} for row in rows]
        return JSONResponse(
            envelope(str(request.url), items, offset, total),
            media_type="application/vnd.oracle.resource+json; type=collection",
        )

    def _run(self, statement: str, limit: int, offset: int) -> tuple[int, list[dict[str, str]]]:
        try:
            self._permit(statement)
            total, rows = self._store.select(dialect.translate(statement), limit, offset)
        except dialect.SuiteQlError as error:
            raise RefusalError(400, "INVALID_PARAMETER", str(error)) from error
        except sqlite3.Error as error:
            raise RefusalError(400, "INVALID_PARAMETER", str(dialect.complaint(error, statement))) from error
        if total > MAX_ROWS:
            raise RefusalError(400, "INVALID_PARAMETER", "The query returns more than 100,000 rows.")
        return total, [dict(row) for row in rows]

    def _permit(self, statement: str) -> None:
        """Records that the role may not see do not exist for SuiteQL."""
        for token in dialect.tokens(statement):
            if token.kind == "word" and token.lower in self._settings.denied:
                raise dialect.SuiteQlError(f"Record '{token.text}' was not found.")

    async def server_time(self, _: Request) -> Response:
        """Tell the account's clock."""
        return JSONResponse({"serverTime": self._settings.now().strftime("%Y-%m-%dT%H:%M:%SZ")})

    async def governance_limits(self, _: Request) -> Response:
        """Tell the concurrency limit."""
        limit = self._settings.concurrency
        return JSONResponse({"accountConcurrencyLimit": limit, "accountUnallocatedConcurrencyLimit": limit})


def build_twin(firm: Firm, settings: TwinSettings) -> Starlette:
    """Return an account that holds the firm; every call of it is independent of every other."""
    store = Store(ZoneInfo(settings.time_zone))
    seed = Seed(store, firm)
    seed.master_data()
    LedgerSeed(seed).transactions()
    tokens = Tokens(settings)
    service, jobs = Service(store, settings), Jobs(settings.now, settings.origin)
    return Starlette(
        routes=[
            Route(TOKEN_PATH, tokens.endpoint, methods=["POST"]),
            Route(SUITEQL, service.suiteql, methods=["POST"]),
            Route(BASE + "/system/v1/serverTime", service.server_time, methods=["GET"]),
            Route(BASE + "/system/v1/governanceLimits", service.governance_limits, methods=["GET"]),
            *jobs.routes(),
            *RecordService(Records(store, settings.now), settings).routes(),
        ],
        middleware=[
            Middleware(Dated, now=settings.now),
            Middleware(Faults, vendor=AccountFaults(store, tokens, settings.concurrency, settings.now)),
            Middleware(Gate, tokens=tokens, settings=settings),
            Middleware(Deferred, jobs=jobs),
        ],
        exception_handlers={RefusalError: answer_refusal},
    )

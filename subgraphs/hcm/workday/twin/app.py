"""Serves a tenant over HTTP: token endpoint, WQL, custom reports, staffing and absence services.

The services are behind the token middleware and fault injection.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any

import msgspec
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from subgraphs.hcm.workday.twin import wql
from subgraphs.hcm.workday.twin.faults import TenantFaults
from subgraphs.hcm.workday.twin.refusals import RefusalError, refuse
from subgraphs.hcm.workday.twin.settings import TwinSettings
from subgraphs.hcm.workday.twin.store import COLUMNS, SOURCE, Person, Row, Store, build_store, build_wid
from subgraphs.hcm.workday.twin.tokens import Tokens
from subgraphs.kit.twin.date_header import DateHeaderMiddleware
from subgraphs.kit.twin.fault_injection import FaultInjector
from subgraphs.kit.twin.refusals import answer_refusal
from subgraphs.sandbox.firm.model import Firm

FILTERS = frozenset({"allActiveWorkers", "allActiveAndTerminatedWorkers"})
DEFAULT_PAGE_SIZE = 20
_SOURCES = {"allWorkersByOrganization": "All Workers by Organization", SOURCE: "All Workers"}
_ENCODER = msgspec.json.Encoder(decimal_format="number")


class QueryBody(msgspec.Struct, frozen=True):
    """The body of a WQL call."""

    query: str


class TokenMiddleware:
    """ASGI middleware: every path except the token endpoint needs a valid token."""

    def __init__(self, app: ASGIApp, tokens: Tokens, login: str) -> None:
        self._app = app
        self._tokens = tokens
        self._login = login

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass one request on, or reject it."""
        if scope["type"] == "http" and scope["path"] != self._login:
            try:
                self._tokens.require_token(Request(scope))
            except RefusalError as error:
                await error.to_response()(scope, receive, send)
                return
        await self._app(scope, receive, send)


class Tenant:
    """The services of one tenant."""

    def __init__(self, store: Store, settings: TwinSettings) -> None:
        self._store = store
        self._settings = settings
        self._columns = frozenset(COLUMNS)

    async def run_wql(self, request: Request) -> Response:
        """Return one page of the rows of a WQL statement."""
        self._require_permission("wql")
        statement = wql.parse_statement(await _parse_query(request), self._columns)
        if statement.source != SOURCE:
            raise RefusalError(400, f"The data source {statement.source} is not valid.")
        source_filter = statement.parameters.get("dataSourceFilter")
        if source_filter is not None and source_filter not in FILTERS:
            raise RefusalError(400, f"The data source filter {source_filter} is not valid.")
        rows = statement.run([person.row for person in self._filter_people(source_filter)], self._columns)
        return _build_page(rows, *_parse_bounds(request, self._settings.most_rows, self._settings.most_rows))

    def _filter_people(self, source_filter: str | None) -> list[Person]:
        """Return the people of a data source filter; by default without terminated workers."""
        people = list(self._store.people.values())
        if source_filter == "allActiveAndTerminatedWorkers":
            return people
        return [person for person in people if person.active]

    async def list_sources(self, request: Request) -> Response:
        """List the data sources, optionally those whose alias begins with the parameter `alias`."""
        self._require_permission("wql")
        prefix = request.query_params.get("alias", "")
        rows = [
            {"id": build_wid("data source", alias), "alias": alias, "descriptor": descriptor}
            for alias, descriptor in _SOURCES.items()
            if alias.startswith(prefix)
        ]
        return _build_page(rows, *_parse_bounds(request, DEFAULT_PAGE_SIZE, self._settings.most_listed))

    async def list_fields(self, request: Request) -> Response:
        """List the columns of a data source, given its Workday id."""
        self._require_permission("wql")
        if request.path_params["id"] != build_wid("data source", SOURCE):
            raise RefusalError(404)
        rows = [{"id": build_wid("field", name), "alias": name, "type": kind} for name, kind in COLUMNS.items()]
        return _build_page(rows, *_parse_bounds(request, DEFAULT_PAGE_SIZE, self._settings.most_listed))

    async def run_report(self, request: Request) -> Response:
        """Run a custom report, which has no pages."""
        self._require_permission("reports")
        owner, name = request.path_params["owner"], request.path_params["report"]
        if owner != self._settings.owner or request.query_params.get("format") != "json":
            raise RefusalError(404)
        ids = request.query_params.get("Workers!WID", "").split("!")
        if name == "Worker_Skills":
            rows = self._store.list_skills(ids)
        elif name == "Days_Away":
            rows = self._store.list_absences(ids, _parse_date(request, "From_Date"), _parse_date(request, "To_Date"))
        else:
            raise RefusalError(404)
        return _build_response({"Report_Entry": rows})

    async def list_workers(self, request: Request) -> Response:
        """List workers, terminated ones only with `includeTerminatedWorkers`."""
        self._require_permission("staffing")
        with_terminated = request.query_params.get("includeTerminatedWorkers") == "true"
        people = self._filter_people("allActiveAndTerminatedWorkers" if with_terminated else None)
        search = request.query_params.get("search", "").casefold()
        rows = [self._build_worker(person) for person in people if search in person.worker.name.casefold()]
        return _build_page(rows, *_parse_bounds(request, DEFAULT_PAGE_SIZE, self._settings.most_listed))

    async def get_worker(self, request: Request) -> Response:
        """Return one worker, by Workday id or `Employee_ID=number`."""
        self._require_permission("staffing")
        return _build_response(self._build_worker(self._require_person(request)))

    async def list_time_off(self, request: Request) -> Response:
        """List the time off of one worker."""
        self._require_permission("absence")
        person = self._require_person(request)
        start, end = _parse_date(request, "fromDate"), _parse_date(request, "toDate")
        rows = [
            {
                "id": build_wid("time off", f"{person.id}{row['date']}"),
                "date": row["date"],
                "quantity": row["hours"],
                "unit": {"id": build_wid("unit", "Hours"), "descriptor": "Hours"},
                "timeOffType": {"id": build_wid("time off type", row["type"]), "descriptor": row["type"]},
                "status": {"id": build_wid("status", row["status"]), "descriptor": row["status"]},
            }
            for row in self._store.list_absences([person.id], start, end)
        ]
        return _build_page(rows, *_parse_bounds(request, DEFAULT_PAGE_SIZE, self._settings.most_listed))

    async def list_balances(self, request: Request) -> Response:
        """List the balances of the absence plans of one worker as of a date."""
        self._require_permission("absence")
        person = self._store.find_person(request.query_params.get("worker", ""))
        if person is None:
            raise RefusalError(400, "worker is not valid")
        as_of = (
            _parse_date(request, "effective") if "effective" in request.query_params else self._settings.now().date()
        )
        plan = {
            "id": build_wid("plan", "Vacation"),
            "absencePlan": {"id": build_wid("plan", "Vacation"), "descriptor": "Vacation"},
            "quantity": str(self._store.compute_balance(person, as_of)),
            "unit": {"id": build_wid("unit", "Hours"), "descriptor": "Hours"},
            "effectiveDate": as_of.isoformat(),
        }
        return _build_page([plan], *_parse_bounds(request, DEFAULT_PAGE_SIZE, self._settings.most_listed))

    def _require_person(self, request: Request) -> Person:
        person = self._store.find_person(request.path_params["id"])
        if person is None:
            raise RefusalError(404)
        return person

    def _require_permission(self, area: str) -> None:
        if area in self._settings.denied:
            raise RefusalError(403)

    def _build_worker(self, person: Person) -> Row:
        return {
            "id": person.id,
            "descriptor": person.worker.name,
            "href": f"/ccx/api/staffing/v7/{self._settings.tenant}/workers/{person.id}",
            "workerId": person.worker.number,
            "workerType": person.row["workerType"],
            "person": {"id": build_wid("person", person.worker.number), "email": person.worker.email},
            "primaryJob": {
                "id": build_wid("job", person.worker.number),
                "descriptor": person.worker.job_title,
                "businessTitle": person.worker.job_title,
            },
            "additionalJobs": [],
        }


def build_twin(firm: Firm, settings: TwinSettings) -> Starlette:
    """Return an application that serves the firm's tenant, with one version of each service; others are unknown."""
    store, tokens = build_store(firm), Tokens(settings)
    tenant = Tenant(store, settings)
    name = settings.tenant
    login = f"/ccx/oauth2/{name}/token"
    staffing = f"/ccx/api/staffing/v7/{name}/workers"
    return Starlette(
        routes=[
            Route(login, tokens.handle_token_request, methods=["POST"]),
            Route(f"/ccx/api/wql/v1/{name}/data", tenant.run_wql, methods=["GET", "POST"]),
            Route(f"/ccx/api/wql/v1/{name}/dataSources", tenant.list_sources),
            Route(f"/ccx/api/wql/v1/{name}/dataSources/{{id}}/fields", tenant.list_fields),
            Route(f"/ccx/service/customreport2/{name}/{{owner}}/{{report}}", tenant.run_report),
            Route(staffing, tenant.list_workers),
            Route(f"{staffing}/{{id}}", tenant.get_worker),
            Route(f"/ccx/api/absenceManagement/v5/{name}/balances", tenant.list_balances),
            Route(f"/ccx/api/absenceManagement/v5/{name}/workers/{{id}}/timeOffDetails", tenant.list_time_off),
        ],
        middleware=[
            Middleware(DateHeaderMiddleware, now=settings.now),
            Middleware(FaultInjector, vendor=TenantFaults(store, tokens, login, settings.concurrency, settings.now)),
            Middleware(TokenMiddleware, tokens=tokens, login=login),
        ],
        exception_handlers={RefusalError: answer_refusal, 404: _handle_not_found},
    )


async def _handle_not_found(_request: Request, _error: Exception) -> Response:
    return refuse(404, {})


async def _parse_query(request: Request) -> str:
    if request.method == "GET":
        return request.query_params.get("query", "")
    try:
        return msgspec.json.decode(await request.body(), type=QueryBody).query
    except msgspec.DecodeError as error:
        raise RefusalError(400, "the body has no query") from error


def _parse_bounds(request: Request, default: int, maximum: int) -> tuple[int, int]:
    """Return limit and offset, with the limit reduced to `maximum`."""
    try:
        limit = int(request.query_params.get("limit", default))
        offset = int(request.query_params.get("offset", 0))
    except ValueError:
        raise RefusalError(400) from None
    if limit < 1 or offset < 0:
        raise RefusalError(400)
    return min(limit, maximum), offset


def _parse_date(request: Request, name: str) -> date:
    try:
        return date.fromisoformat(request.query_params.get(name, ""))
    except ValueError:
        raise RefusalError(400, f"{name} is not a date") from None


def _build_page(rows: Sequence[Row], limit: int, offset: int) -> Response:
    return _build_response({"total": len(rows), "data": rows[offset : offset + limit]})


def _build_response(body: Any) -> Response:
    return Response(_ENCODER.encode(body), media_type="application/json")

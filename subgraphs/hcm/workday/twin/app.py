"""Composes a tenant: the token endpoint, WQL, custom reports, and the staffing and absence services, behind the gate and the fault switches."""

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
from subgraphs.hcm.workday.twin.store import COLUMNS, SOURCE, Person, Row, Store, filled, wid
from subgraphs.hcm.workday.twin.tokens import Tokens
from subgraphs.kit.clock import Dated
from subgraphs.kit.faults import Faults
from subgraphs.kit.twin.refusals import answer_refusal
from subgraphs.sandbox.firm.model import Firm

FILTERS = frozenset({"allActiveWorkers", "allActiveAndTerminatedWorkers"})
LISTED = 20
_SOURCES = {"allWorkersByOrganization": "All Workers by Organization", SOURCE: "All Workers"}
_ENCODER = msgspec.json.Encoder(decimal_format="number")


class Question(msgspec.Struct, frozen=True):
    """The body of a WQL call."""

    query: str


class Gate:
    """ASGI middleware: every path but the token endpoint needs a living token."""

    def __init__(self, app: ASGIApp, tokens: Tokens, login: str) -> None:
        self._app = app
        self._tokens = tokens
        self._login = login

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let one request pass or refuse it."""
        if scope["type"] == "http" and scope["path"] != self._login:
            try:
                self._tokens.require(Request(scope))
            except RefusalError as refused:
                await refused.response()(scope, receive, send)
                return
        await self._app(scope, receive, send)


class Tenant:
    """The services of one tenant."""

    def __init__(self, store: Store, settings: TwinSettings) -> None:
        self._store = store
        self._settings = settings
        self._held = frozenset(COLUMNS)

    async def data(self, request: Request) -> Response:
        """Answer a WQL statement with one page of rows."""
        self._permit("wql")
        statement = wql.parsed(await _question(request), self._held)
        if statement.source != SOURCE:
            raise RefusalError(400, f"The data source {statement.source} is not valid.")
        chosen = statement.parameters.get("dataSourceFilter")
        if chosen is not None and chosen not in FILTERS:
            raise RefusalError(400, f"The data source filter {chosen} is not valid.")
        rows = statement.run([person.row for person in self._people(chosen)], self._held)
        return _page(rows, *_bounds(request, self._settings.most_rows, self._settings.most_rows))

    def _people(self, chosen: str | None) -> list[Person]:
        """Those who left are there only for a filter that names them."""
        everybody = list(self._store.people.values())
        if chosen == "allActiveAndTerminatedWorkers":
            return everybody
        return [person for person in everybody if person.active]

    async def sources(self, request: Request) -> Response:
        """List the data sources; an alias finds those whose own begins with it."""
        self._permit("wql")
        sought = request.query_params.get("alias", "")
        rows = [
            {"id": wid("data source", alias), "alias": alias, "descriptor": descriptor}
            for alias, descriptor in _SOURCES.items()
            if alias.startswith(sought)
        ]
        return _page(rows, *_bounds(request, LISTED, self._settings.most_listed))

    async def fields(self, request: Request) -> Response:
        """List the columns of a data source, which goes by its Workday id."""
        self._permit("wql")
        if request.path_params["id"] != wid("data source", SOURCE):
            raise RefusalError(404)
        rows = [{"id": wid("field", name), "alias": name, "type": kind} for name, kind in COLUMNS.items()]
        return _page(rows, *_bounds(request, LISTED, self._settings.most_listed))

    async def report(self, request: Request) -> Response:
        """Run a custom report: one shot, without pages."""
        self._permit("reports")
        owner, name = request.path_params["owner"], request.path_params["report"]
        if owner != self._settings.owner or request.query_params.get("format") != "json":
            raise RefusalError(404)
        ids = request.query_params.get("Workers!WID", "").split("!")
        if name == "Worker_Skills":
            rows = self._store.skills(ids)
        elif name == "Days_Away":
            rows = self._store.absences(ids, _prompt(request, "From_Date"), _prompt(request, "To_Date"))
        else:
            raise RefusalError(404)
        return _json({"Report_Entry": rows})

    async def workers(self, request: Request) -> Response:
        """List workers, those who left only when asked for."""
        self._permit("staffing")
        left = request.query_params.get("includeTerminatedWorkers") == "true"
        people = self._people("allActiveAndTerminatedWorkers" if left else None)
        sought = request.query_params.get("search", "").casefold()
        rows = [self._listed(person) for person in people if sought in person.worker.name.casefold()]
        return _page(rows, *_bounds(request, LISTED, self._settings.most_listed))

    async def worker(self, request: Request) -> Response:
        """Tell one worker, by Workday id or `Employee_ID=number`."""
        self._permit("staffing")
        return _json(self._listed(self._one(request)))

    async def time_off(self, request: Request) -> Response:
        """List the days away of one worker."""
        self._permit("absence")
        person = self._one(request)
        start, end = _prompt(request, "fromDate"), _prompt(request, "toDate")
        rows = [
            {
                "id": wid("time off", f"{person.id}{row['date']}"),
                "date": row["date"],
                "quantity": row["hours"],
                "unit": {"id": wid("unit", "Hours"), "descriptor": "Hours"},
                "timeOffType": {"id": wid("time off type", row["type"]), "descriptor": row["type"]},
                "status": {"id": wid("status", row["status"]), "descriptor": row["status"]},
            }
            for row in self._store.absences([person.id], start, end)
        ]
        return _page(rows, *_bounds(request, LISTED, self._settings.most_listed))

    async def balances(self, request: Request) -> Response:
        """List what is left of the absence plans of one worker, on a day."""
        self._permit("absence")
        person = self._store.person(request.query_params.get("worker", ""))
        if person is None:
            raise RefusalError(400, "worker is not valid")
        on = _prompt(request, "effective") if "effective" in request.query_params else self._settings.now().date()
        plan = {
            "id": wid("plan", "Vacation"),
            "absencePlan": {"id": wid("plan", "Vacation"), "descriptor": "Vacation"},
            "quantity": str(self._store.balance(person, on)),
            "unit": {"id": wid("unit", "Hours"), "descriptor": "Hours"},
            "effectiveDate": on.isoformat(),
        }
        return _page([plan], *_bounds(request, LISTED, self._settings.most_listed))

    def _one(self, request: Request) -> Person:
        person = self._store.person(request.path_params["id"])
        if person is None:
            raise RefusalError(404)
        return person

    def _permit(self, area: str) -> None:
        if area in self._settings.denied:
            raise RefusalError(403)

    def _listed(self, person: Person) -> Row:
        return {
            "id": person.id,
            "descriptor": person.worker.name,
            "href": f"/ccx/api/staffing/v7/{self._settings.tenant}/workers/{person.id}",
            "workerId": person.worker.number,
            "workerType": person.row["workerType"],
            "person": {"id": wid("person", person.worker.number), "email": person.worker.email},
            "primaryJob": {
                "id": wid("job", person.worker.number),
                "descriptor": person.worker.job_title,
                "businessTitle": person.worker.job_title,
            },
            "additionalJobs": [],
        }


def build_twin(firm: Firm, settings: TwinSettings) -> Starlette:
    """Return a tenant that holds the firm. Services of other versions than these are unknown there, as on tenants that lag behind."""
    store, tokens = filled(firm), Tokens(settings)
    tenant = Tenant(store, settings)
    name = settings.tenant
    login = f"/ccx/oauth2/{name}/token"
    staffing = f"/ccx/api/staffing/v7/{name}/workers"
    return Starlette(
        routes=[
            Route(login, tokens.endpoint, methods=["POST"]),
            Route(f"/ccx/api/wql/v1/{name}/data", tenant.data, methods=["GET", "POST"]),
            Route(f"/ccx/api/wql/v1/{name}/dataSources", tenant.sources),
            Route(f"/ccx/api/wql/v1/{name}/dataSources/{{id}}/fields", tenant.fields),
            Route(f"/ccx/service/customreport2/{name}/{{owner}}/{{report}}", tenant.report),
            Route(staffing, tenant.workers),
            Route(f"{staffing}/{{id}}", tenant.worker),
            Route(f"/ccx/api/absenceManagement/v5/{name}/balances", tenant.balances),
            Route(f"/ccx/api/absenceManagement/v5/{name}/workers/{{id}}/timeOffDetails", tenant.time_off),
        ],
        middleware=[
            Middleware(Dated, now=settings.now),
            Middleware(Faults, vendor=TenantFaults(store, tokens, login, settings.concurrency, settings.now)),
            Middleware(Gate, tokens=tokens, login=login),
        ],
        exception_handlers={RefusalError: answer_refusal, 404: _unknown},
    )


async def _unknown(_request: Request, _error: Exception) -> Response:
    return refuse(404, {})


async def _question(request: Request) -> str:
    if request.method == "GET":
        return request.query_params.get("query", "")
    try:
        return msgspec.json.decode(await request.body(), type=Question).query
    except msgspec.DecodeError as error:
        raise RefusalError(400, "the body has no query") from error


def _bounds(request: Request, usual: int, most: int) -> tuple[int, int]:
    """Return limit and offset; more than the most is cut to it."""
    try:
        limit = int(request.query_params.get("limit", usual))
        offset = int(request.query_params.get("offset", 0))
    except ValueError:
        raise RefusalError(400) from None
    if limit < 1 or offset < 0:
        raise RefusalError(400)
    return min(limit, most), offset


def _prompt(request: Request, name: str) -> date:
    try:
        return date.fromisoformat(request.query_params.get(name, ""))
    except ValueError:
        raise RefusalError(400, f"{name} is not a date") from None


def _page(rows: Sequence[Row], limit: int, offset: int) -> Response:
    return _json({"total": len(rows), "data": rows[offset : offset + limit]})


def _json(body: Any) -> Response:
    return Response(_ENCODER.encode(body), media_type="application/json")

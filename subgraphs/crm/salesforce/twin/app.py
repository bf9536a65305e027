"""The org over HTTP: token endpoint, data resources, and the control port of the sandbox."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import parse_qsl

import msgspec
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from subgraphs.crm.salesforce.twin.answers import Answer, RefusalError
from subgraphs.crm.salesforce.twin.calls import read_body, read_call
from subgraphs.crm.salesforce.twin.duplicates import DuplicateRule
from subgraphs.crm.salesforce.twin.faults import Fault, FaultKind, Faults, refusal
from subgraphs.crm.salesforce.twin.objects import object_types
from subgraphs.crm.salesforce.twin.org import Org
from subgraphs.crm.salesforce.twin.resources import Resources
from subgraphs.crm.salesforce.twin.seed import seed
from subgraphs.crm.salesforce.twin.tokens import Client, Sessions
from subgraphs.kit.clock import Dated
from subgraphs.sandbox.firm.model import Firm

_LONGEST_URI = 16_384
_VERSIONS = range(50, 69)
_METHODS = ["GET", "POST", "PATCH", "DELETE"]


def _utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, kw_only=True)
class TwinSettings:
    """How the org is set up. `batch` rows come back per query, `daily_calls` are allowed (per run of the twin).

    `duplicate_rules` names the objects with a blocking rule, `duplicate_spelling` the key under which a result is told.
    """

    client: Client
    multi_currency: bool = True
    batch: int = 2000
    daily_calls: int = 100_000
    duplicate_rules: frozenset[str] = frozenset()
    duplicate_spelling: str = "duplicateResut"
    clock: Callable[[], datetime] = _utc_now


def build_twin(firm: Firm, settings: TwinSettings) -> Starlette:
    """Return an application that serves the firm's org; state is in memory and goes with it."""
    return _Twin(firm, settings).app()


class _Twin:
    """One running org."""

    def __init__(self, firm: Firm, settings: TwinSettings) -> None:
        org = Org(object_types(multi_currency=settings.multi_currency), settings.clock)
        seed(org, firm)
        self._settings = settings
        self._calls = 0
        self._faults = Faults()
        self._sessions = Sessions(org, settings.client)
        self._resources = Resources(
            org,
            batch=settings.batch,
            duplicates=DuplicateRule(org, settings.duplicate_rules, settings.duplicate_spelling),
            limits=lambda: (settings.daily_calls, max(0, settings.daily_calls - self._calls)),
        )

    def app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/services/oauth2/token", self._token, methods=["POST"]),
                Route("/services/data", self._versions),
                Route("/services/data/", self._versions),
                Route("/services/data/{rest:path}", self._data, methods=_METHODS),
                Route("/__control", self._state),
                Route("/__control/faults", self._set_fault, methods=["POST"]),
                Route("/__control/faults", self._clear_faults, methods=["DELETE"]),
                Route("/__control/expire", self._expire, methods=["POST"]),
            ],
            middleware=[Middleware(Dated, now=self._settings.clock)],
        )

    async def _token(self, request: Request) -> Response:
        form = dict(parse_qsl((await request.body()).decode()))
        instance = f"{request.url.scheme}://{request.url.netloc}"
        return _response(self._sessions.grant(form, request.headers.get("authorization", ""), instance))

    async def _versions(self, _request: Request) -> Response:
        return JSONResponse(
            [
                {"label": f"v{number}", "url": f"/services/data/v{number}.0", "version": f"{number}.0"}
                for number in _VERSIONS
            ]
        )

    async def _data(self, request: Request) -> Response:
        url = request.url.path if not request.url.query else f"{request.url.path}?{request.url.query}"
        if len(url) > _LONGEST_URI:
            return PlainTextResponse("URI Too Long", status_code=414)
        fault = self._faults.hit(url)
        if fault is not None and fault.kind is FaultKind.LATENCY:
            await asyncio.sleep(fault.seconds)
            fault = None
        if fault is not None and fault.kind is FaultKind.GARBAGE:
            return PlainTextResponse('{"totalSize":', media_type="application/json")
        try:
            answer = self._answered(request, url, await request.body(), fault)
        except RefusalError as refused:
            answer = refused.answer()
        response = _response(answer)
        response.headers["sforce-limit-info"] = f"api-usage={self._calls}/{self._settings.daily_calls}"
        return response

    def _answered(self, request: Request, url: str, body: bytes, fault: Fault | None) -> Answer:
        if not self._sessions.is_open(request.headers.get("authorization", "")):
            raise refusal(FaultKind.EXPIRED)
        if self._calls >= self._settings.daily_calls:
            raise refusal(FaultKind.REQUEST_LIMIT)
        self._calls += 1
        if fault is not None and fault.kind is not FaultKind.LOST_ANSWER:
            raise refusal(fault.kind)
        answer = self._resources.answer(read_call(request.method, url, dict(request.headers), read_body(body)))
        if fault is not None:
            raise refusal(fault.kind)
        return answer

    async def _state(self, _request: Request) -> Response:
        return JSONResponse({"calls": self._calls, "tokens": self._sessions.issued})

    async def _set_fault(self, request: Request) -> Response:
        try:
            self._faults.add(msgspec.json.decode(await request.body(), type=Fault))
        except msgspec.MsgspecError as broken:
            return JSONResponse({"error": str(broken)}, status_code=400)
        return Response(status_code=201)

    async def _clear_faults(self, _request: Request) -> Response:
        self._faults.clear()
        return Response(status_code=204)

    async def _expire(self, _request: Request) -> Response:
        self._sessions.expire_all()
        return Response(status_code=204)


def _response(answer: Answer) -> Response:
    body = answer.encoded()
    return Response(
        body, status_code=answer.status, headers=dict(answer.headers), media_type="application/json" if body else None
    )

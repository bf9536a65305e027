"""Serves the org over HTTP: token endpoint and data resources, behind fault injection."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import parse_qsl

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from subgraphs.crm.salesforce.twin.calls import parse_body, parse_call
from subgraphs.crm.salesforce.twin.duplicates import DuplicateRule
from subgraphs.crm.salesforce.twin.faults import OrgFaults, build_quota_exceeded, build_session_expired
from subgraphs.crm.salesforce.twin.objects import build_object_types
from subgraphs.crm.salesforce.twin.org import Org
from subgraphs.crm.salesforce.twin.resources import Resources
from subgraphs.crm.salesforce.twin.responses import ApiResponse, RefusalError
from subgraphs.crm.salesforce.twin.seed import seed
from subgraphs.crm.salesforce.twin.tokens import TOKEN_PATH, ConnectedApp, Sessions
from subgraphs.kit.twin.date_header import DateHeaderMiddleware
from subgraphs.kit.twin.fault_injection import FaultInjector
from subgraphs.sandbox.firm.model import Firm

_MAX_URI_LENGTH = 16_384
_VERSIONS = range(50, 69)
_SEASONS = ("Spring", "Summer", "Winter")
_METHODS = ["GET", "POST", "PATCH", "DELETE"]


def _get_utc_now() -> datetime:
    return datetime.now(UTC)


def _format_release(version: int) -> str:
    """Return the release name of an API version.

    There are three releases a year. Version 21 was Spring '11; a winter release has the name of the next year.
    """
    years, season = divmod(version - 21, len(_SEASONS))
    return f"{_SEASONS[season]} '{11 + years + (_SEASONS[season] == 'Winter')}"


@dataclass(frozen=True, kw_only=True)
class TwinSettings:
    """Settings of the org.

    A query returns `batch` rows at a time; a run of the twin allows `daily_calls`. `clock` sets the timestamps of rows,
    `login_clock` validates assertions. `duplicate_rules` lists the objects with a blocking duplicate rule,
    `duplicate_spelling` is the key of its result.
    """

    client: ConnectedApp
    multi_currency: bool = True
    batch: int = 2000
    daily_calls: int = 100_000
    duplicate_rules: frozenset[str] = frozenset()
    duplicate_spelling: str = "duplicateResut"
    clock: Callable[[], datetime] = _get_utc_now
    login_clock: Callable[[], datetime] = _get_utc_now


def build_twin(firm: Firm, settings: TwinSettings) -> Starlette:
    """Return an application that serves the firm's org; its state is in memory."""
    return _Twin(firm, settings).build_app()


class _Twin:
    """One running org."""

    def __init__(self, firm: Firm, settings: TwinSettings) -> None:
        org = Org(build_object_types(multi_currency=settings.multi_currency), settings.clock)
        seed(org, firm)
        self._settings = settings
        self._calls = 0
        self._sessions = Sessions(settings.client, settings.login_clock)
        self._faults = OrgFaults(org, self._sessions)
        self._resources = Resources(
            org,
            batch=settings.batch,
            duplicates=DuplicateRule(org, settings.duplicate_rules, settings.duplicate_spelling),
            limits=lambda: (settings.daily_calls, max(0, settings.daily_calls - self._calls)),
        )

    def build_app(self) -> Starlette:
        return Starlette(
            routes=[
                Route(TOKEN_PATH, self._handle_token, methods=["POST"]),
                Route("/services/data", self._handle_versions),
                Route("/services/data/", self._handle_versions),
                Route("/services/data/{rest:path}", self._handle_data, methods=_METHODS),
            ],
            middleware=[
                Middleware(DateHeaderMiddleware, now=self._settings.clock),
                Middleware(FaultInjector, vendor=self._faults),
            ],
        )

    async def _handle_token(self, request: Request) -> Response:
        form = dict(parse_qsl((await request.body()).decode()))
        instance = f"{request.url.scheme}://{request.url.netloc}"
        return self._sessions.answer_token_request(
            form, request.headers.get("authorization", ""), instance
        ).to_response()

    async def _handle_versions(self, _request: Request) -> Response:
        return JSONResponse(
            [
                {"label": _format_release(number), "url": f"/services/data/v{number}.0", "version": f"{number}.0"}
                for number in _VERSIONS
            ]
        )

    async def _handle_data(self, request: Request) -> Response:
        url = request.url.path if not request.url.query else f"{request.url.path}?{request.url.query}"
        if len(url) > _MAX_URI_LENGTH:
            return PlainTextResponse("URI Too Long", status_code=414)
        try:
            answer = self._dispatch(request, url, await request.body())
        except RefusalError as error:
            answer = error.answer()
        response = answer.to_response()
        response.headers["sforce-limit-info"] = f"api-usage={self._calls}/{self._settings.daily_calls}"
        return response

    def _dispatch(self, request: Request, url: str, body: bytes) -> ApiResponse:
        if not self._sessions.is_open(request.headers.get("authorization", "")):
            raise build_session_expired()
        if self._calls >= self._settings.daily_calls:
            raise build_quota_exceeded()
        self._calls += 1
        return self._resources.answer(parse_call(request.method, url, dict(request.headers), parse_body(body)))

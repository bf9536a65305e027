"""Asynchronous execution of requests to the record service: a request becomes a job whose task keeps the response.

`Prefer: respond-async` is answered with 202, `Preference-Applied` and `Location: /services/rest/async/v1/job/{id}`; a
job has one task. Only asynchronous requests honour `X-NetSuite-idempotency-key`: a repeated key is refused with the
location of the first job (NetSuite help, subsect_161278579295, subsect_161252896355, subsect_164494900632). The twin
runs the request before it answers 202; the first read of a job still reports it as pending.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Any, Final

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from subgraphs.erp.netsuite.twin import refusals
from subgraphs.erp.netsuite.twin.refusals import RefusalError
from subgraphs.erp.netsuite.twin.rest import BASE

JOBS: Final = BASE + "/async/v1/job"
_APPLIED: Final = {"preference-applied": "respond-async"}
_DUPLICATE_KEY: Final = (
    'A request with the same idempotency key is already submitted. See the "Location" header for a link to the'
    " previously submitted job."
)

_UNEXPECTED_ERROR: Final = "An unexpected error occurred."
"""The detail of a job whose request did not finish."""


@dataclass
class Job:
    """An accepted request: its response, when it started and ended, and whether the job has been read."""

    answer: Response
    started: str
    ended: str
    seen: bool = False

    def describe_state(self) -> dict[str, Any]:
        """Return the progress of the job."""
        done = "succeeded" if self.answer.status_code < HTTPStatus.BAD_REQUEST else "failed"
        return {"completed": self.seen, "progress": done if self.seen else "pending"}


class JobService:
    """The async service of one account; job ids start at 1."""

    def __init__(self, now: Callable[[], datetime], origin: str | None) -> None:
        self._now = now
        self._origin = origin
        self._jobs: list[Job] = []
        self._keys: dict[str, str] = {}

    def build_routes(self) -> list[Route]:
        """Return the routes of the async service."""
        return [
            Route(JOBS + "/{job:int}", self.answer_job),
            Route(JOBS + "/{job:int}/task", self.answer_tasks),
            Route(JOBS + "/{job:int}/task/1", self.answer_task),
            Route(JOBS + "/{job:int}/task/1/result", self.answer_result),
        ]

    async def accept(self, key: str | None, work: Callable[[], Awaitable[Response]]) -> Response:
        """Run `work` and answer with the location of its job; refuse a repeated key without running it."""
        if key is not None and key in self._keys:
            headers = {**_APPLIED, "location": self._keys[key]}
            return refusals.build_refusal(400, "IDEMPOTENCY_ERROR", _DUPLICATE_KEY, title="Conflict", headers=headers)
        location = f"{JOBS}/{len(self._jobs) + 1}"
        job = Job(refusals.build_refusal(500, "UNEXPECTED_ERROR", _UNEXPECTED_ERROR), self._format_now(), "")
        self._jobs.append(job)
        if key is not None:
            self._keys[key] = location
        job.answer = await work()
        job.ended = self._format_now()
        return Response(None, 202, {**_APPLIED, "location": location}, media_type="application/json")

    async def answer_job(self, request: Request) -> Response:
        """Return the state of a job."""
        job, url = self._find_job(request)
        state = job.describe_state()
        job.seen = True
        body = {"links": _build_links(url), **state, "id": str(request.path_params["job"])}
        return JSONResponse({**body, "task": {"links": _build_links(f"{url}/task")}})

    async def answer_tasks(self, request: Request) -> Response:
        """Return the list of a job's one task."""
        _, url = self._find_job(request)
        item = {"links": _build_links(f"{url}/task/1"), "id": "1"}
        envelope = {"count": 1, "hasMore": False, "items": [item], "offset": 0, "totalResults": 1}
        return JSONResponse({"links": _build_links(f"{url}/task"), **envelope})

    async def answer_task(self, request: Request) -> Response:
        """Return the state of the task and the link to its result."""
        job, url = self._find_job(request)
        job.seen = True
        related = {"rel": "related", "href": f"{url}/task/1/result"}
        times = {"startTime": job.started, "endTime": job.ended}
        return JSONResponse(
            {"links": [related, *_build_links(f"{url}/task/1")], **job.describe_state(), "id": "1", **times}
        )

    async def answer_result(self, request: Request) -> Response:
        """Return the response that the synchronous request would have had."""
        return self._find_job(request)[0].answer

    def _find_job(self, request: Request) -> tuple[Job, str]:
        number: int = request.path_params["job"]
        if not 1 <= number <= len(self._jobs):
            raise RefusalError(404, "NONEXISTENT_ID", refusals.MISSING)
        root = self._origin or str(request.base_url).rstrip("/")
        return self._jobs[number - 1], f"{root}{JOBS}/{number}"

    def _format_now(self) -> str:
        return f"{self._now():%Y-%m-%dT%H:%M:%SZ}"


class AsyncMiddleware:
    """ASGI middleware that runs requests with `Prefer: respond-async` as jobs."""

    def __init__(self, app: ASGIApp, jobs: JobService) -> None:
        self._app = app
        self._jobs = jobs

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or accept it as a job."""
        headers = Headers(scope=scope) if scope["type"] == "http" else Headers()
        if "respond-async" not in headers.get("prefer", "") or not scope["path"].startswith(f"{BASE}/record/v1/"):
            await self._app(scope, receive, send)
            return
        answer = await self._jobs.accept(
            headers.get("x-netsuite-idempotency-key"), lambda: _capture_response(self._app, scope, receive)
        )
        await answer(scope, receive, send)


async def _capture_response(app: ASGIApp, scope: Scope, receive: Receive) -> Response:
    """Return the whole response of an application."""
    answer = Response()
    body = bytearray()

    async def keep(message: Message) -> None:
        if message["type"] == "http.response.start":
            answer.status_code = message["status"]
            answer.raw_headers = list(message["headers"])
        else:
            body.extend(message.get("body", b""))

    await app(scope, receive, keep)
    answer.body = bytes(body)
    return answer


def _build_links(url: str) -> list[dict[str, str]]:
    return [{"rel": "self", "href": url}]

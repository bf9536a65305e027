"""Errors of the edge as problem details (RFC 9457)."""

import logging
import uuid
from collections.abc import Mapping

import msgspec
from starlette.responses import Response

LOG = logging.getLogger(__name__)


class ProblemError(Exception):
    """A request rejected before it reaches the graph: HTTP status, stable code and a detail that is safe to show."""

    def __init__(self, status: int, code: str, detail: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(detail)
        self.status = status
        self.code = code
        self.detail = detail
        self.headers = dict(headers or {})


def build_store_problem() -> ProblemError:
    """Return the problem of a request that fails because the gateway's own store is unavailable."""
    detail = "The gateway's store is unavailable, so your access rights cannot be checked; try again later."
    return ProblemError(503, "STORE_UNAVAILABLE", detail, {"Retry-After": "5"})


def build_problem_response(problem: ProblemError, correlation_id: str) -> Response:
    """Return the HTTP response for a problem."""
    body = {
        "type": "about:blank",
        "status": problem.status,
        "title": problem.code,
        "detail": problem.detail,
        "correlationId": correlation_id,
    }
    return Response(
        msgspec.json.encode(body),
        status_code=problem.status,
        media_type="application/problem+json",
        headers=problem.headers,
    )


def log_incident(error: BaseException) -> str:
    """Log an unexpected exception; return the incident id of the log entry."""
    incident_id = uuid.uuid4().hex
    LOG.error("unexpected error in a request", exc_info=error, extra={"incident_id": incident_id})
    return incident_id

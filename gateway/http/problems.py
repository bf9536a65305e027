"""Refusals of the edge as problem details (RFC 9457)."""

import logging
import uuid
from collections.abc import Mapping

import msgspec
from starlette.responses import Response

LOG = logging.getLogger(__name__)


class ProblemError(Exception):
    """A request that is refused before it reaches the graph: HTTP status, stable code, words that are safe to show."""

    def __init__(self, status: int, code: str, detail: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(detail)
        self.status = status
        self.code = code
        self.detail = detail
        self.headers = dict(headers or {})


def build_store_problem() -> ProblemError:
    """Return the refusal of what cannot be answered while the gateway's own store does not answer."""
    told = "The gateway cannot look up what you may see right now; try again."
    return ProblemError(503, "STORE_UNAVAILABLE", told, {"Retry-After": "5"})


def build_problem_response(problem: ProblemError, correlation_id: str) -> Response:
    """Show a refusal."""
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
    """Log what nobody foresaw; return the id under which the log knows it."""
    known_as = uuid.uuid4().hex
    LOG.error("a request failed", exc_info=error, extra={"incident_id": known_as})
    return known_as

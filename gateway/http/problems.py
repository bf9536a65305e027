"""Refusals of the edge as problem details (RFC 9457)."""

from collections.abc import Mapping

import msgspec
from starlette.responses import Response


class ProblemError(Exception):
    """A request that is refused before it reaches the graph: HTTP status, stable code, words that are safe to show."""

    def __init__(self, status: int, code: str, detail: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(detail)
        self.status = status
        self.code = code
        self.detail = detail
        self.headers = dict(headers or {})


def problem_response(problem: ProblemError, correlation_id: str) -> Response:
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

"""How an account words the refusals that its fault switches ask for, and how calls are named in their count."""

from collections.abc import Mapping

from starlette.responses import Response
from starlette.types import Scope

from subgraphs.erp.netsuite.twin import refusals
from subgraphs.kit.faults import TOO_MANY

_CODES = {
    TOO_MANY: ("CONCURRENCY_LIMIT_EXCEEDED", refusals.CONCURRENCY),
    401: ("INVALID_LOGIN", refusals.LOGIN),
    503: ("SERVICE_UNAVAILABLE", "Service unavailable."),
}


def refuse(status: int, headers: Mapping[str, str]) -> Response:
    """Refuse with the code that the status has here."""
    code, detail = _CODES.get(status, ("UNEXPECTED_ERROR", "An unexpected error occurred."))
    return refusals.refusal(status, code, detail, headers=dict(headers) or None)


def called(scope: Scope) -> str:
    """Name a call: by the end of its path, records by their method."""
    path: str = scope["path"]
    return path.rsplit("/", 1)[-1] if "/record/" not in path else f"{scope['method']} record"

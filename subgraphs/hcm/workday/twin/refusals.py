"""Refusals as the services word them: `{"error", "errors": [{"error", "code"}]}`; nothing tells how long to wait."""

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

_MEANINGS = {
    400: ("A212", "invalid request: see the errors for the field"),
    401: ("A001", "invalid access token"),
    403: ("S22", "permission denied"),
    404: ("S21", "resource not found"),
    429: ("A429", "too many requests"),
    500: ("A500", "internal error"),
    503: ("A503", "service unavailable"),
}


class RefusalError(Exception):
    """A request that a service refuses."""

    def __init__(self, status: int, message: str | None = None) -> None:
        super().__init__(message or _MEANINGS[status][1])
        self.status = status

    def response(self) -> Response:
        """Return the refusal as an answer."""
        return _worded(self.status, str(self), {})


def refuse(status: int, headers: Mapping[str, str]) -> Response:
    """Refuse with what the status means."""
    return _worded(status, _MEANINGS.get(status, _MEANINGS[500])[1], headers)


def handled(_: Request, error: Exception) -> Response:
    """Answer with a refusal that was raised."""
    if not isinstance(error, RefusalError):
        raise error
    return error.response()


def _worded(status: int, message: str, headers: Mapping[str, str]) -> Response:
    code = _MEANINGS.get(status, _MEANINGS[500])[0]
    body = {"error": message, "errors": [{"error": message, "code": code}]}
    return JSONResponse(body, status, headers=dict(headers))

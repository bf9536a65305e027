"""Refusals as the service words them: `{"errors": [{"type", "message", "field"}]}`; nothing tells how long to wait."""

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

_MEANINGS = {
    400: ("system", "The request could not be understood"),
    401: ("oauth", "Invalid OAuth 2 Request"),
    403: ("system", "You are not permitted to do this"),
    404: ("system", "Couldn't find the requested resource"),
    429: ("system", "Too many requests, please retry after a short delay"),
    500: ("system", "Something went wrong"),
    503: ("system", "Service unavailable"),
}


class RefusalError(Exception):
    """A request that the service refuses."""

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
    kind = _MEANINGS.get(status, _MEANINGS[500])[0]
    return JSONResponse({"errors": [{"type": kind, "message": message}]}, status, headers=dict(headers))

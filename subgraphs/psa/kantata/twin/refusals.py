"""Refusals as the service words them: `{"errors": [{"type", "message", "field"}]}`; nothing tells how long to wait."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

_MEANINGS = {
    400: ("system", "The request could not be understood"),
    401: ("oauth", "Invalid OAuth 2 Request"),
    403: ("system", "You are not permitted to do this"),
    404: ("system", "Couldn't find the requested resource"),
    422: ("validation", "What was sent is not valid"),
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


class Fault(NamedTuple):
    """What is wrong with an attribute of a body."""

    message: str
    field: str


class InvalidError(RefusalError):
    """A body that is understood, and not valid: every fault is told by its attribute, in the bodies' order."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__(422)
        self.faults = faults

    def response(self) -> Response:
        """Return the refusal as an answer."""
        errors = [{"type": "validation", "message": fault.message, "field": fault.field} for fault in self.faults]
        return JSONResponse({"errors": errors}, self.status)


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

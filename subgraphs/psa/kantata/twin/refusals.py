"""Error answers of the service: `{"errors": [{"type", "message", "field"}]}`, without Retry-After."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from starlette.responses import JSONResponse, Response

from subgraphs.kit.twin.refusals import VendorRefusalError

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


class RefusalError(VendorRefusalError):
    """A request that the service rejects."""

    def __init__(self, status: int, message: str | None = None) -> None:
        super().__init__(status, message or _MEANINGS[status][1])

    def to_response(self) -> Response:
        """Return the error answer."""
        return _build_response(self.status, str(self), {})


class FieldError(NamedTuple):
    """An error of one attribute of a body."""

    message: str
    field: str


class InvalidError(RefusalError):
    """An invalid body: one error per attribute, in the order of the schema."""

    def __init__(self, faults: Sequence[FieldError]) -> None:
        super().__init__(422)
        self.errors = faults

    def to_response(self) -> Response:
        """Return the error answer."""
        errors = [{"type": "validation", "message": fault.message, "field": fault.field} for fault in self.errors]
        return JSONResponse({"errors": errors}, self.status)


def build_error(status: int, headers: Mapping[str, str]) -> Response:
    """Return the standard error answer of a status."""
    return _build_response(status, _MEANINGS.get(status, _MEANINGS[500])[1], headers)


def _build_response(status: int, message: str, headers: Mapping[str, str]) -> Response:
    kind = _MEANINGS.get(status, _MEANINGS[500])[0]
    return JSONResponse({"errors": [{"type": kind, "message": message}]}, status, headers=dict(headers))

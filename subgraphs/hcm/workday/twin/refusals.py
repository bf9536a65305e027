"""Refusals in the services' format: `{"error", "errors": [{"error", "code"}]}`; no answer says how long to wait."""

from collections.abc import Mapping

from starlette.responses import JSONResponse, Response

from subgraphs.kit.twin.refusals import VendorRefusalError

_MEANINGS = {
    400: ("A212", "invalid request: see the errors for the field"),
    401: ("A001", "invalid access token"),
    403: ("S22", "permission denied"),
    404: ("S21", "resource not found"),
    429: ("A429", "too many requests"),
    500: ("A500", "internal error"),
    503: ("A503", "service unavailable"),
}


class RefusalError(VendorRefusalError):
    """A request that a service refuses."""

    def __init__(self, status: int, message: str | None = None) -> None:
        super().__init__(status, message or _MEANINGS[status][1])

    def to_response(self) -> Response:
        """Return the refusal as an HTTP response."""
        return _build_response(self.status, str(self), {})


def refuse(status: int, headers: Mapping[str, str]) -> Response:
    """Return the refusal of a status with its usual message."""
    return _build_response(status, _MEANINGS.get(status, _MEANINGS[500])[1], headers)


def _build_response(status: int, message: str, headers: Mapping[str, str]) -> Response:
    code = _MEANINGS.get(status, _MEANINGS[500])[0]
    body = {"error": message, "errors": [{"error": message, "code": code}]}
    return JSONResponse(body, status, headers=dict(headers))

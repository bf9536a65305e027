"""Refusals in the vendor's error format: `{"errors": [{"status", "title", "detail"}]}`; 429 adds the limit and its period."""

from collections.abc import Mapping

from starlette.responses import JSONResponse, Response

from subgraphs.kit.twin.refusals import VendorRefusalError

MEDIA = "application/vnd.api+json"
RESET = "x-ratelimit-reset"
_MEANINGS = {
    401: ("Unauthenticated", "You are not authenticated"),
    403: ("Access Denied", "You are not authorized to access this resource"),
    404: ("Record Not Found", "The requested record was not found"),
    415: ("Unsupported Media Type", "Unsupported content type"),
    429: ("Too many requests", "Request limit reached. Try again later"),
    500: ("Server Error", "An error occured on the server"),
}


class RefusalError(VendorRefusalError):
    """A request that the vendor refuses, with the status's usual title and detail unless others are given."""

    def __init__(self, status: int, title: str | None = None, detail: str | None = None) -> None:
        usual_title, usual_detail = _MEANINGS.get(status, _MEANINGS[500])
        super().__init__(status, detail or usual_detail)
        self.title = title or usual_title

    def response(self) -> Response:
        """Return the refusal as an HTTP response."""
        return _build_response(self.status, self.title, str(self), {})


def refuse(status: int, headers: Mapping[str, str]) -> Response:
    """Return the refusal of a status with its usual title and detail."""
    return _build_response(status, *_MEANINGS.get(status, _MEANINGS[500]), headers)


def throttled(headers: Mapping[str, str]) -> Response:
    """Return the refusal of a call for now. The time to wait is in the vendor's own header instead of Retry-After."""
    renamed = {RESET if name == "retry-after" else name: value for name, value in headers.items()}
    return refuse(429, renamed)


def limited(limit: int, period: int, remaining: int) -> Response:
    """Return the refusal of a call beyond the rate limit."""
    title, detail = _MEANINGS[429]
    return _build_response(429, title, detail, {RESET: str(remaining)}, limit=limit, period=period)


def _build_response(status: int, title: str, detail: str, headers: Mapping[str, str], **more: int) -> Response:
    error = {"status": status, "title": title, "detail": detail, **more}
    return JSONResponse({"errors": [error]}, status, headers=dict(headers), media_type=MEDIA)

"""Error answers of the vendor: `{"errors": [{"status", "title", "detail"}]}`, with limit and period if limited."""

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
    """A request that the vendor rejects, with the status's standard title or another."""

    def __init__(self, status: int, title: str | None = None, detail: str | None = None) -> None:
        usual, words = _MEANINGS.get(status, _MEANINGS[500])
        super().__init__(status, detail or words)
        self.title = title or usual

    def to_response(self) -> Response:
        """Return the error answer."""
        return _build_response(self.status, self.title, str(self), {})


def build_error(status: int, headers: Mapping[str, str]) -> Response:
    """Return the standard error answer of a status."""
    return _build_response(status, *_MEANINGS.get(status, _MEANINGS[500]), headers)


def build_rate_limit_error(headers: Mapping[str, str]) -> Response:
    """Return the answer to too many calls; the vendor has its own header for the time to wait."""
    renamed = {RESET if name == "retry-after" else name: value for name, value in headers.items()}
    return build_error(429, renamed)


def build_window_error(limit: int, period: int, remaining: int) -> Response:
    """Return the answer to a call beyond the window's limit."""
    title, detail = _MEANINGS[429]
    return _build_response(429, title, detail, {RESET: str(remaining)}, limit=limit, period=period)


def _build_response(status: int, title: str, detail: str, headers: Mapping[str, str], **more: int) -> Response:
    error = {"status": status, "title": title, "detail": detail, **more}
    return JSONResponse({"errors": [error]}, status, headers=dict(headers), media_type=MEDIA)

"""Refusals as the vendor words them: `{"errors": [{"status", "title", "detail"}]}`, and for too many calls the limit and how long it holds."""

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

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


class RefusalError(Exception):
    """A request that the vendor refuses: with what the status means, or with a title of its own."""

    def __init__(self, status: int, title: str | None = None, detail: str | None = None) -> None:
        usual, words = _MEANINGS.get(status, _MEANINGS[500])
        super().__init__(detail or words)
        self.status = status
        self.title = title or usual


def refuse(status: int, headers: Mapping[str, str]) -> Response:
    """Refuse with what the status means."""
    return _worded(status, *_MEANINGS.get(status, _MEANINGS[500]), headers)


def throttled(headers: Mapping[str, str]) -> Response:
    """Refuse a call for now. The time to wait is told as the vendor tells it: in a header of its own."""
    told = {RESET if name == "retry-after" else name: value for name, value in headers.items()}
    return refuse(429, told)


def limited(limit: int, period: int, remaining: int) -> Response:
    """Refuse a call too many."""
    title, detail = _MEANINGS[429]
    return _worded(429, title, detail, {RESET: str(remaining)}, limit=limit, period=period)


def handled(_: Request, error: Exception) -> Response:
    """Answer with a refusal that was raised."""
    if not isinstance(error, RefusalError):
        raise error
    return _worded(error.status, error.title, str(error), {})


def _worded(status: int, title: str, detail: str, headers: Mapping[str, str], **more: int) -> Response:
    error = {"status": status, "title": title, "detail": detail, **more}
    return JSONResponse({"errors": [error]}, status, headers=dict(headers), media_type=MEDIA)

"""What Productive's refusals mean: `{"errors": [{"status", "title", "detail"}]}` (vendor's guides "Errors" and "Rate limits").

429 says in `X-RateLimit-Reset` how many seconds remain until its window ends: of ten seconds, half an hour, an hour or a day.
"""

from datetime import timedelta
from typing import Final

import msgspec

from gateway.errors import SourceError
from gateway.net.message import Response
from subgraphs.kit.failures import by_status

_TITLES: Final = frozenset(
    {
        "Unsupported Filter",
        "Unsupported Filter Value",
        "Unsupported Sort",
        "Unsupported Group",
        "Unauthenticated",
        "Access Denied",
        "Record Not Found",
        "Not Acceptable",
        "Unsupported Media Type",
        "Invalid Attribute",
        "Server Error",
        "Server time limit exceeded",
        "Too many requests",
    }
)
"""Every title that the guides name; another one may quote a record."""
_RESET: Final = "x-ratelimit-reset"


class _Error(msgspec.Struct):
    title: str = ""


class _Refused(msgspec.Struct):
    errors: tuple[_Error, ...] = ()


def classify(response: Response) -> SourceError | None:
    """Return the error of an answer, or None; the detail is the error's title as a code, and never what it says of a record."""
    failed = by_status(response, _title(response.body) if response.status >= 400 else "")  # noqa: PLR2004 -- the status is its own name
    if failed is not None and failed.status == 429:  # noqa: PLR2004
        failed.retry_after = _wait(response.headers.get(_RESET, ""))
    return failed


def _title(body: bytes) -> str:
    try:
        refused = msgspec.json.decode(body, type=_Refused)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return ""
    titles = (error.title for error in refused.errors if error.title in _TITLES)
    return next(titles, "").lower().replace(" ", "-")


def _wait(seconds: str) -> timedelta | None:
    told = seconds.strip()
    return timedelta(seconds=int(told[:8])) if told.isascii() and told.isdigit() else None

"""Classifies Productive's errors: `{"errors": [{"status", "title", "detail"}]}`.

`X-RateLimit-Reset` of a 429 holds the seconds until its window ends: one of ten seconds, half an hour, an hour or a day
(vendor's guides "Errors" and "Rate limits").
"""

from datetime import timedelta
from typing import Final

import msgspec

from gateway.errors import SourceError
from gateway.net.message import UpstreamResponse
from subgraphs.kit.failures import classify_status

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
"""All titles in the guides; any other may quote a record."""
_RESET: Final = "x-ratelimit-reset"


class _Error(msgspec.Struct):
    title: str = ""


class _ErrorDocument(msgspec.Struct):
    errors: tuple[_Error, ...] = ()


def classify(response: UpstreamResponse) -> SourceError | None:
    """Return the error of an answer, or None; its detail is the error's title as a code, never the vendor's detail."""
    error = classify_status(response, _parse_title(response.body) if response.status >= 400 else "")  # noqa: PLR2004 -- errors
    if error is not None and error.status == 429:  # noqa: PLR2004
        error.retry_after = _parse_wait(response.headers.get(_RESET, ""))
    return error


def _parse_title(body: bytes) -> str:
    try:
        document = msgspec.json.decode(body, type=_ErrorDocument)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return ""
    titles = (error.title for error in document.errors if error.title in _TITLES)
    return next(titles, "").lower().replace(" ", "-")


def _parse_wait(seconds: str) -> timedelta | None:
    text = seconds.strip()
    return timedelta(seconds=int(text[:8])) if text.isascii() and text.isdigit() else None

"""Classifies Productive's errors: `{"errors": [{"status", "title", "detail"}]}`.

`X-RateLimit-Reset` of a 429 holds the seconds until its window ends, also as a fraction: a window of ten seconds, half
an hour, an hour or a day. "Server time limit exceeded" is such a 429 too: the organization's calls have used up the
server's seconds of a window (vendor's guides "Errors" and "Rate limits").
"""

import re
from datetime import timedelta
from typing import Final

import msgspec

from gateway.canonical.fault import FaultCode
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
_WAIT: Final = re.compile(r"(?P<whole>[0-9]{1,8})(?:\.(?P<part>[0-9]+))?")
_LIMITS: Final = frozenset({"server-time-limit-exceeded", "too-many-requests"})
"""The titles of a reached limit, whichever status they come with."""


class _Error(msgspec.Struct):
    title: str = ""


class _ErrorDocument(msgspec.Struct):
    errors: tuple[_Error, ...] = ()


def classify(response: UpstreamResponse) -> SourceError | None:
    """Return the error of an answer, or None; its detail is the error's title as a code, never the vendor's detail."""
    title = _parse_title(response.body) if response.status >= 400 else ""  # noqa: PLR2004 -- errors
    error = classify_status(response, title)
    if error is not None and title in _LIMITS:
        error = SourceError(FaultCode.RATE_LIMITED, error.detail, status=error.status, retryable=True)
    if error is not None and error.code is FaultCode.RATE_LIMITED:
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
    """Return the wait, rounded up to a second; None if it cannot be read."""
    match = _WAIT.fullmatch(seconds.strip())
    return None if match is None else timedelta(seconds=int(match["whole"]) + bool((match["part"] or "").strip("0")))

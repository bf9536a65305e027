"""What an answer's status means when the vendor's own error code says nothing more. Retry-After is read by the way out, not here."""

from typing import Final

from gateway.canonical.fault import FaultCode
from gateway.errors import SourceError
from gateway.net.message import Response

_SUCCESS: Final = range(200, 300)
_SERVER_ERRORS: Final = range(500, 600)
_GONE: Final = frozenset({404, 410})
_NOT_NOW: Final = frozenset({408, 425})


def by_status(response: Response, detail: str = "") -> SourceError | None:
    """Return the error that a status means by HTTP's own rules (RFC 9110, 15), or None for 2xx.

    `detail` is a code of the vendor's, never its sentence, which may quote a record. 401 is an expired credential; 403 a right that is missing, which no
    new token mends; other 4xx are requests that the vendor does not take as they are.
    """
    status = response.status
    if status in _SUCCESS:
        return None
    code, retryable = _meaning(status)
    return SourceError(code, f"HTTP {status} {detail}".strip(), status=status, retryable=retryable)


def _meaning(status: int) -> tuple[FaultCode, bool]:
    if status == 401:  # noqa: PLR2004 -- the status is its own name
        return FaultCode.AUTH_EXPIRED, False
    if status == 403:  # noqa: PLR2004
        return FaultCode.PERMISSION_DENIED, False
    if status == 429:  # noqa: PLR2004
        return FaultCode.RATE_LIMITED, True
    if status in _GONE:
        return FaultCode.NOT_FOUND, False
    if status in _SERVER_ERRORS or status in _NOT_NOW:
        return FaultCode.UNAVAILABLE, True
    return FaultCode.CONTRACT_MISMATCH, False


def mismatch(what: str) -> SourceError:
    """Return the error of an answer that breaks the vendor's own contract; `what` names the place, never the value."""
    return SourceError(FaultCode.CONTRACT_MISMATCH, what)

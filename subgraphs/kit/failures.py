"""Errors of answers by their HTTP status, for vendors without a more specific code. `net` reads Retry-After."""

from typing import Final

from gateway.canonical.fault import FaultCode
from gateway.errors import SourceError
from gateway.net.message import UpstreamResponse

_SUCCESS: Final = range(200, 300)
_SERVER_ERRORS: Final = range(500, 600)
_FAULTS: Final = {
    401: (FaultCode.AUTH_EXPIRED, False),
    403: (FaultCode.PERMISSION_DENIED, False),
    404: (FaultCode.NOT_FOUND, False),
    408: (FaultCode.TIMEOUT, True),
    410: (FaultCode.NOT_FOUND, False),
    425: (FaultCode.UNAVAILABLE, True),
    429: (FaultCode.RATE_LIMITED, True),
    504: (FaultCode.TIMEOUT, True),
}
"""The code of a status, and whether a repeated call may succeed."""


class UnreadableValueError(SourceError):
    """A value that is not of the expected form: CONTRACT_MISMATCH.

    `value` tells which field holds it; it is in no message, and is not logged.
    """

    def __init__(self, expected: str, value: object) -> None:
        super().__init__(FaultCode.CONTRACT_MISMATCH, f"a value that should be {expected}")
        self.value = value


def classify_status(response: UpstreamResponse, detail: str = "") -> SourceError | None:
    """Return the error of a status (RFC 9110, 15), or None for 2xx.

    `detail` is an error code of the vendor, never its message, which may quote a record. 401 is an expired credential,
    403 a missing permission, which a new token does not change; 408 and 504 are answers that did not come in time, and
    other 4xx requests that the vendor does not accept.
    """
    status = response.status
    if status in _SUCCESS:
        return None
    code, retryable = _classify(status)
    return SourceError(code, f"HTTP {status} {detail}".strip(), status=status, retryable=retryable)


def _classify(status: int) -> tuple[FaultCode, bool]:
    other = (FaultCode.UNAVAILABLE, True) if status in _SERVER_ERRORS else (FaultCode.CONTRACT_MISMATCH, False)
    return _FAULTS.get(status, other)


def build_mismatch(what: str) -> SourceError:
    """Return the error of an answer that violates the API's contract; `what` names the place, never the value."""
    return SourceError(FaultCode.CONTRACT_MISMATCH, what)

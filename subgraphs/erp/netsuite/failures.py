"""What NetSuite's refusals mean. One code, USER_ERROR, stands for validation, duplicates and missing permissions alike: its `detail` decides.

Bodies: NetSuite help, section_156570709583. There is no Retry-After; a login that is refused and a token that has expired look the same.
"""

import re
from enum import StrEnum

from gateway.canonical.fault import FaultCode
from gateway.errors import SourceError
from gateway.net.message import Response
from subgraphs.erp.netsuite.wire import ErrorBody, ErrorDetail
from subgraphs.kit.decode import decode


class ErrorReason(StrEnum):
    """The classes of refusal by which a caller decides."""

    VALIDATION = "VALIDATION"
    DUPLICATE = "DUPLICATE"
    PERMISSION = "PERMISSION"
    CLOSED_PERIOD = "CLOSED_PERIOD"
    NOT_FOUND = "NOT_FOUND"
    LOGIN = "LOGIN"
    CONCURRENCY = "CONCURRENCY"
    QUERY = "QUERY"
    UNAVAILABLE = "UNAVAILABLE"


_FAULTS = {
    ErrorReason.VALIDATION: FaultCode.CONTRACT_MISMATCH,
    ErrorReason.DUPLICATE: FaultCode.CONTRACT_MISMATCH,
    ErrorReason.PERMISSION: FaultCode.PERMISSION_DENIED,
    ErrorReason.CLOSED_PERIOD: FaultCode.CONTRACT_MISMATCH,
    ErrorReason.NOT_FOUND: FaultCode.NOT_FOUND,
    ErrorReason.LOGIN: FaultCode.AUTH_EXPIRED,
    ErrorReason.CONCURRENCY: FaultCode.RATE_LIMITED,
    ErrorReason.QUERY: FaultCode.CONTRACT_MISMATCH,
    ErrorReason.UNAVAILABLE: FaultCode.UNAVAILABLE,
}
_RETRYABLE = frozenset({ErrorReason.CONCURRENCY, ErrorReason.UNAVAILABLE})
_REASON_BY_CODE = {
    "CONCURRENCY_LIMIT_EXCEEDED": ErrorReason.CONCURRENCY,
    "SSS_REQUEST_LIMIT_EXCEEDED": ErrorReason.CONCURRENCY,
    "INVALID_LOGIN": ErrorReason.LOGIN,
    "INVALID_LOGIN_ATTEMPT": ErrorReason.LOGIN,
    "INSUFFICIENT_PERMISSION": ErrorReason.PERMISSION,
    "NONEXISTENT_ID": ErrorReason.NOT_FOUND,
    "SERVICE_UNAVAILABLE": ErrorReason.UNAVAILABLE,
}
_REASON_BY_STATUS = {
    401: ErrorReason.LOGIN,
    403: ErrorReason.PERMISSION,
    404: ErrorReason.NOT_FOUND,
    429: ErrorReason.CONCURRENCY,
}
_REASON_BY_DETAIL = (
    (re.compile(r"does not have permission|not have sufficient permission|permission violation", re.IGNORECASE), ErrorReason.PERMISSION),
    (re.compile(r"already exists|already been used", re.IGNORECASE), ErrorReason.DUPLICATE),
    (re.compile(r"closed period|period .* (?:closed|locked)", re.IGNORECASE), ErrorReason.CLOSED_PERIOD),
    (re.compile(r"invalid search query|search error occurred", re.IGNORECASE), ErrorReason.QUERY),
)  # fmt: skip
_UNKNOWN_NAME = re.compile(
    r"(?:Field '(?P<field>\w+)'(?: for record '(?P<owner>\w+)')?|Record '(?P<record>\w+)') was not found"
)
_SUCCESS = range(200, 300)
_FIRST_SERVER_ERROR = 500


class NetSuiteError(SourceError):
    """A refusal. `unknown` is the field or record type that a query named and the account does not show, such as customer.custentity_x."""

    def __init__(self, refusal: ErrorReason, detail: str, status: int, unknown: str | None = None) -> None:
        super().__init__(_FAULTS[refusal], detail, status=status, retryable=refusal in _RETRYABLE)
        self.reason = refusal
        self.unknown_name = unknown


def classify_response(response: Response) -> SourceError | None:
    """Return the error that an answer means, or None for success.

    The error tells status and code; NetSuite's sentence, which may quote a record, stays out.
    """
    status = response.status
    if status in _SUCCESS:
        return None
    error = _get_first_detail(response.body)
    refusal = _REASON_BY_CODE.get(error.code) or _REASON_BY_STATUS.get(status)
    if refusal is None and status >= _FIRST_SERVER_ERROR:
        refusal = ErrorReason.UNAVAILABLE
    if refusal is None:
        refusal = next(
            (meant for pattern, meant in _REASON_BY_DETAIL if pattern.search(error.detail)), ErrorReason.VALIDATION
        )
    unknown = _find_unknown_name(error.detail) if refusal is ErrorReason.QUERY else None
    parts = (f"HTTP {status}", error.code, refusal.value, error.path, unknown)
    return NetSuiteError(refusal, " ".join(part for part in parts if part), status, unknown)


def _get_first_detail(body: bytes) -> ErrorDetail:
    try:
        details = decode(body, ErrorBody).details
    except SourceError:
        details = ()
    return details[0] if details else ErrorDetail()


def _find_unknown_name(detail: str) -> str | None:
    named = _UNKNOWN_NAME.search(detail)
    if named is None:
        return None
    return named["record"] or ".".join(part for part in (named["owner"], named["field"]) if part)

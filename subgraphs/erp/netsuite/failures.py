"""Classifies NetSuite's error responses.

The code USER_ERROR covers validation, duplicates and missing permissions; its `detail` distinguishes them.
Bodies: NetSuite help, section_156570709583; codes of a reached limit: bridgehead_1525252812 (RESTlets answer it with
status 400). There is no Retry-After, and a refused login and an expired token have the
same response.
"""

import re
from collections.abc import Sequence
from enum import StrEnum

from gateway.canonical.fault import FaultCode
from gateway.errors import SourceError
from gateway.net.message import UpstreamResponse
from subgraphs.erp.netsuite.rest_answers import ErrorBody, ErrorDetail
from subgraphs.kit.decoding import decode


class ErrorReason(StrEnum):
    """Why NetSuite refused a call."""

    VALIDATION = "VALIDATION"
    DUPLICATE = "DUPLICATE"
    PERMISSION = "PERMISSION"
    CLOSED_PERIOD = "CLOSED_PERIOD"
    NOT_FOUND = "NOT_FOUND"
    LOGIN = "LOGIN"
    CONCURRENCY = "CONCURRENCY"
    TIMEOUT = "TIMEOUT"
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
    ErrorReason.TIMEOUT: FaultCode.TIMEOUT,
    ErrorReason.QUERY: FaultCode.CONTRACT_MISMATCH,
    ErrorReason.UNAVAILABLE: FaultCode.UNAVAILABLE,
}
_RETRYABLE = frozenset({ErrorReason.CONCURRENCY, ErrorReason.TIMEOUT, ErrorReason.UNAVAILABLE})
_REASON_BY_CODE = {
    "CONCURRENCY_LIMIT_EXCEEDED": ErrorReason.CONCURRENCY,
    "SSS_REQUEST_LIMIT_EXCEEDED": ErrorReason.CONCURRENCY,
    "WS_CONCUR_SESSION_DISALLWD": ErrorReason.CONCURRENCY,
    "WS_REQUEST_BLOCKED": ErrorReason.CONCURRENCY,
    "SSS_TIME_LIMIT_EXCEEDED": ErrorReason.TIMEOUT,
    "INVALID_LOGIN": ErrorReason.LOGIN,
    "INVALID_LOGIN_ATTEMPT": ErrorReason.LOGIN,
    "INSUFFICIENT_PERMISSION": ErrorReason.PERMISSION,
    "NONEXISTENT_ID": ErrorReason.NOT_FOUND,
    "ACCT_TEMP_UNAVAILABLE": ErrorReason.UNAVAILABLE,
    "SERVICE_UNAVAILABLE": ErrorReason.UNAVAILABLE,
}
_REASON_BY_STATUS = {
    401: ErrorReason.LOGIN,
    403: ErrorReason.PERMISSION,
    404: ErrorReason.NOT_FOUND,
    408: ErrorReason.TIMEOUT,
    429: ErrorReason.CONCURRENCY,
    504: ErrorReason.TIMEOUT,
}
_REASON_BY_OVERLOAD = (
    (r"concurrent request limit exceeded", ErrorReason.CONCURRENCY),
    (r"\btimed out\b|time limit exceeded", ErrorReason.TIMEOUT),
)
"""The wordings of an overloaded account, which precede the status: it may be 400, 403 or 500."""
_REASON_BY_DETAIL = (
    (r"does not have permission|not have sufficient permission|permission violation", ErrorReason.PERMISSION),
    (r"already exists|already been used", ErrorReason.DUPLICATE),
    (r"closed period|period .* (?:closed|locked)", ErrorReason.CLOSED_PERIOD),
    (r"invalid search query|search error occurred|unknown identifier|invalid search type", ErrorReason.QUERY),
)
_UNKNOWN_NAMES = (
    re.compile(
        r"(?:Field '(?P<field>\w+)'(?: for record '(?P<owner>\w+)')?|Record '(?P<record>\w+)') was not found",
        re.IGNORECASE,
    ),
    re.compile(r"Unknown identifier '(?P<field>[\w.]+)'", re.IGNORECASE),
    re.compile(r"Invalid search type: (?P<record>\w+)", re.IGNORECASE),
)
"""The wordings of a name that the account does not have, or that the role cannot see."""
_SUCCESS = range(200, 300)
_FIRST_SERVER_ERROR = 500


class NetSuiteError(SourceError):
    """An error response.

    `unknown_name` is a field or record type of the query that the account does not have or the role cannot see, such as
    customer.custentity_x.
    """

    def __init__(self, reason: ErrorReason, detail: str, status: int, unknown_name: str | None = None) -> None:
        super().__init__(_FAULTS[reason], detail, status=status, retryable=reason in _RETRYABLE)
        self.reason = reason
        self.unknown_name = unknown_name


def classify_response(response: UpstreamResponse) -> SourceError | None:
    """Return the error of a response, or None for success.

    The error states the status and the code, but not NetSuite's message, which may quote a record.
    """
    status = response.status
    if status in _SUCCESS:
        return None
    error = _get_first_detail(response.body)
    reason = (
        _REASON_BY_CODE.get(error.code)
        or _classify_detail(error.detail, _REASON_BY_OVERLOAD)
        or _REASON_BY_STATUS.get(status)
        or (ErrorReason.UNAVAILABLE if status >= _FIRST_SERVER_ERROR else None)
        or _classify_detail(error.detail, _REASON_BY_DETAIL)
        or ErrorReason.VALIDATION
    )
    unknown_name = _find_unknown_name(error.detail) if reason is ErrorReason.QUERY else None
    parts = (f"HTTP {status}", error.code, reason.value, error.path, unknown_name)
    return NetSuiteError(reason, " ".join(part for part in parts if part), status, unknown_name)


def _classify_detail(detail: str, wordings: Sequence[tuple[str, ErrorReason]]) -> ErrorReason | None:
    return next((reason for pattern, reason in wordings if re.search(pattern, detail, re.IGNORECASE)), None)


def _get_first_detail(body: bytes) -> ErrorDetail:
    try:
        details = decode(body, ErrorBody).details
    except SourceError:
        details = ()
    return details[0] if details else ErrorDetail()


def _find_unknown_name(detail: str) -> str | None:
    match = next((found for pattern in _UNKNOWN_NAMES if (found := pattern.search(detail))), None)
    if match is None:
        return None
    names = match.groupdict()
    return names.get("record") or ".".join(part for part in (names.get("owner"), names.get("field")) if part)

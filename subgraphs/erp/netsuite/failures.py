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


class Refusal(StrEnum):
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
    Refusal.VALIDATION: FaultCode.CONTRACT_MISMATCH,
    Refusal.DUPLICATE: FaultCode.CONTRACT_MISMATCH,
    Refusal.PERMISSION: FaultCode.PERMISSION_DENIED,
    Refusal.CLOSED_PERIOD: FaultCode.CONTRACT_MISMATCH,
    Refusal.NOT_FOUND: FaultCode.NOT_FOUND,
    Refusal.LOGIN: FaultCode.AUTH_EXPIRED,
    Refusal.CONCURRENCY: FaultCode.RATE_LIMITED,
    Refusal.QUERY: FaultCode.CONTRACT_MISMATCH,
    Refusal.UNAVAILABLE: FaultCode.UNAVAILABLE,
}
_RETRYABLE = frozenset({Refusal.CONCURRENCY, Refusal.UNAVAILABLE})
_BY_CODE = {
    "CONCURRENCY_LIMIT_EXCEEDED": Refusal.CONCURRENCY,
    "SSS_REQUEST_LIMIT_EXCEEDED": Refusal.CONCURRENCY,
    "INVALID_LOGIN": Refusal.LOGIN,
    "INVALID_LOGIN_ATTEMPT": Refusal.LOGIN,
    "INSUFFICIENT_PERMISSION": Refusal.PERMISSION,
    "NONEXISTENT_ID": Refusal.NOT_FOUND,
    "SERVICE_UNAVAILABLE": Refusal.UNAVAILABLE,
}
_BY_STATUS = {
    401: Refusal.LOGIN,
    403: Refusal.PERMISSION,
    404: Refusal.NOT_FOUND,
    429: Refusal.CONCURRENCY,
}
_BY_DETAIL = (
    (re.compile(r"does not have permission|not have sufficient permission|permission violation", re.IGNORECASE), Refusal.PERMISSION),
    (re.compile(r"already exists|already been used", re.IGNORECASE), Refusal.DUPLICATE),
    (re.compile(r"closed period|period .* (?:closed|locked)", re.IGNORECASE), Refusal.CLOSED_PERIOD),
    (re.compile(r"invalid search query|search error occurred", re.IGNORECASE), Refusal.QUERY),
)  # fmt: skip
_NAMED = re.compile(
    r"(?:Field '(?P<field>\w+)'(?: for record '(?P<owner>\w+)')?|Record '(?P<record>\w+)') was not found"
)
_SUCCESS = range(200, 300)
_FIRST_SERVER_ERROR = 500


class RefusedError(SourceError):
    """A refusal. `unknown` is the field or record type that a query named and the account does not show, such as customer.custentity_x."""

    def __init__(self, refusal: Refusal, detail: str, status: int, unknown: str | None = None) -> None:
        super().__init__(_FAULTS[refusal], detail, status=status, retryable=refusal in _RETRYABLE)
        self.refusal = refusal
        self.unknown = unknown


def classify(response: Response) -> SourceError | None:
    """Return the error that an answer means, or None for success.

    The error tells status and code; NetSuite's sentence, which may quote a record, stays out.
    """
    status = response.status
    if status in _SUCCESS:
        return None
    error = _first(response.body)
    refusal = _BY_CODE.get(error.code) or _BY_STATUS.get(status)
    if refusal is None and status >= _FIRST_SERVER_ERROR:
        refusal = Refusal.UNAVAILABLE
    if refusal is None:
        refusal = next((meant for pattern, meant in _BY_DETAIL if pattern.search(error.detail)), Refusal.VALIDATION)
    unknown = _unknown(error.detail) if refusal is Refusal.QUERY else None
    parts = (f"HTTP {status}", error.code, refusal.value, error.path, unknown)
    return RefusedError(refusal, " ".join(part for part in parts if part), status, unknown)


def _first(body: bytes) -> ErrorDetail:
    try:
        details = decode(body, ErrorBody).details
    except SourceError:
        details = ()
    return details[0] if details else ErrorDetail()


def _unknown(detail: str) -> str | None:
    named = _NAMED.search(detail)
    if named is None:
        return None
    return named["record"] or ".".join(part for part in (named["owner"], named["field"]) if part)

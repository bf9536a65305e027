"""Classifies error responses. Bodies are arrays of `{message, errorCode, fields}`; there is no Retry-After.

A 429 is rare: an overloaded org refuses with 403 or 400 and a code. REQUEST_LIMIT_EXCEEDED means the limit of the day
or, with a message that begins with "Concurrent", that of concurrent calls.

Codes: REST API Developer Guide, "Status Codes and Error Responses". The key of the duplicate result has two spellings,
depending on the org.
"""

from enum import StrEnum

import msgspec
from msgspec import field

from gateway.canonical.fault import FaultCode
from gateway.errors import SourceError
from gateway.net.message import UpstreamResponse
from subgraphs.kit.decoding import decode


class ErrorCategory(StrEnum):
    """The error categories that callers distinguish."""

    VALIDATION = "VALIDATION"
    DUPLICATE = "DUPLICATE"
    LOCKED = "LOCKED"
    DELETED = "DELETED"
    NOT_FOUND = "NOT_FOUND"
    SESSION = "SESSION"
    QUOTA = "QUOTA"
    OVERLOAD = "OVERLOAD"
    TIMEOUT = "TIMEOUT"
    REPLICATION_DATE = "REPLICATION_DATE"
    PERMISSION = "PERMISSION"
    PRECONDITION = "PRECONDITION"
    MALFORMED = "MALFORMED"
    UNAVAILABLE = "UNAVAILABLE"


_CATEGORY_BY_CODE = {
    "REQUIRED_FIELD_MISSING": ErrorCategory.VALIDATION,
    "FIELD_CUSTOM_VALIDATION_EXCEPTION": ErrorCategory.VALIDATION,
    "STRING_TOO_LONG": ErrorCategory.VALIDATION,
    "DUPLICATE_VALUE": ErrorCategory.DUPLICATE,
    "DUPLICATES_DETECTED": ErrorCategory.DUPLICATE,
    "UNABLE_TO_LOCK_ROW": ErrorCategory.LOCKED,
    "ENTITY_IS_DELETED": ErrorCategory.DELETED,
    "NOT_FOUND": ErrorCategory.NOT_FOUND,
    "INVALID_SESSION_ID": ErrorCategory.SESSION,
    "REQUEST_LIMIT_EXCEEDED": ErrorCategory.QUOTA,
    "CONCURRENT_REQUEST_LIMIT_EXCEEDED": ErrorCategory.OVERLOAD,
    "QUERY_TIMEOUT": ErrorCategory.TIMEOUT,
    "REQUEST_RUNNING_TOO_LONG": ErrorCategory.TIMEOUT,
    "INVALID_REPLICATION_DATE": ErrorCategory.REPLICATION_DATE,
    "INSUFFICIENT_ACCESS_OR_READONLY": ErrorCategory.PERMISSION,
    "API_DISABLED_FOR_ORG": ErrorCategory.PERMISSION,
    "MALFORMED_QUERY": ErrorCategory.MALFORMED,
    "QUERY_TOO_COMPLICATED": ErrorCategory.MALFORMED,
    "INVALID_FIELD": ErrorCategory.MALFORMED,
    "INVALID_TYPE": ErrorCategory.MALFORMED,
    "JSON_PARSER_ERROR": ErrorCategory.MALFORMED,
    "EXCEEDED_ID_LIMIT": ErrorCategory.MALFORMED,
    "SERVER_UNAVAILABLE": ErrorCategory.UNAVAILABLE,
    "INVALID_QUERY_LOCATOR": ErrorCategory.UNAVAILABLE,
}
_CATEGORY_BY_STATUS = {
    300: ErrorCategory.DUPLICATE,
    401: ErrorCategory.SESSION,
    403: ErrorCategory.PERMISSION,
    404: ErrorCategory.NOT_FOUND,
    408: ErrorCategory.TIMEOUT,
    412: ErrorCategory.PRECONDITION,
    414: ErrorCategory.MALFORMED,
    429: ErrorCategory.OVERLOAD,
    431: ErrorCategory.MALFORMED,
    504: ErrorCategory.TIMEOUT,
}
_FAULT_BY_CATEGORY = {
    ErrorCategory.VALIDATION: FaultCode.CONTRACT_MISMATCH,
    ErrorCategory.DUPLICATE: FaultCode.CONTRACT_MISMATCH,
    ErrorCategory.LOCKED: FaultCode.UNAVAILABLE,
    ErrorCategory.DELETED: FaultCode.NOT_FOUND,
    ErrorCategory.NOT_FOUND: FaultCode.NOT_FOUND,
    ErrorCategory.SESSION: FaultCode.AUTH_EXPIRED,
    ErrorCategory.QUOTA: FaultCode.RATE_LIMITED,
    ErrorCategory.OVERLOAD: FaultCode.RATE_LIMITED,
    ErrorCategory.TIMEOUT: FaultCode.TIMEOUT,
    ErrorCategory.REPLICATION_DATE: FaultCode.CONTRACT_MISMATCH,
    ErrorCategory.PERMISSION: FaultCode.PERMISSION_DENIED,
    ErrorCategory.PRECONDITION: FaultCode.CONTRACT_MISMATCH,
    ErrorCategory.MALFORMED: FaultCode.CONTRACT_MISMATCH,
    ErrorCategory.UNAVAILABLE: FaultCode.UNAVAILABLE,
}
_RETRYABLE = frozenset({ErrorCategory.LOCKED, ErrorCategory.UNAVAILABLE, ErrorCategory.OVERLOAD, ErrorCategory.TIMEOUT})
_CONCURRENT = "concurrent"
_FIRST_SERVER_ERROR = 500


class SalesforceError(SourceError):
    """An error response; `existing_ids` are the ids of the records that a duplicate error names."""

    def __init__(self, category: ErrorCategory, detail: str, status: int, existing_ids: tuple[str, ...] = ()) -> None:
        super().__init__(_FAULT_BY_CATEGORY[category], detail, status=status, retryable=category in _RETRYABLE)
        self.category = category
        self.existing_ids = existing_ids


class _Reference(msgspec.Struct):
    id: str = field(name="Id")


class _MatchRecord(msgspec.Struct):
    record: _Reference


class _MatchResult(msgspec.Struct):
    records: tuple[_MatchRecord, ...] = field(name="matchRecords", default=())


class _DuplicateResult(msgspec.Struct):
    results: tuple[_MatchResult, ...] = field(name="matchResults", default=())


class _ErrorBody(msgspec.Struct):
    code: str = field(name="errorCode")
    message: str = ""
    misspelt_result: _DuplicateResult | None = field(name="duplicateResut", default=None)
    result: _DuplicateResult | None = field(name="duplicateResult", default=None)

    def list_existing_ids(self) -> tuple[str, ...]:
        """Return the ids of the existing records that a duplicate error names."""
        result = self.misspelt_result or self.result
        if result is not None:
            return tuple(match.record.id for each in result.results for match in each.records)
        _, marker, identifier = self.message.partition("on record with id: ")
        return (identifier.strip(),) if marker else ()


def classify_response(response: UpstreamResponse) -> SourceError | None:
    """Return the error of a response, or None for success; classify an unknown code by the status."""
    status = response.status
    if status < 300 or status == 304:  # noqa: PLR2004 -- success, or "not modified"
        return None
    error = _parse_error(response.body)
    category = _classify_code(error) if error else None
    if category is None:
        other = ErrorCategory.UNAVAILABLE if status >= _FIRST_SERVER_ERROR else ErrorCategory.MALFORMED
        category = _CATEGORY_BY_STATUS.get(status, other)
    # The message may contain record data, so only the code is logged.
    return SalesforceError(
        category,
        f"HTTP {status} {error.code if error else ''}".strip(),
        status,
        error.list_existing_ids() if error else (),
    )


def _classify_code(error: _ErrorBody) -> ErrorCategory | None:
    category = _CATEGORY_BY_CODE.get(error.code)
    if category is ErrorCategory.QUOTA and error.message.lower().startswith(_CONCURRENT):
        return ErrorCategory.OVERLOAD
    return category


def _parse_error(body: bytes) -> _ErrorBody | None:
    try:
        errors = decode(body, tuple[_ErrorBody, ...])
    except SourceError:
        return None
    return errors[0] if errors else None

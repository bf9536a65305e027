"""What the service's refusals mean. Bodies are arrays of `{message, errorCode, fields}`; there is no Retry-After and no 429.

Codes: REST API Developer Guide, "Status Codes and Error Responses"; the duplicate result comes under two spellings, by org.
"""

from enum import StrEnum

import msgspec
from msgspec import field

from gateway.canonical.fault import FaultCode
from gateway.errors import SourceError
from gateway.net.message import Response
from subgraphs.kit.decode import decode


class Refusal(StrEnum):
    """The classes of refusal by which a caller decides."""

    VALIDATION = "VALIDATION"
    DUPLICATE = "DUPLICATE"
    LOCKED = "LOCKED"
    GONE = "GONE"
    NOT_FOUND = "NOT_FOUND"
    SESSION = "SESSION"
    QUOTA = "QUOTA"
    PERMISSION = "PERMISSION"
    PRECONDITION = "PRECONDITION"
    MALFORMED = "MALFORMED"
    UNAVAILABLE = "UNAVAILABLE"


_BY_CODE = {
    "REQUIRED_FIELD_MISSING": Refusal.VALIDATION,
    "FIELD_CUSTOM_VALIDATION_EXCEPTION": Refusal.VALIDATION,
    "STRING_TOO_LONG": Refusal.VALIDATION,
    "DUPLICATE_VALUE": Refusal.DUPLICATE,
    "DUPLICATES_DETECTED": Refusal.DUPLICATE,
    "UNABLE_TO_LOCK_ROW": Refusal.LOCKED,
    "ENTITY_IS_DELETED": Refusal.GONE,
    "NOT_FOUND": Refusal.NOT_FOUND,
    "INVALID_SESSION_ID": Refusal.SESSION,
    "REQUEST_LIMIT_EXCEEDED": Refusal.QUOTA,
    "INSUFFICIENT_ACCESS_OR_READONLY": Refusal.PERMISSION,
    "API_DISABLED_FOR_ORG": Refusal.PERMISSION,
    "MALFORMED_QUERY": Refusal.MALFORMED,
    "QUERY_TOO_COMPLICATED": Refusal.MALFORMED,
    "INVALID_FIELD": Refusal.MALFORMED,
    "INVALID_TYPE": Refusal.MALFORMED,
    "JSON_PARSER_ERROR": Refusal.MALFORMED,
    "EXCEEDED_ID_LIMIT": Refusal.MALFORMED,
    "SERVER_UNAVAILABLE": Refusal.UNAVAILABLE,
    "INVALID_QUERY_LOCATOR": Refusal.UNAVAILABLE,
}
_BY_STATUS = {
    300: Refusal.DUPLICATE,
    401: Refusal.SESSION,
    403: Refusal.PERMISSION,
    404: Refusal.NOT_FOUND,
    412: Refusal.PRECONDITION,
    414: Refusal.MALFORMED,
    431: Refusal.MALFORMED,
}
_FAULTS = {
    Refusal.VALIDATION: FaultCode.CONTRACT_MISMATCH,
    Refusal.DUPLICATE: FaultCode.CONTRACT_MISMATCH,
    Refusal.LOCKED: FaultCode.UNAVAILABLE,
    Refusal.GONE: FaultCode.NOT_FOUND,
    Refusal.NOT_FOUND: FaultCode.NOT_FOUND,
    Refusal.SESSION: FaultCode.AUTH_EXPIRED,
    Refusal.QUOTA: FaultCode.RATE_LIMITED,
    Refusal.PERMISSION: FaultCode.PERMISSION_DENIED,
    Refusal.PRECONDITION: FaultCode.CONTRACT_MISMATCH,
    Refusal.MALFORMED: FaultCode.CONTRACT_MISMATCH,
    Refusal.UNAVAILABLE: FaultCode.UNAVAILABLE,
}
_RETRYABLE = frozenset({Refusal.LOCKED, Refusal.UNAVAILABLE})
_FIRST_SERVER_ERROR = 500


class RefusedError(SourceError):
    """A refusal of the service; `existing` are the ids of the records that a duplicate refusal names."""

    def __init__(self, refusal: Refusal, detail: str, status: int, existing: tuple[str, ...] = ()) -> None:
        super().__init__(_FAULTS[refusal], detail, status=status, retryable=refusal in _RETRYABLE)
        self.refusal = refusal
        self.existing = existing


class _Reference(msgspec.Struct):
    id: str = field(name="Id")


class _MatchRecord(msgspec.Struct):
    record: _Reference


class _MatchResult(msgspec.Struct):
    records: tuple[_MatchRecord, ...] = field(name="matchRecords", default=())


class _DuplicateResult(msgspec.Struct):
    results: tuple[_MatchResult, ...] = field(name="matchResults", default=())


class _Error(msgspec.Struct):
    code: str = field(name="errorCode")
    message: str = ""
    misspelt: _DuplicateResult | None = field(name="duplicateResut", default=None)
    spelt: _DuplicateResult | None = field(name="duplicateResult", default=None)

    def existing(self) -> tuple[str, ...]:
        """Return the ids of the records that this one would double."""
        result = self.misspelt or self.spelt
        if result is not None:
            return tuple(match.record.id for each in result.results for match in each.records)
        _, marker, identifier = self.message.partition("on record with id: ")
        return (identifier.strip(),) if marker else ()


def classify(response: Response) -> SourceError | None:
    """Return the error that an answer means, or None for success. Unknown codes go by status; 5xx are the service being unavailable."""
    status = response.status
    if status < 300 or status == 304:  # noqa: PLR2004 -- success, or "not modified"
        return None
    error = _first_error(response.body)
    refusal = _BY_CODE.get(error.code) if error else None
    if refusal is None:
        refusal = Refusal.UNAVAILABLE if status >= _FIRST_SERVER_ERROR else _BY_STATUS.get(status, Refusal.MALFORMED)
    # The message may quote a record; only the code goes into the log.
    return RefusedError(
        refusal, f"HTTP {status} {error.code if error else ''}".strip(), status, error.existing() if error else ()
    )


def _first_error(body: bytes) -> _Error | None:
    try:
        errors = decode(body, tuple[_Error, ...])
    except SourceError:
        return None
    return errors[0] if errors else None

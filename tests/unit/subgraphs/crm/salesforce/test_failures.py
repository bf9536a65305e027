"""Errors are classified by their code, then by status; their messages are not kept."""

import msgspec
import pytest

from gateway.net.message import UpstreamResponse
from subgraphs.crm.salesforce.failures import ErrorCategory, SalesforceError, classify_response


def build_response(status: int, body: object) -> UpstreamResponse:
    raw = body if isinstance(body, bytes) else msgspec.json.encode(body)
    return UpstreamResponse(status=status, headers={"content-type": "application/json"}, body=raw)


def build_error(code: str, message: str = "m") -> list[dict[str, object]]:
    return [{"message": message, "errorCode": code, "fields": []}]


@pytest.mark.parametrize(
    ("status", "body", "category", "fault", "retryable"),
    [
        (400, build_error("REQUIRED_FIELD_MISSING"), ErrorCategory.VALIDATION, "CONTRACT_MISMATCH", False),
        (400, build_error("MALFORMED_QUERY"), ErrorCategory.MALFORMED, "CONTRACT_MISMATCH", False),
        (400, build_error("INVALID_FIELD"), ErrorCategory.MALFORMED, "CONTRACT_MISMATCH", False),
        (400, build_error("UNABLE_TO_LOCK_ROW"), ErrorCategory.LOCKED, "UNAVAILABLE", True),
        (400, build_error("ENTITY_IS_DELETED"), ErrorCategory.DELETED, "NOT_FOUND", False),
        (400, build_error("SOMETHING_NEW"), ErrorCategory.MALFORMED, "CONTRACT_MISMATCH", False),
        (401, build_error("INVALID_SESSION_ID"), ErrorCategory.SESSION, "AUTH_EXPIRED", False),
        (401, b"", ErrorCategory.SESSION, "AUTH_EXPIRED", False),
        (400, build_error("EXCEEDED_ID_LIMIT"), ErrorCategory.MALFORMED, "CONTRACT_MISMATCH", False),
        (403, build_error("REQUEST_LIMIT_EXCEEDED"), ErrorCategory.QUOTA, "RATE_LIMITED", False),
        (
            403,
            build_error("REQUEST_LIMIT_EXCEEDED", "ConcurrentPerOrgLongTxn Limit exceeded."),
            ErrorCategory.OVERLOAD,
            "RATE_LIMITED",
            True,
        ),
        (403, build_error("CONCURRENT_REQUEST_LIMIT_EXCEEDED"), ErrorCategory.OVERLOAD, "RATE_LIMITED", True),
        (429, b"Too Many Requests", ErrorCategory.OVERLOAD, "RATE_LIMITED", True),
        (400, build_error("QUERY_TIMEOUT"), ErrorCategory.TIMEOUT, "TIMEOUT", True),
        (400, build_error("REQUEST_RUNNING_TOO_LONG"), ErrorCategory.TIMEOUT, "TIMEOUT", True),
        (503, build_error("REQUEST_RUNNING_TOO_LONG"), ErrorCategory.TIMEOUT, "TIMEOUT", True),
        (504, b"<html>", ErrorCategory.TIMEOUT, "TIMEOUT", True),
        (400, build_error("INVALID_REPLICATION_DATE"), ErrorCategory.REPLICATION_DATE, "CONTRACT_MISMATCH", False),
        (403, build_error("INSUFFICIENT_ACCESS_OR_READONLY"), ErrorCategory.PERMISSION, "PERMISSION_DENIED", False),
        (404, build_error("NOT_FOUND"), ErrorCategory.NOT_FOUND, "NOT_FOUND", False),
        (412, [], ErrorCategory.PRECONDITION, "CONTRACT_MISMATCH", False),
        (414, b"URI Too Long", ErrorCategory.MALFORMED, "CONTRACT_MISMATCH", False),
        (431, b"Request Header Fields Too Large", ErrorCategory.MALFORMED, "CONTRACT_MISMATCH", False),
        (400, b'[{"errorCode": "\xff"}]', ErrorCategory.MALFORMED, "CONTRACT_MISMATCH", False),
        (503, b"[" * 100_000, ErrorCategory.UNAVAILABLE, "UNAVAILABLE", True),
        (500, b"<html>", ErrorCategory.UNAVAILABLE, "UNAVAILABLE", True),
        (503, build_error("SERVER_UNAVAILABLE"), ErrorCategory.UNAVAILABLE, "UNAVAILABLE", True),
        (300, ["/services/data/v68.0/sobjects/Account/1"], ErrorCategory.DUPLICATE, "CONTRACT_MISMATCH", False),
    ],
)
def test_an_error_has_a_category(
    status: int, body: object, category: ErrorCategory, fault: str, retryable: bool
) -> None:
    error = classify_response(build_response(status, body))
    assert isinstance(error, SalesforceError)
    assert (error.category, error.code, error.retryable, error.status) == (category, fault, retryable, status)


@pytest.mark.parametrize("status", [200, 201, 204, 304])
def test_success_is_no_error(status: int) -> None:
    assert classify_response(build_response(status, b"")) is None


@pytest.mark.parametrize("spelling", ["duplicateResut", "duplicateResult"])
def test_a_duplicate_result_lists_the_existing_records_under_either_key(spelling: str) -> None:
    matches = [{"matchRecords": [{"matchConfidence": 100.0, "record": {"attributes": {}, "Id": "001xx000003DGb2AAG"}}]}]
    body = [build_error("DUPLICATES_DETECTED")[0] | {spelling: {"allowSave": False, "matchResults": matches}}]
    error = classify_response(build_response(400, body))
    assert isinstance(error, SalesforceError)
    assert (error.category, error.existing_ids) == (ErrorCategory.DUPLICATE, ("001xx000003DGb2AAG",))


def test_taken_key_names_the_record() -> None:
    message = "duplicate value found: Number__c duplicates value on record with id: 001xx000003DGb2"
    error = classify_response(build_response(400, build_error("DUPLICATE_VALUE", message)))
    assert isinstance(error, SalesforceError)
    assert error.existing_ids == ("001xx000003DGb2",)


def test_the_message_of_the_service_is_not_kept() -> None:
    error = classify_response(
        build_response(400, build_error("FIELD_CUSTOM_VALIDATION_EXCEPTION", "Ann Smith owes us"))
    )
    assert error is not None
    assert "Ann" not in f"{error!r} {error} {error.detail}"

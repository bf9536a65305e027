"""Responses are classified by error code, then by status, then by the message."""

import msgspec
import pytest

from gateway.canonical.fault import FaultCode
from gateway.net.message import UpstreamResponse
from subgraphs.erp.netsuite.failures import ErrorReason, NetSuiteError, classify_response

PERMISSION = "Error while accessing a resource. Your current role does not have permission to perform this action."
UNKNOWN_FIELD = (
    "Invalid search query. Detailed unprocessed description follows. Search error occurred: "
    "Field 'custentity_x' for record 'customer' was not found. Reason: REMOVED - Field is removed"
)


def build_response(status: int, code: str = "", detail: str = "", path: str | None = None) -> UpstreamResponse:
    entry = {"detail": detail, "o:errorCode": code} | ({"o:errorPath": path} if path else {})
    return UpstreamResponse(
        status=status, headers={}, body=msgspec.json.encode({"title": "x", "status": status, "o:errorDetails": [entry]})
    )


def classify(response: UpstreamResponse) -> NetSuiteError:
    error = classify_response(response)
    assert isinstance(error, NetSuiteError)
    return error


@pytest.mark.parametrize("status", [200, 202, 204])
def test_success_is_not_an_error(status: int):
    assert classify_response(UpstreamResponse(status=status, headers={}, body=b"")) is None


@pytest.mark.parametrize(
    ("response", "refusal", "code", "retryable"),
    [
        (build_response(400, "USER_ERROR", PERMISSION), ErrorReason.PERMISSION, FaultCode.PERMISSION_DENIED, False),
        (
            build_response(400, "USER_ERROR", "Error while accessing a resource. This entity already exists."),
            ErrorReason.DUPLICATE,
            FaultCode.CONTRACT_MISMATCH,
            False,
        ),
        (
            build_response(400, "USER_ERROR", "Please enter value(s) for: Subsidiary"),
            ErrorReason.VALIDATION,
            FaultCode.CONTRACT_MISMATCH,
            False,
        ),
        (
            build_response(400, "USER_ERROR", "You cannot create or change transactions in a closed period."),
            ErrorReason.CLOSED_PERIOD,
            FaultCode.CONTRACT_MISMATCH,
            False,
        ),
        (
            build_response(400, "INVALID_PARAMETER", UNKNOWN_FIELD),
            ErrorReason.QUERY,
            FaultCode.CONTRACT_MISMATCH,
            False,
        ),
        (
            build_response(400, "CONCURRENCY_LIMIT_EXCEEDED", "Request blocked."),
            ErrorReason.CONCURRENCY,
            FaultCode.RATE_LIMITED,
            True,
        ),
        (
            build_response(429, "CONCURRENCY_LIMIT_EXCEEDED", "Request blocked."),
            ErrorReason.CONCURRENCY,
            FaultCode.RATE_LIMITED,
            True,
        ),
        (build_response(429), ErrorReason.CONCURRENCY, FaultCode.RATE_LIMITED, True),
        *(
            (build_response(status, code, detail), ErrorReason.CONCURRENCY, FaultCode.RATE_LIMITED, True)
            for status, code, detail in (
                (400, "SSS_REQUEST_LIMIT_EXCEEDED", "Request Limit Exceeded"),
                (403, "WS_REQUEST_BLOCKED", ""),
                (500, "WS_CONCUR_SESSION_DISALLWD", ""),
                (400, "USER_ERROR", "SuiteTalk concurrent request limit exceeded. Request blocked."),
                (500, "UNEXPECTED_ERROR", "Concurrent request limit exceeded. Request blocked."),
            )
        ),
        *(
            (build_response(status, code, detail), ErrorReason.TIMEOUT, FaultCode.TIMEOUT, True)
            for status, code, detail in (
                (400, "SSS_TIME_LIMIT_EXCEEDED", "Script Execution Time Exceeded."),
                (400, "USER_ERROR", "Your search has timed out."),
                (500, "UNEXPECTED_ERROR", "The request timed out."),
                (408, "", ""),
                (504, "", ""),
            )
        ),
        (build_response(400, "ACCT_TEMP_UNAVAILABLE"), ErrorReason.UNAVAILABLE, FaultCode.UNAVAILABLE, True),
        (
            build_response(401, "INVALID_LOGIN", "Invalid login attempt."),
            ErrorReason.LOGIN,
            FaultCode.AUTH_EXPIRED,
            False,
        ),
        (build_response(403, "INSUFFICIENT_PERMISSION"), ErrorReason.PERMISSION, FaultCode.PERMISSION_DENIED, False),
        (
            build_response(404, "NONEXISTENT_ID", "The record instance does not exist."),
            ErrorReason.NOT_FOUND,
            FaultCode.NOT_FOUND,
            False,
        ),
        (build_response(503, "SERVICE_UNAVAILABLE"), ErrorReason.UNAVAILABLE, FaultCode.UNAVAILABLE, True),
        (
            UpstreamResponse(status=502, headers={}, body=b"<html>"),
            ErrorReason.UNAVAILABLE,
            FaultCode.UNAVAILABLE,
            True,
        ),
        (
            UpstreamResponse(status=400, headers={}, body=b'{"title": "\xff"}'),
            ErrorReason.VALIDATION,
            FaultCode.CONTRACT_MISMATCH,
            False,
        ),
        (
            UpstreamResponse(status=503, headers={}, body=b'{"x":' * 100_000),
            ErrorReason.UNAVAILABLE,
            FaultCode.UNAVAILABLE,
            True,
        ),
        (
            UpstreamResponse(status=400, headers={}, body=b"<html>"),
            ErrorReason.VALIDATION,
            FaultCode.CONTRACT_MISMATCH,
            False,
        ),
    ],
)
def test_error_responses_are_classified_by_code_status_and_detail(
    response: UpstreamResponse, refusal: ErrorReason, code: FaultCode, *, retryable: bool
):
    error = classify(response)
    assert (error.reason, error.code, error.retryable, error.status) == (refusal, code, retryable, response.status)


@pytest.mark.parametrize(
    ("detail", "unknown_name"),
    [
        (UNKNOWN_FIELD, "customer.custentity_x"),
        ("Search error occurred: Record 'foo' was not found.", "foo"),
        ("Search error occurred: Field 'foo' was not found.", "foo"),
        ("Invalid search query: Unknown identifier 'custbody_x'. Available identifiers are: {id=id}", "custbody_x"),
        ("Search error occurred: Invalid search type: foo", "foo"),
        ("Search error occurred: Invalid or unsupported search", None),
    ],
)
def test_a_query_error_names_the_unknown_field_or_record(detail: str, unknown_name: str | None):
    assert classify(build_response(400, "INVALID_PARAMETER", detail)).unknown_name == unknown_name


def test_the_error_omits_the_vendors_message():
    error = classify(
        build_response(400, "USER_ERROR", "Invalid Field Value ann@private.example for: email", path="email")
    )
    assert "private" not in str(error)
    assert error.detail == "HTTP 400 USER_ERROR VALIDATION email"

"""Refusals are told apart by their code, then by status; what they quote stays out of the log."""

import msgspec
import pytest

from gateway.net.message import Response
from subgraphs.crm.salesforce.failures import Refusal, RefusedError, classify


def response(status: int, body: object) -> Response:
    raw = body if isinstance(body, bytes) else msgspec.json.encode(body)
    return Response(status=status, headers={"content-type": "application/json"}, body=raw)


def error(code: str, message: str = "m") -> list[dict[str, object]]:
    return [{"message": message, "errorCode": code, "fields": []}]


@pytest.mark.parametrize(
    ("status", "body", "refusal", "fault", "retryable"),
    [
        (400, error("REQUIRED_FIELD_MISSING"), Refusal.VALIDATION, "CONTRACT_MISMATCH", False),
        (400, error("MALFORMED_QUERY"), Refusal.MALFORMED, "CONTRACT_MISMATCH", False),
        (400, error("INVALID_FIELD"), Refusal.MALFORMED, "CONTRACT_MISMATCH", False),
        (400, error("UNABLE_TO_LOCK_ROW"), Refusal.LOCKED, "UNAVAILABLE", True),
        (400, error("ENTITY_IS_DELETED"), Refusal.GONE, "NOT_FOUND", False),
        (400, error("SOMETHING_NEW"), Refusal.MALFORMED, "CONTRACT_MISMATCH", False),
        (401, error("INVALID_SESSION_ID"), Refusal.SESSION, "AUTH_EXPIRED", False),
        (401, b"", Refusal.SESSION, "AUTH_EXPIRED", False),
        (400, error("EXCEEDED_ID_LIMIT"), Refusal.MALFORMED, "CONTRACT_MISMATCH", False),
        (403, error("REQUEST_LIMIT_EXCEEDED"), Refusal.QUOTA, "RATE_LIMITED", False),
        (403, error("INSUFFICIENT_ACCESS_OR_READONLY"), Refusal.PERMISSION, "PERMISSION_DENIED", False),
        (404, error("NOT_FOUND"), Refusal.NOT_FOUND, "NOT_FOUND", False),
        (412, [], Refusal.PRECONDITION, "CONTRACT_MISMATCH", False),
        (414, b"URI Too Long", Refusal.MALFORMED, "CONTRACT_MISMATCH", False),
        (431, b"Request Header Fields Too Large", Refusal.MALFORMED, "CONTRACT_MISMATCH", False),
        (400, b'[{"errorCode": "\xff"}]', Refusal.MALFORMED, "CONTRACT_MISMATCH", False),
        (503, b"[" * 100_000, Refusal.UNAVAILABLE, "UNAVAILABLE", True),
        (500, b"<html>", Refusal.UNAVAILABLE, "UNAVAILABLE", True),
        (503, error("SERVER_UNAVAILABLE"), Refusal.UNAVAILABLE, "UNAVAILABLE", True),
        (300, ["/services/data/v68.0/sobjects/Account/1"], Refusal.DUPLICATE, "CONTRACT_MISMATCH", False),
    ],
)
def test_refusal_has_a_class(status: int, body: object, refusal: Refusal, fault: str, retryable: bool) -> None:
    found = classify(response(status, body))
    assert isinstance(found, RefusedError)
    assert (found.refusal, found.code, found.retryable, found.status) == (refusal, fault, retryable, status)


@pytest.mark.parametrize("status", [200, 201, 204, 304])
def test_success_is_no_error(status: int) -> None:
    assert classify(response(status, b"")) is None


@pytest.mark.parametrize("spelling", ["duplicateResut", "duplicateResult"])
def test_duplicate_rule_names_the_records_under_either_spelling(spelling: str) -> None:
    matches = [{"matchRecords": [{"matchConfidence": 100.0, "record": {"attributes": {}, "Id": "001xx000003DGb2AAG"}}]}]
    body = [error("DUPLICATES_DETECTED")[0] | {spelling: {"allowSave": False, "matchResults": matches}}]
    found = classify(response(400, body))
    assert isinstance(found, RefusedError)
    assert (found.refusal, found.existing) == (Refusal.DUPLICATE, ("001xx000003DGb2AAG",))


def test_taken_key_names_the_record() -> None:
    message = "duplicate value found: Number__c duplicates value on record with id: 001xx000003DGb2"
    found = classify(response(400, error("DUPLICATE_VALUE", message)))
    assert isinstance(found, RefusedError)
    assert found.existing == ("001xx000003DGb2",)


def test_message_of_the_service_is_not_repeated() -> None:
    found = classify(response(400, error("FIELD_CUSTOM_VALIDATION_EXCEPTION", "Ann Smith owes us")))
    assert found is not None
    assert "Ann" not in f"{found!r} {found} {found.detail}"

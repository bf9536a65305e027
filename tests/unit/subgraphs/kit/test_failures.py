import pytest

from gateway.canonical.fault import FaultCode
from gateway.net.message import UpstreamResponse
from subgraphs.kit.failures import build_mismatch, classify_status


@pytest.mark.parametrize(
    ("status", "code", "retryable"),
    [
        (301, FaultCode.CONTRACT_MISMATCH, False),
        (400, FaultCode.CONTRACT_MISMATCH, False),
        (401, FaultCode.AUTH_EXPIRED, False),
        (403, FaultCode.PERMISSION_DENIED, False),
        (404, FaultCode.NOT_FOUND, False),
        (408, FaultCode.TIMEOUT, True),
        (410, FaultCode.NOT_FOUND, False),
        (422, FaultCode.CONTRACT_MISMATCH, False),
        (425, FaultCode.UNAVAILABLE, True),
        (429, FaultCode.RATE_LIMITED, True),
        (500, FaultCode.UNAVAILABLE, True),
        (503, FaultCode.UNAVAILABLE, True),
        (504, FaultCode.TIMEOUT, True),
    ],
)
def test_a_status_is_classified_as_http_defines_it(status, code, retryable):
    error = classify_status(UpstreamResponse(status=status, headers={}, body=b"secret"), "SOME_CODE")

    assert error is not None
    assert (error.code, error.retryable, error.status) == (code, retryable, status)
    assert error.detail == f"HTTP {status} SOME_CODE"


@pytest.mark.parametrize("status", [200, 201, 204])
def test_success_is_no_error(status):
    assert classify_status(UpstreamResponse(status=status, headers={}, body=b"")) is None


def test_a_contract_mismatch_is_not_retryable():
    error = build_mismatch("lines without a parent")

    assert (error.code, error.retryable) == (FaultCode.CONTRACT_MISMATCH, False)

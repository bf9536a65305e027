"""How Tryton's errors are classified; tests/contract/test_faults.py has the rest."""

import pytest

from gateway.canonical.fault import FaultCode
from gateway.net.message import UpstreamResponse
from subgraphs.suite.tryton.failures import classify

PAGE = "<!doctype html>\n<title>503 Service Unavailable</title>\n<h1>Service Unavailable</h1>\n<p>{}</p>\n"


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("canceling statement due to statement timeout", FaultCode.TIMEOUT),
        ("canceling statement due to lock timeout", FaultCode.TIMEOUT),
        ("connection failed: FATAL: sorry, too many clients already", FaultCode.RATE_LIMITED),
        (
            "FATAL: remaining connection slots are reserved for roles with the SUPERUSER attribute",
            FaultCode.RATE_LIMITED,
        ),
        ("couldn&#39;t get a connection after 30.00 sec", FaultCode.RATE_LIMITED),
        ("database is locked", FaultCode.UNAVAILABLE),
    ],
)
def test_an_error_of_the_database_tells_an_overloaded_server(said: str, code: FaultCode) -> None:
    error = classify(UpstreamResponse(status=503, headers={}, body=PAGE.format(said).encode()))

    assert error is not None
    assert (error.code, error.retryable, error.status) == (code, True, 503)
    assert error.detail == "HTTP 503"


@pytest.mark.parametrize(
    ("status", "code"), [(429, FaultCode.RATE_LIMITED), (500, FaultCode.UNAVAILABLE), (504, FaultCode.TIMEOUT)]
)
def test_any_other_error_is_classified_by_its_status(status: int, code: FaultCode) -> None:
    error = classify(UpstreamResponse(status=status, headers={}, body=b"due to statement timeout"))

    assert error is not None
    assert error.code is code


def test_a_successful_answer_is_no_error() -> None:
    assert classify(UpstreamResponse(status=200, headers={}, body=b"[]")) is None

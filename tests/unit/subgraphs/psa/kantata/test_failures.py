"""How Kantata's errors are classified, and what its checks report; tests/contract/test_faults.py has the rest."""

import pytest

from gateway.canonical.fault import FaultCode
from gateway.net.message import UpstreamResponse
from subgraphs.psa.kantata.failures import classify
from tests.unit.subgraphs.psa.kantata.conftest import Open


@pytest.mark.parametrize(
    ("status", "code", "retryable"),
    [
        (400, FaultCode.CONTRACT_MISMATCH, False),
        (401, FaultCode.AUTH_EXPIRED, False),
        (403, FaultCode.PERMISSION_DENIED, False),
        (404, FaultCode.NOT_FOUND, False),
        (422, FaultCode.CONTRACT_MISMATCH, False),
        (429, FaultCode.RATE_LIMITED, True),
        (500, FaultCode.UNAVAILABLE, True),
        (503, FaultCode.UNAVAILABLE, True),
    ],
)
def test_an_error_is_classified_by_its_status_and_keeps_type_and_field_only(
    status: int, code: FaultCode, *, retryable: bool
) -> None:
    body = b'{"errors":[{"type":"validation","message":"Aurora is not valid","field":"title"}]}'

    error = classify(UpstreamResponse(status=status, headers={}, body=body))

    assert error is not None
    assert (error.code, error.retryable) == (code, retryable)
    assert "validation title" in str(error)
    assert "Aurora" not in f"{error} {error!r}"


def test_a_successful_answer_is_no_error() -> None:
    assert classify(UpstreamResponse(status=200, headers={}, body=b"{}")) is None


async def test_a_check_names_the_resource_without_permission(opened: Open) -> None:
    account = await opened(denied=frozenset({"expenses"}))

    (finding,) = [each for each in await account.port.check() if not each.ok]

    assert (finding.subject, finding.message) == (
        "expenses",
        "The system accepts the credentials but denies a permission (HTTP 403).",
    )
    assert "Let the token's user see it" in (finding.remedy or "")


async def test_a_check_with_a_rejected_token_stops_after_one_call(opened: Open) -> None:
    account = await opened()
    await account.send_control("token-expired")

    (login,) = await account.port.check()

    assert not login.ok
    assert "token" in (login.remedy or "")
    assert sum((await account.count_calls()).values()) == 1

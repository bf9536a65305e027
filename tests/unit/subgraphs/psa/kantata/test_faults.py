"""What the caller gets, and what the account received, for every switch of the twin."""

import pytest

from gateway.canonical.fault import FaultCode
from gateway.errors import SourceError
from gateway.net.message import Response
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
def test_a_refusal_means_what_its_status_says_and_no_sentence_of_it_is_kept(
    status: int, code: FaultCode, *, retryable: bool
) -> None:
    body = b'{"errors":[{"type":"validation","message":"Aurora is not valid","field":"title"}]}'

    failed = classify(Response(status=status, headers={}, body=body))

    assert failed is not None
    assert (failed.code, failed.retryable) == (code, retryable)
    assert "validation title" in str(failed)
    assert "Aurora" not in f"{failed} {failed!r}"


def test_an_answer_is_no_failure_and_a_page_of_a_proxy_is_one() -> None:
    assert classify(Response(status=200, headers={}, body=b"{}")) is None
    failed = classify(Response(status=502, headers={}, body=b"<html>Bad gateway</html>"))
    assert failed is not None
    assert failed.code is FaultCode.UNAVAILABLE


@pytest.mark.parametrize("kind", ["unavailable", "unavailable-after-commit"])
async def test_a_server_error_is_tried_again(opened: Open, kind: str) -> None:
    account = await opened()
    await account.control(kind, path="workspaces")

    assert (await account.port.projects(["1"])).keys() == {"1"}
    assert await account.calls() == {"workspaces": 2}


@pytest.mark.parametrize("kind", ["invalid-json", "truncated"])
async def test_nonsense_is_a_broken_contract_and_not_asked_for_again(opened: Open, kind: str) -> None:
    account = await opened()
    await account.control(kind, path="workspaces")

    with pytest.raises(SourceError) as refused:
        await account.port.projects(["1"])

    assert refused.value.code is FaultCode.CONTRACT_MISMATCH
    assert await account.calls() == {"workspaces": 1}


async def test_too_many_calls_are_told_as_such(opened: Open) -> None:
    account = await opened()
    await account.control("rate-limit", path="workspaces", times=100)

    with pytest.raises(SourceError) as refused:
        await account.port.projects(["1"])

    assert refused.value.code is FaultCode.RATE_LIMITED


async def test_a_revoked_token_is_not_tried_twice_as_no_other_can_be_had(opened: Open) -> None:
    account = await opened()
    await account.control("token-expired", path="workspaces")

    with pytest.raises(SourceError) as refused:
        await account.port.projects(["1"])

    assert refused.value.code is FaultCode.AUTH_EXPIRED
    assert await account.calls() == {"workspaces": 1}


async def test_a_slow_account_still_answers(opened: Open) -> None:
    account = await opened()
    await account.control("latency", milliseconds=50)

    assert (await account.port.projects(["1"])).keys() == {"1"}


async def test_a_check_names_the_resource_that_may_not_be_read(opened: Open) -> None:
    account = await opened(denied=frozenset({"expenses"}))

    (wrong,) = [finding for finding in await account.port.check() if not finding.ok]

    assert (wrong.subject, wrong.message) == (
        "expenses",
        "The credentials are good, but a right is missing (HTTP 403).",
    )
    assert "Let the token's user see it" in (wrong.remedy or "")


async def test_a_check_without_a_login_looks_no_further(opened: Open) -> None:
    account = await opened()
    await account.control("token-expired")

    (login,) = await account.port.check()

    assert not login.ok
    assert "token" in (login.remedy or "")
    assert sum((await account.calls()).values()) == 1

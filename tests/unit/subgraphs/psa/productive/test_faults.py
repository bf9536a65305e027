"""What the caller gets, and what the organization received, for every switch of the twin."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from gateway.canonical.fault import FaultCode
from gateway.canonical.records.psa import PsaUser
from gateway.errors import ConfigurationError, SourceError
from gateway.net.message import Response
from gateway.resilience.deadline import until
from subgraphs.psa.productive.failures import classify
from subgraphs.sandbox.firm.small import FIRM
from tests.unit.subgraphs.psa.productive.conftest import Open


@pytest.mark.parametrize(
    ("status", "code", "retryable"),
    [
        (400, FaultCode.CONTRACT_MISMATCH, False),
        (401, FaultCode.AUTH_EXPIRED, False),
        (403, FaultCode.PERMISSION_DENIED, False),
        (404, FaultCode.NOT_FOUND, False),
        (406, FaultCode.CONTRACT_MISMATCH, False),
        (415, FaultCode.CONTRACT_MISMATCH, False),
        (422, FaultCode.CONTRACT_MISMATCH, False),
        (429, FaultCode.RATE_LIMITED, True),
        (500, FaultCode.UNAVAILABLE, True),
        (503, FaultCode.UNAVAILABLE, True),
    ],
)
def test_a_refusal_means_what_its_status_says_and_no_sentence_of_it_is_kept(
    status: int, code: FaultCode, *, retryable: bool
) -> None:
    body = b'{"errors":[{"status":422,"title":"Invalid Attribute","detail":"Aurora is not valid"}]}'

    failed = classify(Response(status=status, headers={}, body=body))

    assert failed is not None
    assert (failed.code, failed.retryable) == (code, retryable)
    assert failed.detail == f"HTTP {status} invalid-attribute"
    assert "Aurora" not in f"{failed} {failed!r}"


@pytest.mark.parametrize("body", [b"<html>Bad gateway</html>", b'{"errors":[{"title":"Aurora is not valid"}]}', b""])
def test_a_title_that_the_guides_do_not_name_is_not_kept(body: bytes) -> None:
    failed = classify(Response(status=502, headers={}, body=body))

    assert failed is not None
    assert (failed.code, failed.detail) == (FaultCode.UNAVAILABLE, "HTTP 502")


def test_an_answer_is_no_failure() -> None:
    assert classify(Response(status=200, headers={}, body=b"{}")) is None


@pytest.mark.parametrize(
    ("told", "wait"), [("9", timedelta(seconds=9)), ("1742", timedelta(seconds=1742)), ("soon", None), ("", None)]
)
def test_too_many_calls_wait_until_the_window_ends(told: str, wait: timedelta | None) -> None:
    failed = classify(Response(status=429, headers={"x-ratelimit-reset": told}, body=b"{}"))

    assert failed is not None
    assert failed.retry_after == wait


async def test_the_hundredth_call_of_a_window_is_answered_and_the_next_is_not(opened: Open) -> None:
    organization = await opened(clock=lambda: 1003.0, requests=100, seconds=10)
    for _ in range(100):
        assert (await organization.get("companies")).status_code == 200

    with until(asyncio.get_running_loop().time() + 2), pytest.raises(SourceError) as refused:
        await organization.port.clients(["1"])

    assert refused.value.code is FaultCode.RATE_LIMITED
    assert refused.value.retry_after == timedelta(seconds=8)


@pytest.mark.parametrize("kind", ["unavailable", "unavailable-after-commit"])
async def test_a_server_error_is_tried_again(opened: Open, kind: str) -> None:
    organization = await opened()
    await organization.control(kind, path="companies")

    assert (await organization.port.clients(["1"])).keys() == {"1"}
    assert await organization.calls() == {"companies": 2}


@pytest.mark.parametrize("kind", ["invalid-json", "truncated"])
async def test_nonsense_is_a_broken_contract_and_not_asked_for_again(opened: Open, kind: str) -> None:
    organization = await opened()
    await organization.control(kind, path="companies")

    with pytest.raises(SourceError) as refused:
        await organization.port.clients(["1"])

    assert refused.value.code is FaultCode.CONTRACT_MISMATCH
    assert await organization.calls() == {"companies": 1}


async def test_a_revoked_token_is_not_tried_twice_as_no_other_can_be_had(opened: Open) -> None:
    organization = await opened()
    await organization.control("token-expired")

    with pytest.raises(SourceError) as refused:
        await organization.port.clients(["1"])

    assert refused.value.code is FaultCode.AUTH_EXPIRED
    assert await organization.calls() == {"companies": 1}


async def test_a_wait_beyond_the_deadline_is_told_at_once_with_the_time_that_the_vendor_names(opened: Open) -> None:
    organization = await opened()
    await organization.control("rate-limit", path="companies", times=None, retry_after=9)

    with until(asyncio.get_running_loop().time() + 2), pytest.raises(SourceError) as refused:
        await organization.port.clients(["1"])

    assert (refused.value.code, refused.value.retry_after) == (FaultCode.RATE_LIMITED, timedelta(seconds=9))
    assert await organization.calls() == {"companies": 1}


async def test_an_organization_that_never_answers_is_given_up_at_the_deadline(opened: Open) -> None:
    organization = await opened()
    await organization.control("lost-answer", path="companies", times=None)

    with until(asyncio.get_running_loop().time() + 0.5), pytest.raises(SourceError) as refused:
        await organization.port.clients(["1"])

    assert refused.value.code is FaultCode.TIMEOUT
    assert await organization.calls() == {"companies": 1}


@pytest.mark.parametrize(("change", "told"), [("touched", 250), ("inserted", 251), ("deleted", 250)])
async def test_people_who_change_between_two_pages_cost_none_and_double_none(
    opened: Open, change: str, told: int
) -> None:
    """A cursor holds its place: whoever comes meanwhile has the highest id and is told last, who goes is a matter of the next round."""
    worker = FIRM.workers[0]
    crowd = tuple(replace(worker, number=f"X-{place}", name=f"Person {place}") for place in range(250))
    organization = await opened(replace(FIRM, workers=(*FIRM.workers, *crowd)))
    await organization.control("rows-changed", object="people", change=change, path="people", skip=1)

    pages = [page async for page in organization.port.changed_since(PsaUser, None)]

    ids = [row.native.id for page in pages for row in page.rows]
    assert len(ids) == len(set(ids)) == told + len(FIRM.workers)
    assert (await organization.calls())["people"] == 2


async def test_a_slow_organization_still_answers(opened: Open) -> None:
    organization = await opened()
    await organization.control("latency", milliseconds=50)

    assert (await organization.port.clients(["1"])).keys() == {"1"}


async def test_a_check_names_the_type_that_may_not_be_read(opened: Open) -> None:
    organization = await opened(denied=frozenset({"expenses"}))

    (wrong,) = [finding for finding in await organization.port.check() if not finding.ok]

    assert (wrong.subject, wrong.message) == (
        "expenses",
        "The credentials are good, but a right is missing (HTTP 403).",
    )
    assert "let the token's user see it" in (wrong.remedy or "")


async def test_a_check_of_another_organization_says_what_to_look_at(opened: Open) -> None:
    organization = await opened(organization="9999")

    findings = await organization.port.check()

    assert {finding.ok for finding in findings} == {False}
    assert {finding.remedy for finding in findings} == {findings[0].remedy}
    assert "the option `organization`" in (findings[0].remedy or "")


async def test_a_check_without_a_login_looks_no_further(opened: Open) -> None:
    organization = await opened()
    await organization.control("token-expired")

    (login,) = await organization.port.check()

    assert not login.ok
    assert "token" in (login.remedy or "")
    assert sum((await organization.calls()).values()) == 1


@pytest.mark.parametrize(
    ("mapping", "wrong"),
    [
        ({"project": {"colour": "Colour"}}, "mapping.project.colour: there is no such key"),
        ({"decimals": {"JPY": "none"}}, "mapping.decimals[...]"),
    ],
)
async def test_a_mapping_file_that_cannot_work_is_refused_when_connecting(
    opened: Open, mapping: dict[str, Any], wrong: str
) -> None:
    with pytest.raises(ConfigurationError) as refused:
        await opened(mapping=mapping)

    assert refused.value.findings[0].startswith(wrong)

"""How Productive's errors are classified, and what its checks report; tests/contract/test_faults.py has the rest."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from gateway.canonical.fault import FaultCode
from gateway.canonical.records.psa import PsaUser
from gateway.errors import ConfigurationError, SourceError
from gateway.net.message import UpstreamResponse
from gateway.resilience.deadline import apply_deadline
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
        (504, FaultCode.TIMEOUT, True),
    ],
)
def test_an_error_is_classified_by_its_status_and_keeps_the_title_only(
    status: int, code: FaultCode, *, retryable: bool
) -> None:
    body = b'{"errors":[{"status":422,"title":"Invalid Attribute","detail":"Aurora is not valid"}]}'

    error = classify(UpstreamResponse(status=status, headers={}, body=body))

    assert error is not None
    assert (error.code, error.retryable) == (code, retryable)
    assert error.detail == f"HTTP {status} invalid-attribute"
    assert "Aurora" not in f"{error} {error!r}"


@pytest.mark.parametrize("body", [b"<html>Bad gateway</html>", b'{"errors":[{"title":"Aurora is not valid"}]}', b""])
def test_an_undocumented_title_is_dropped(body: bytes) -> None:
    error = classify(UpstreamResponse(status=502, headers={}, body=body))

    assert error is not None
    assert (error.code, error.detail) == (FaultCode.UNAVAILABLE, "HTTP 502")


def test_a_successful_answer_is_no_error() -> None:
    assert classify(UpstreamResponse(status=200, headers={}, body=b"{}")) is None


@pytest.mark.parametrize(
    ("header", "wait"),
    [
        ("9", timedelta(seconds=9)),
        ("1742", timedelta(seconds=1742)),
        ("12.2", timedelta(seconds=13)),
        ("12.0", timedelta(seconds=12)),
        ("soon", None),
        ("-3", None),
        ("", None),
    ],
)
def test_a_rate_limit_waits_until_the_window_ends(header: str, wait: timedelta | None) -> None:
    error = classify(UpstreamResponse(status=429, headers={"x-ratelimit-reset": header}, body=b"{}"))

    assert error is not None
    assert error.retry_after == wait


@pytest.mark.parametrize("status", [403, 429, 500, 503])
@pytest.mark.parametrize("title", ["Server time limit exceeded", "Too many requests"])
def test_a_reached_limit_is_rate_limited_whichever_status_it_comes_with(status: int, title: str) -> None:
    body = b'{"errors":[{"status":%d,"title":"%s","limit":1800,"period":3600}]}' % (status, title.encode())

    error = classify(UpstreamResponse(status=status, headers={"x-ratelimit-reset": "12.2"}, body=body))

    assert error is not None
    assert (error.code, error.retryable, error.retry_after) == (FaultCode.RATE_LIMITED, True, timedelta(seconds=13))
    assert error.status == status


async def test_the_hundredth_call_of_a_window_is_answered_and_the_next_is_rejected(opened: Open) -> None:
    organization = await opened(clock=lambda: 1003.0, requests=100, seconds=10)
    for _ in range(100):
        assert (await organization.get("companies")).status_code == 200

    with apply_deadline(asyncio.get_running_loop().time() + 2), pytest.raises(SourceError) as raised:
        await organization.port.get_clients(["1"])

    assert raised.value.code is FaultCode.RATE_LIMITED
    assert raised.value.retry_after == timedelta(seconds=8)


@pytest.mark.parametrize(("change", "count"), [("touched", 250), ("inserted", 251), ("deleted", 250)])
async def test_people_who_change_between_two_pages_are_neither_lost_nor_doubled(
    opened: Open, change: str, count: int
) -> None:
    """A cursor keeps its position: a new person has the highest id, a deleted one is found by the next run."""
    worker = FIRM.workers[0]
    crowd = tuple(replace(worker, number=f"X-{place}", name=f"Person {place}") for place in range(250))
    organization = await opened(replace(FIRM, workers=(*FIRM.workers, *crowd)))
    await organization.send_control("rows-changed", object="people", change=change, path="people", skip=1)

    pages = [page async for page in organization.port.list_changes(PsaUser, None)]

    ids = [row.native.id for page in pages for row in page.rows]
    assert len(ids) == len(set(ids)) == count + len(FIRM.workers)
    assert (await organization.count_calls())["people"] == 2


async def test_a_check_names_the_resource_type_without_permission(opened: Open) -> None:
    organization = await opened(denied=frozenset({"expenses"}))

    (finding,) = [each for each in await organization.port.check() if not each.ok]

    assert (finding.subject, finding.message) == (
        "expenses",
        "The system accepts the credentials but denies a permission (HTTP 403).",
    )
    assert "let the token's user see it" in (finding.remedy or "")


async def test_a_check_of_another_organization_names_the_option(opened: Open) -> None:
    organization = await opened(organization="9999")

    findings = await organization.port.check()

    assert {finding.ok for finding in findings} == {False}
    assert {finding.remedy for finding in findings} == {findings[0].remedy}
    assert "the option `organization`" in (findings[0].remedy or "")


async def test_a_check_with_a_rejected_token_stops_after_one_call(opened: Open) -> None:
    organization = await opened()
    await organization.send_control("token-expired")

    (login,) = await organization.port.check()

    assert not login.ok
    assert "token" in (login.remedy or "")
    assert sum((await organization.count_calls()).values()) == 1


async def test_a_check_names_each_field_whose_type_the_mapping_key_cannot_be_read_from(opened: Open) -> None:
    """Given a person as practice and a date as contract number, when checked, then each is named with its key."""
    mapping = {"user": {"practice": "Lead"}, "project": {"contract_number": "Signed on", "type": "Project code"}}
    organization = await opened(mapping=mapping)
    for on, name, kind in (("employees", "Lead", 6), ("projects", "Signed on", 4)):
        attributes = {"name": name, "customizable_type": on, "data_type_id": kind, "archived_at": None}
        organization.rows.add("custom_fields", attributes, {"options": []})

    findings = [each for each in await organization.port.check() if not each.ok]

    assert {each.subject: each.message for each in findings} == {
        "custom field Lead of employees": (
            "Mapped to user.practice, which needs the type number, selection or text, but its type is person."
        ),
        "custom field Signed on of projects": (
            "Mapped to project.contract_number, which needs the type number, selection or text, but its type is date."
        ),
    }
    assert {each.remedy for each in findings} == {"Map a field of that type to the key, or create one."}


@pytest.mark.parametrize(
    ("mapping", "finding"),
    [
        ({"project": {"colour": "Colour"}}, "mapping.project.colour: unknown key"),
        ({"decimals": {"JPY": "none"}}, "mapping.decimals[...]"),
    ],
)
async def test_an_invalid_mapping_file_is_rejected_when_connecting(
    opened: Open, mapping: dict[str, Any], finding: str
) -> None:
    with pytest.raises(ConfigurationError) as raised:
        await opened(mapping=mapping)

    assert raised.value.findings[0].startswith(finding)

"""How Workday's errors are classified, and what its checks report; tests/contract/test_faults.py has the rest."""

import msgspec
import pytest

from gateway.canonical.fault import FaultCode
from gateway.net.message import UpstreamResponse
from subgraphs.hcm.workday.failures import classify_response
from subgraphs.hcm.workday.twin.store import build_wid
from tests.unit.subgraphs.hcm.workday.conftest import Open, load_sandbox_mapping

ALICE = build_wid("worker", "W-1001")


@pytest.mark.parametrize(
    ("status", "code", "retryable"),
    [
        (400, FaultCode.CONTRACT_MISMATCH, False),
        (401, FaultCode.AUTH_EXPIRED, False),
        (403, FaultCode.PERMISSION_DENIED, False),
        (404, FaultCode.NOT_FOUND, False),
        (429, FaultCode.RATE_LIMITED, True),
        (500, FaultCode.UNAVAILABLE, True),
        (503, FaultCode.UNAVAILABLE, True),
        (504, FaultCode.TIMEOUT, True),
    ],
)
def test_a_refusal_means_what_its_status_says_and_only_its_code_is_kept(
    status: int, code: FaultCode, *, retryable: bool
) -> None:
    body = b'{"error":"Dev Patel may not","errors":[{"error":"Dev Patel may not","code":"S22","field":"x"}]}'

    failed = classify_response(UpstreamResponse(status=status, headers={}, body=body))

    assert failed is not None
    assert (failed.code, failed.retryable) == (code, retryable)
    assert "S22" in str(failed)
    assert "Dev" not in f"{failed} {failed!r}"


def test_an_answer_is_no_failure_and_a_page_of_the_maintenance_window_is_one() -> None:
    assert classify_response(UpstreamResponse(status=200, headers={}, body=b"{}")) is None
    failed = classify_response(
        UpstreamResponse(status=503, headers={}, body=b"<html>Workday is currently unavailable.</html>")
    )
    assert failed is not None
    assert failed.code is FaultCode.UNAVAILABLE


async def test_a_column_of_another_type_costs_its_attribute_and_is_found_by_the_check(opened: Open) -> None:
    mapping = load_sandbox_mapping()
    mapping["workers"]["weekly_hours"] = "fullName"
    tenant = await opened(mapping=mapping)

    worker = (await tenant.port.get_workers([ALICE]))[ALICE]
    findings = await tenant.port.check()

    assert worker.standard_weekly_hours is None
    assert ("standard_weekly_hours", "worker", "fullName") in [
        msgspec.structs.astuple(each) for each in worker.unreadable
    ]
    assert [each.message for each in findings if not each.ok] == [
        "Mapped to weekly_hours, which needs the type Numeric, but its type is Text."
    ]


@pytest.mark.parametrize(
    ("area", "subject"),
    [("staffing", "staffing"), ("wql", "data source allWorkers"), ("reports", "report isu_psgw/Worker_Skills")],
)
async def test_a_check_names_the_right_that_is_missing(opened: Open, area: str, subject: str) -> None:
    tenant = await opened(denied=frozenset({area}))

    wrong = [finding for finding in await tenant.port.check() if not finding.ok]

    assert wrong[0].subject == subject
    assert all(finding.remedy for finding in wrong)


async def test_a_check_with_a_wrong_secret_says_where_to_look_and_looks_no_further(opened: Open) -> None:
    tenant = await opened(refresh_token="another")

    (login,) = await tenant.port.check()

    assert (login.ok, login.message) == (False, "The system does not accept the credentials (HTTP 400).")
    assert "refresh_token" in (login.remedy or "")
    assert await tenant.count_calls() == {}


async def test_a_check_of_a_data_source_that_is_not_there_says_where_to_name_it(opened: Open) -> None:
    mapping = load_sandbox_mapping()
    mapping["source"] = "allWorker"
    tenant = await opened(mapping=mapping)

    (wrong, *_) = [finding for finding in await tenant.port.check() if not finding.ok]

    assert (wrong.subject, wrong.remedy) == ("data source allWorker", "Correct `source` in the mapping file.")


async def test_a_check_finds_a_column_on_whatever_page_of_the_list_it_stands(opened: Open) -> None:
    """Data sources have hundreds of columns, and lists a hundred rows to a page."""
    tenant = await opened(most_listed=6)

    assert [finding for finding in await tenant.port.check() if not finding.ok] == []
    assert (await tenant.count_calls())["fields"] == 4

"""The finding of psgw check for each fault of a system, and no finding on the other systems."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from typing import Any

import pytest
import pytest_asyncio
from pydantic import SecretStr

from gateway.checks.report import FailureClass, Report
from gateway.checks.runner import run_checks
from gateway.ports.base import Finding
from gateway.settings import Settings, load_settings
from tests.e2e.commands.running import Sandbox

pytestmark = pytest.mark.asyncio(loop_scope="session")

UNTIL_CLEARED: Mapping[str, Any] = {"times": None}
FIRST = {"crm": "login", "psa": "workspace_groups", "hcm": "staffing", "erp": "login"}
"""The first subject of each adapter's check."""


@pytest_asyncio.fixture(loop_scope="session")
async def twins(sandbox: Sandbox) -> AsyncIterator[Sandbox]:
    """The sandbox, without faults after each test."""
    yield sandbox
    await sandbox.clear()


async def collect_reports(settings: Settings, seconds: float = 20) -> dict[str, Report]:
    """Return the reports by connection, in the order of arrival."""
    return {report.connection: report async for report in run_checks(settings, seconds) if report.connection}


def list_failed(report: Report) -> list[Finding]:
    return [finding for finding in report.findings if not finding.ok]


def keep_connection(settings: Settings, connection: str, **changes: Any) -> Settings:
    """Return the settings with one connection only, changed."""
    kept = [each for each in settings.connections if each.name == connection]
    return settings.model_copy(update={"connections": (kept[0].model_copy(update=changes),)})


@pytest.mark.parametrize(
    "fault", [{"kind": "latency", "milliseconds": 60_000}, {"kind": "lost-answer", **UNTIL_CLEARED}]
)
@pytest.mark.parametrize("connection", FIRST)
async def test_a_system_slower_than_the_time_limit_is_reported_last_and_delays_no_other(
    twins: Sandbox, connection: str, fault: Mapping[str, Any]
) -> None:
    await twins.inject(connection, **fault)
    address = twins.systems[connection]["address"].removeprefix("http://")

    reports = await collect_reports(load_settings(twins.settings), seconds=6)

    assert list(reports)[-1] == connection
    assert [finding for name, report in reports.items() if name != connection for finding in list_failed(report)] == []
    assert reports.keys() == FIRST.keys()
    assert reports[connection].failure is FailureClass.UNREACHABLE
    assert list_failed(reports[connection]) == [
        Finding(
            subject="address",
            ok=False,
            message=f"{address} did not answer within 6 s.",
            remedy=f"Allow connections to {address} in the firewall, or raise the timeout with `psgw check --seconds`.",
        )
    ]


async def test_a_system_that_becomes_slow_fails_only_the_remaining_findings(twins: Sandbox) -> None:
    await twins.inject("erp", kind="latency", milliseconds=60_000, path="suiteql", skip=8)  # five are about features

    report = (await collect_reports(keep_connection(load_settings(twins.settings), "erp"), seconds=3))["erp"]

    assert {finding.message for finding in list_failed(report)} == {"The system did not answer in time."}
    assert {finding.remedy for finding in list_failed(report)} == {
        "Look whether the system is slow for others too; `psgw check --seconds` gives it longer."
    }
    assert len([finding for finding in report.findings if finding.ok and finding.subject.startswith("field ")]) == 2


async def test_findings_before_the_time_limit_are_kept(twins: Sandbox) -> None:
    await twins.inject("erp", kind="latency", milliseconds=60_000, path="suiteql")

    report = (await collect_reports(keep_connection(load_settings(twins.settings), "erp"), seconds=2))["erp"]

    assert [finding.subject for finding in report.findings if finding.ok][-2:] == ["login", "concurrency"]
    assert [(finding.subject, finding.message) for finding in list_failed(report)] == [
        ("SuiteQL", "The system did not answer in time.")
    ]


MISMATCH = "The system sent an answer that does not match its interface."
RATE_LIMIT = "The system accepts no more calls for now"
LOWER = "Lower the option `concurrency` or the load of the account's other clients, or have the limit raised."
ORG_LIMIT = "Raise the org's daily API limit or reduce the load of its clients."
LATER = "Look at the vendor's status page and check again later."
INVALID_JSON = "Check `base_url` and the version of the API; a proxy or a login page may be answering instead."


@pytest.mark.parametrize(
    ("connection", "kind", "message", "remedy"),
    [
        ("crm", "rate-limit", f"{RATE_LIMIT} (HTTP 403).", ORG_LIMIT),
        ("psa", "rate-limit", f"{RATE_LIMIT} (HTTP 429).", LOWER),
        ("hcm", "rate-limit", f"{RATE_LIMIT} (HTTP 429).", LOWER),
        ("erp", "rate-limit", f"{RATE_LIMIT} (HTTP 429).", LOWER),
        *((name, "unavailable", "The system is unavailable (HTTP 503).", LATER) for name in FIRST),
        *((name, "unavailable-after-commit", "The system is unavailable (HTTP 503).", LATER) for name in FIRST),
        ("crm", "row-locked", "The system is unavailable (HTTP 400).", LATER),
        *((name, "invalid-json", MISMATCH, INVALID_JSON) for name in FIRST),
        *((name, "truncated", MISMATCH, INVALID_JSON) for name in FIRST),
    ],
)  # fmt: skip
async def test_a_faulty_system_is_reported_with_a_remedy(
    twins: Sandbox, connection: str, kind: str, message: str, remedy: str
) -> None:
    await twins.inject(connection, kind=kind, **UNTIL_CLEARED)

    report = (await collect_reports(keep_connection(load_settings(twins.settings), connection)))[connection]

    first = list_failed(report)[0]
    assert first == Finding(subject=FIRST[connection], ok=False, message=message, remedy=remedy)
    assert {(finding.message, finding.remedy) for finding in list_failed(report)} == {(message, remedy)}
    assert report.failure is FailureClass.INCOMPLETE


@pytest.mark.parametrize(
    ("connection", "fault"),
    [
        *((name, {"kind": kind}) for name in FIRST for kind in ("unavailable", "unavailable-after-commit")),
        ("crm", {"kind": "row-locked"}),
        ("crm", {"kind": "token-expired"}),
        ("hcm", {"kind": "token-expired"}),
        ("erp", {"kind": "token-expired"}),
        ("crm", {"kind": "rows-changed", "object": "Account", "change": "touched"}),
        ("psa", {"kind": "rows-changed", "object": "workspaces", "change": "touched"}),
        ("hcm", {"kind": "rows-changed", "object": "allWorkers", "change": "touched"}),
        ("erp", {"kind": "rows-changed", "object": "customer", "change": "touched"}),
    ],
)
async def test_a_fault_that_the_gateway_recovers_from_is_no_finding(
    twins: Sandbox, connection: str, fault: Mapping[str, Any]
) -> None:
    """One refused call is retried, one expired token renewed, and rows may change."""
    await twins.inject(connection, **fault)

    report = (await collect_reports(keep_connection(load_settings(twins.settings), connection)))[connection]

    assert list_failed(report) == []
    assert report.failure is None


@pytest.mark.parametrize(
    ("connection", "secret"),
    [("crm", "`client_secret`"), ("psa", "`token`"), ("hcm", "`refresh_token`"), ("erp", "`private_key`")],
)
async def test_tokens_that_expire_at_once_are_reported_with_the_secret_to_check(
    twins: Sandbox, connection: str, secret: str
) -> None:
    await twins.inject(connection, kind="token-expired", **UNTIL_CLEARED)

    report = (await collect_reports(keep_connection(load_settings(twins.settings), connection)))[connection]

    (wrong,) = list_failed(report)
    assert (wrong.subject, wrong.message) == ("login", "The system does not accept the credentials (HTTP 401).")
    assert secret in (wrong.remedy or "")


@pytest.mark.parametrize(
    ("connection", "secret", "status"),
    [
        ("crm", "client_secret", 400),
        ("psa", "token", 401),
        ("hcm", "client_secret", 401),
        ("hcm", "refresh_token", 400),
        ("erp", "client_id", 401),
    ],
)
async def test_a_wrong_secret_is_reported_by_its_name(
    twins: Sandbox, connection: str, secret: str, status: int
) -> None:
    settings = load_settings(twins.settings)
    secrets = next(each.secrets for each in settings.connections if each.name == connection)
    wrong = keep_connection(settings, connection, secrets={**secrets, secret: SecretStr("wrong-secret")})

    report = (await collect_reports(wrong))[connection]

    (login,) = list_failed(report)
    assert (login.subject, login.message) == ("login", f"The system does not accept the credentials (HTTP {status}).")
    assert f"`{secret}`" in (login.remedy or "")
    assert "wrong-secret" not in str(report)


async def test_an_api_version_that_the_org_does_not_offer_is_reported(twins: Sandbox) -> None:
    report = (
        await collect_reports(keep_connection(load_settings(twins.settings), "crm", options={"api_version": "v99.0"}))
    )["crm"]

    assert list_failed(report) == [
        Finding(
            subject="API version",
            ok=False,
            message="The org does not support v99.0; its latest is 68.0.",
            remedy="Set the option `api_version` to a version that the org supports, such as v67.0.",
        )
    ]


async def test_an_unknown_vendor_is_an_error_of_the_settings(twins: Sandbox) -> None:
    report = (await collect_reports(keep_connection(load_settings(twins.settings), "crm", vendor="acme")))["crm"]

    assert report.failure is FailureClass.CONFIGURATION
    (wrong,) = list_failed(report)
    assert wrong.subject == "settings"
    assert wrong.message.startswith(
        "no adapter for acme; installed adapters are kantata, netsuite, productive, salesforce"
    )


async def test_no_task_is_left_when_the_remaining_reports_are_not_read(twins: Sandbox) -> None:
    await twins.inject("crm", kind="latency", milliseconds=60_000)
    before = asyncio.all_tasks()

    reports = run_checks(load_settings(twins.settings), 30)
    await anext(reports)
    await reports.aclose()

    assert asyncio.all_tasks() <= before

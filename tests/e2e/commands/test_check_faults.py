"""What psgw check says of a system that is not well, switch by switch: the exact finding, and nothing of it about the systems that are."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from typing import Any

import pytest
import pytest_asyncio
from pydantic import SecretStr

from gateway.checks.examine import examined
from gateway.checks.report import Failure, Report
from gateway.ports.base import Finding
from gateway.settings import Settings, load
from tests.e2e.commands.running import Sandbox

pytestmark = pytest.mark.asyncio(loop_scope="session")

FOR_EVER: Mapping[str, Any] = {"times": None}
FIRST = {"crm": "login", "psa": "workspace_groups", "hcm": "staffing", "erp": "login"}
"""What each adapter looks at first."""


@pytest_asyncio.fixture(loop_scope="session")
async def twins(sandbox: Sandbox) -> AsyncIterator[Sandbox]:
    """The sandbox, mended after each test."""
    yield sandbox
    await sandbox.mended()


async def reported(settings: Settings, seconds: float = 20) -> dict[str, Report]:
    """The reports on the connections, in the order in which they came."""
    return {report.connection: report async for report in examined(settings, seconds) if report.connection}


def bad(report: Report) -> list[Finding]:
    return [finding for finding in report.findings if not finding.ok]


def only(settings: Settings, connection: str, **changes: Any) -> Settings:
    """The settings with one connection alone, changed."""
    kept = [each for each in settings.connections if each.name == connection]
    return settings.model_copy(update={"connections": (kept[0].model_copy(update=changes),)})


@pytest.mark.parametrize("switch", [{"kind": "latency", "milliseconds": 60_000}, {"kind": "lost-answer", **FOR_EVER}])
@pytest.mark.parametrize("connection", FIRST)
async def test_a_system_slower_than_the_deadline_is_told_last_and_holds_no_other_up(
    twins: Sandbox, connection: str, switch: Mapping[str, Any]
) -> None:
    await twins.broken(connection, **switch)
    place = twins.systems[connection]["address"].removeprefix("http://")

    reports = await reported(load(twins.settings), seconds=6)

    assert list(reports)[-1] == connection
    assert [finding for name, report in reports.items() if name != connection for finding in bad(report)] == []
    assert reports.keys() == FIRST.keys()
    assert reports[connection].failure is Failure.UNREACHABLE
    assert bad(reports[connection]) == [
        Finding(
            subject="address",
            ok=False,
            message=f"{place} did not answer within 6 s.",
            remedy=f"Let the firewall pass calls to {place}; `psgw check --seconds` gives it longer.",
        )
    ]


async def test_a_system_that_slows_down_half_way_is_told_so_for_the_rest_and_for_nothing_else(twins: Sandbox) -> None:
    await twins.broken("erp", kind="latency", milliseconds=60_000, path="suiteql", skip=3)

    report = (await reported(only(load(twins.settings), "erp"), seconds=3))["erp"]

    assert {finding.message for finding in bad(report)} == {"There was no answer in time."}
    assert {finding.remedy for finding in bad(report)} == {
        "Look whether the system is slow for others too; `psgw check --seconds` gives it longer."
    }
    assert len([finding for finding in report.findings if finding.ok and finding.subject.startswith("field ")]) == 2


async def test_what_was_found_before_the_deadline_is_kept(twins: Sandbox) -> None:
    await twins.broken("erp", kind="latency", milliseconds=60_000, path="suiteql")

    report = (await reported(only(load(twins.settings), "erp"), seconds=2))["erp"]

    assert [finding.subject for finding in report.findings if finding.ok][-2:] == ["login", "calls at once"]
    assert [(finding.subject, finding.message) for finding in bad(report)] == [
        ("SuiteQL", "There was no answer in time.")
    ]


THROTTLED = "The system rejects further calls for now"
LOWER = "Lower the option `concurrency` or the load of the account's other clients, or have the limit raised."
LATER = "Look at the vendor's status page and check again later."
GARBAGE = "Check `base_url` and the version of the API; a proxy or a login page may be answering instead."


@pytest.mark.parametrize(
    ("connection", "kind", "message", "remedy"),
    [
        ("crm", "rate-limit", f"{THROTTLED} (HTTP 403).", "Raise the org's daily API limit or lower the load of its clients."),
        ("psa", "rate-limit", f"{THROTTLED} (HTTP 429).", LOWER),
        ("hcm", "rate-limit", f"{THROTTLED} (HTTP 429).", LOWER),
        ("erp", "rate-limit", f"{THROTTLED} (HTTP 429).", LOWER),
        *((name, "unavailable", "The system is unavailable (HTTP 503).", LATER) for name in FIRST),
        *((name, "unavailable-after-commit", "The system is unavailable (HTTP 503).", LATER) for name in FIRST),
        ("crm", "row-locked", "The system is unavailable (HTTP 400).", LATER),
        *((name, "invalid-json", "The answer does not match the API.", GARBAGE) for name in FIRST),
        *((name, "truncated", "The answer does not match the API.", GARBAGE) for name in FIRST),
    ],
)  # fmt: skip
async def test_a_system_that_is_not_well_is_told_in_plain_words(
    twins: Sandbox, connection: str, kind: str, message: str, remedy: str
) -> None:
    await twins.broken(connection, kind=kind, **FOR_EVER)

    report = (await reported(only(load(twins.settings), connection)))[connection]

    first = bad(report)[0]
    assert first == Finding(subject=FIRST[connection], ok=False, message=message, remedy=remedy)
    assert {(finding.message, finding.remedy) for finding in bad(report)} == {(message, remedy)}
    assert report.failure is Failure.INCOMPLETE


@pytest.mark.parametrize(
    ("connection", "switch"),
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
async def test_what_the_gateway_gets_over_by_itself_is_no_finding(
    twins: Sandbox, connection: str, switch: Mapping[str, Any]
) -> None:
    """One refusal is asked again, one dead token renewed, and rows may change."""
    await twins.broken(connection, **switch)

    report = (await reported(only(load(twins.settings), connection)))[connection]

    assert bad(report) == []
    assert report.failure is None


@pytest.mark.parametrize(
    ("connection", "secret"),
    [("crm", "`client_secret`"), ("psa", "`token`"), ("hcm", "`refresh_token`"), ("erp", "`private_key`")],
)
async def test_tokens_that_die_as_they_are_made_are_told_with_the_secret_to_look_at(
    twins: Sandbox, connection: str, secret: str
) -> None:
    await twins.broken(connection, kind="token-expired", **FOR_EVER)

    report = (await reported(only(load(twins.settings), connection)))[connection]

    (wrong,) = bad(report)
    assert (wrong.subject, wrong.message) == ("login", "The credentials are refused (HTTP 401).")
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
async def test_a_wrong_secret_is_told_by_its_name(twins: Sandbox, connection: str, secret: str, status: int) -> None:
    settings = load(twins.settings)
    given = next(each.secrets for each in settings.connections if each.name == connection)
    wrong = only(settings, connection, secrets={**given, secret: SecretStr("wrong-of-nobody")})

    report = (await reported(wrong))[connection]

    (login,) = bad(report)
    assert (login.subject, login.message) == ("login", f"The credentials are refused (HTTP {status}).")
    assert f"`{secret}`" in (login.remedy or "")
    assert "wrong-of-nobody" not in str(report)


async def test_a_version_that_the_org_does_not_offer_is_told(twins: Sandbox) -> None:
    report = (await reported(only(load(twins.settings), "crm", options={"api_version": "v99.0"})))["crm"]

    assert bad(report) == [
        Finding(
            subject="API version",
            ok=False,
            message="The org does not offer v99.0; its latest is 68.0.",
            remedy="Set the option `api_version` to one that the org offers, such as v67.0.",
        )
    ]


async def test_a_vendor_that_is_not_there_is_a_matter_of_the_settings(twins: Sandbox) -> None:
    report = (await reported(only(load(twins.settings), "crm", vendor="acme")))["crm"]

    assert report.failure is Failure.CONFIGURATION
    (wrong,) = bad(report)
    assert wrong.subject == "settings"
    assert wrong.message.startswith("no adapter for acme; there are kantata, netsuite, productive, salesforce")


async def test_nothing_is_left_running_when_nobody_waits_for_the_rest(twins: Sandbox) -> None:
    await twins.broken("crm", kind="latency", milliseconds=60_000)
    before = asyncio.all_tasks()

    reports = examined(load(twins.settings), 30)
    await anext(reports)
    await reports.aclose()

    assert asyncio.all_tasks() <= before

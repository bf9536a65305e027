"""The findings of `psgw check` about clocks, stores, secrets and failing adapter checks, each with a remedy."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import pytest
from pydantic import SecretStr

from gateway.checks.report import FailureClass
from gateway.checks.secrets import check_secrets
from gateway.checks.store import check_store
from gateway.checks.systems import check_clock, run_adapter_check
from gateway.errors import ConfigurationError
from gateway.ports.base import Finding, SystemPort
from gateway.store.database import Store


@pytest.mark.parametrize(
    ("ahead", "message"),
    [
        (95, "This machine's clock is 95 s ahead of the system's."),
        (-31, "This machine's clock is 31 s behind the system's."),
    ],
)
def test_a_wrong_clock_is_reported_with_its_difference(ahead: int, message: str) -> None:
    finding = check_clock(timedelta(seconds=ahead))

    assert (finding.ok, finding.message) == (False, message)
    assert finding.remedy == "Synchronise this machine's clock (NTP): vendors reject signed assertions otherwise."


@pytest.mark.parametrize("ahead", [-30, 0, 30])
def test_thirty_seconds_of_clock_skew_are_accepted(ahead: int) -> None:
    assert check_clock(timedelta(seconds=ahead)).ok


async def test_a_migrated_store_is_reported_with_its_schema_revision(store: Store) -> None:
    finding, failure = await check_store(store.url, 10)

    revision, known = await store.read_revision()
    assert (finding.ok, failure, known) == (True, None, True)
    assert finding.message.endswith(f"is reachable: schema revision {revision}.")
    assert ":***@" in finding.message or "sqlite" in finding.message


async def test_a_store_of_a_newer_release_is_refused(store: Store) -> None:
    async with store.begin() as connection:
        await connection.exec_driver_sql("update alembic_version set version_num = '9999_of_the_future'")

    finding, failure = await check_store(store.url, 10)

    assert failure is FailureClass.INCOMPLETE
    assert finding.message == "The schema revision 9999_of_the_future is of a newer release."


async def test_an_unreachable_store_is_reported_without_its_password() -> None:
    finding, failure = await check_store("postgresql+psycopg://psgw:hidden@127.0.0.1:9/psgw", 10)

    assert failure is FailureClass.UNREACHABLE
    assert finding.message == "postgresql+psycopg://psgw:***@127.0.0.1:9/psgw cannot be reached."


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("sqlite+aiosqlite:////nowhere/at/all.sqlite", "The folder of the store does not exist."),
        ("not an address", "`store.url` is not a supported database."),
        ("oracle://x", "`store.url` is not a supported database."),
    ],
)
async def test_an_invalid_store_url_is_a_configuration_failure(url: str, message: str) -> None:
    finding, failure = await check_store(url, 10)

    assert (failure, finding.message) == (FailureClass.CONFIGURATION, message)


def test_accessible_empty_and_missing_secrets_are_reported(tmp_path: Path) -> None:
    for name, text, mode in (("good", "x", 0o600), ("open", "x", 0o640), ("empty", "", 0o600)):
        (tmp_path / name).write_text(text, encoding="utf-8")
        (tmp_path / name).chmod(mode)
    given = {name: SecretStr(f"file:{name}") for name in ("good", "open", "empty", "missing")}

    checked = list(check_secrets({**given, "inline": SecretStr("not checked")}, tmp_path))

    assert [(finding.subject, finding.message, failure) for finding, failure in checked] == [
        ("secret good", "good can be read by its owner only.", None),
        ("secret open", "open is accessible to other users (0640).", FailureClass.INCOMPLETE),
        ("secret empty", "empty is empty.", FailureClass.CONFIGURATION),
        ("secret missing", "secret file missing: No such file or directory.", FailureClass.CONFIGURATION),
    ]


class Adapter:
    """An adapter whose check raises or sleeps as the test defines."""

    def __init__(self, outcome: Exception | float) -> None:
        self._outcome = outcome

    async def check(self) -> Sequence[Finding]:
        if isinstance(self._outcome, Exception):
            raise self._outcome
        await asyncio.sleep(self._outcome)
        return ()


@pytest.mark.parametrize(
    ("outcome", "subject", "message"),
    [
        (30.0, "system", "The check did not finish in time."),
        (ConfigurationError(["the private key is not a PEM key"]), "settings", "the private key is not a PEM key."),
        (RuntimeError("secret inside"), "system", "The adapter's check failed with RuntimeError."),
    ],
)
async def test_a_failing_adapter_check_is_one_finding(outcome: Any, subject: str, message: str) -> None:
    (finding,) = await run_adapter_check(cast("SystemPort", Adapter(outcome)), 0.1)

    assert (finding.subject, finding.ok, finding.message) == (subject, False, message)
    assert finding.remedy

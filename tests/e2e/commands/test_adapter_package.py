"""An adapter in a package of its own: built, installed, found by its entry point, and tested against a live tenant."""

import asyncio
import os
import shutil
import sys
import zipfile
from pathlib import Path

import pytest

from subgraphs.kit.twin.server import serve
from tests.e2e.commands.running import run_process, run_psgw
from tests.fixtures.punchcard_service import build_service

ROOT = Path(__file__).parents[3]
EXAMPLE = ROOT / "tests" / "fixtures" / "punchcard"
SETTINGS = """\
[[connections]]
name = "clock"
role = "HCM"
vendor = "punchcard"
base_url = "{base_url}"
region = "EU"
secrets = {{ token = "t-1" }}
"""


@pytest.fixture
async def installed(tmp_path: Path) -> Path:
    """A folder with the example's wheel, unpacked as pip unpacks it."""
    source = shutil.copytree(EXAMPLE, tmp_path / "source", ignore=shutil.ignore_patterns("__pycache__"))
    built = await run_process(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", "..", home=source)
    assert built.code == 0, built.err
    (wheel,) = [name for name in await asyncio.to_thread(os.listdir, tmp_path) if name.endswith(".whl")]
    await asyncio.to_thread(zipfile.ZipFile(tmp_path / wheel).extractall, tmp_path / "site")
    return tmp_path / "site"


@pytest.mark.timeout(300)
async def test_the_example_package_is_found_and_passes_the_contract_tests_that_need_no_twin(
    installed: Path, tmp_path: Path
) -> None:
    path = {"PYTHONPATH": str(installed)}
    listed = await run_psgw("adapters", "list", "--json", env=path)
    verified = await run_psgw("adapters", "verify", "punchcard", env=path)
    async with serve(build_service("t-1")) as base_url:
        settings = tmp_path / "psgw.toml"
        settings.write_text(SETTINGS.format(base_url=base_url), encoding="utf-8")
        contract = await run_process(
            *(sys.executable, "-m", "pytest", "tests/contract", "-k", "punchcard", "-q", "-p", "no:cacheprovider"),
            home=ROOT,
            env={**path, "PSGW_CONTRACT_SETTINGS": str(settings)},
        )

    assert listed.json["punchcard"] == ["HCM"]
    assert (verified.code, {line[0] for line in verified.out.splitlines()}) == (0, {"✓"})
    assert contract.code == 0, contract.out
    assert sorted(
        line.split(": ")[2] for line in contract.out.splitlines() if line.startswith("not tested: ")
    ) == sorted(
        [
            "test_a_first_fill_yields_every_record_once_and_no_deletion [every HcmWorker]",
            "test_a_misnamed_field_of_the_mapping_file_is_named_with_a_remedy",
            (
                "test_a_read_is_retried_after_a_server_error_or_a_lost_connection "
                "[unavailable, unavailable-after-commit, reset]"
            ),
            "test_a_malformed_answer_is_a_contract_mismatch_and_not_retried [invalid-json, truncated]",
            "test_a_lasting_rate_limit_is_reported_as_such",
            "test_a_wait_beyond_the_deadline_is_reported_at_once_with_the_vendors_time",
            "test_a_call_without_an_answer_times_out_at_the_deadline",
            "test_a_slow_system_still_answers",
            "test_an_expired_token_is_renewed_once_and_a_static_one_is_an_expired_login",
            "test_a_check_with_rejected_credentials_reports_the_login_only",
            "test_every_row_comes_below_each_of_its_parents",
            "test_a_feed_goes_on_past_spoilt_rows",
            "test_a_spoilt_attribute_costs_at_most_its_own_record",
        ]
    )


@pytest.mark.timeout(300)
async def test_without_a_system_the_declared_promises_are_tested_and_the_others_reported(installed: Path) -> None:
    contract = await run_process(
        *(sys.executable, "-m", "pytest", "tests/contract", "-k", "punchcard", "-q", "-p", "no:cacheprovider"),
        home=ROOT,
        env={"PYTHONPATH": str(installed)},
    )

    reported = [line for line in contract.out.splitlines() if line.startswith("not tested: ")]
    assert contract.code == 0, contract.out
    assert "8 passed" in contract.out
    assert {line.rpartition("needs ")[2] for line in reported} == {
        "a running system: a twin (run_system() in conformance.py), or a connection (PSGW_CONTRACT_SETTINGS)"
    }

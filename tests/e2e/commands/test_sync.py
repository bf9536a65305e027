"""psgw sync and psgw identities match: fill the card index from every feed, and link equal people and customers."""

from pathlib import Path

import pytest

from tests.e2e.commands.running import Sandbox
from tests.fixtures.ports import find_free_port

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_sync_fills_the_index_and_a_second_run_repeats_only_the_overlap(sandbox: Sandbox) -> None:
    first = await sandbox.run_psgw("sync", "--settings", str(sandbox.settings), "--json")
    second = await sandbox.run_psgw("sync", "--settings", str(sandbox.settings), "--json")

    assert (first.code, first.err, second.code) == (0, "", 0)
    rows = {(each["connection"], each["feed"]): each["rows"] for each in first.json}
    assert rows["psa", "PsaProject"] == 10
    assert rows["hcm", "HcmWorker"] == 8
    assert rows["erp", "ErpInvoice"] == 9
    assert sum(rows.values()) == 108
    assert all(each["failure"] is None for each in second.json)


async def test_text_output_is_a_table_on_stdout(sandbox: Sandbox) -> None:
    found = await sandbox.run_psgw("sync", "--settings", str(sandbox.settings))

    head, *rows = [line.split() for line in found.out.splitlines()]
    assert (found.code, found.err) == (0, "")
    assert head == ["connection", "feed", "rows", "deleted", "unreadable", "fault"]
    assert {row[0] for row in rows} == {"crm", "erp", "hcm", "psa"}


async def test_an_unreachable_system_ends_with_3_and_the_others_are_read(sandbox: Sandbox, tmp_path: Path) -> None:
    store = f"sqlite+aiosqlite:///{sandbox.state}/psgw.sqlite"
    settings = sandbox.write_settings(
        tmp_path / "psgw.toml",
        (store, f"sqlite+aiosqlite:///{tmp_path}/psgw.sqlite"),
        (sandbox.systems["hcm"]["address"], f"http://127.0.0.1:{find_free_port()}"),
    )

    found = await sandbox.run_psgw("sync", "--settings", str(settings), "--json")

    assert found.code == 3
    assert {each["connection"] for each in found.json if each["failure"]} == {"hcm"}
    assert {each["connection"] for each in found.json if not each["failure"]} == {"crm", "erp", "psa"}


async def test_all_identities_of_the_demo_are_matched(sandbox: Sandbox) -> None:
    arguments = ("identities", "match", "--settings", str(sandbox.settings))
    await sandbox.run_psgw("sync", "--settings", str(sandbox.settings))

    result = await sandbox.run_psgw(*arguments, "--json")
    plain = await sandbox.run_psgw(*arguments, "--dry-run", "--noun", "Customer")

    assert (result.code, result.json) == (0, {"linked": 0, "ambiguous": []})
    assert (plain.code, plain.out) == (0, "linked 0\n")


async def test_an_unknown_noun_ends_with_2_and_lists_the_known_ones(sandbox: Sandbox) -> None:
    result = await sandbox.run_psgw("identities", "match", "--noun", "King")

    assert (result.code, result.out) == (2, "")
    assert "Customer" in result.err

"""psgw sync and psgw identities match: the card index is filled from every feed, and people and customers are known as the same."""

from pathlib import Path

import pytest

from tests.e2e.commands.running import Sandbox
from tests.fixtures.ports import free_port

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_sync_fills_the_cards_and_a_second_one_repeats_only_the_overlap(sandbox: Sandbox) -> None:
    first = await sandbox.run_psgw("sync", "--settings", str(sandbox.settings), "--json")
    second = await sandbox.run_psgw("sync", "--settings", str(sandbox.settings), "--json")

    assert (first.code, first.err, second.code) == (0, "", 0)
    rows = {(each["connection"], each["feed"]): each["rows"] for each in first.json}
    assert rows["psa", "PsaProject"] == 10
    assert rows["hcm", "HcmWorker"] == 8
    assert rows["erp", "ErpInvoice"] == 9
    assert sum(rows.values()) == 108
    assert all(each["failure"] is None for each in second.json)


async def test_people_get_a_table_on_stdout(sandbox: Sandbox) -> None:
    found = await sandbox.run_psgw("sync", "--settings", str(sandbox.settings))

    head, *rows = [line.split() for line in found.out.splitlines()]
    assert (found.code, found.err) == (0, "")
    assert head == ["connection", "feed", "rows", "deleted", "fault"]
    assert {row[0] for row in rows} == {"crm", "erp", "hcm", "psa"}


async def test_a_system_that_cannot_be_followed_ends_with_3_and_the_others_are(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    store = f"sqlite+aiosqlite:///{sandbox.state}/psgw.sqlite"
    settings = sandbox.write_settings(
        tmp_path / "psgw.toml",
        (store, f"sqlite+aiosqlite:///{tmp_path}/psgw.sqlite"),
        (sandbox.systems["hcm"]["address"], f"http://127.0.0.1:{free_port()}"),
    )

    found = await sandbox.run_psgw("sync", "--settings", str(settings), "--json")

    assert found.code == 3
    assert {each["connection"] for each in found.json if each["failure"]} == {"hcm"}
    assert {each["connection"] for each in found.json if not each["failure"]} == {"crm", "erp", "psa"}


async def test_identities_are_matched_without_a_doubt_left(sandbox: Sandbox) -> None:
    words = ("identities", "match", "--settings", str(sandbox.settings))
    await sandbox.run_psgw("sync", "--settings", str(sandbox.settings))

    told = await sandbox.run_psgw(*words, "--json")
    plain = await sandbox.run_psgw(*words, "--dry-run", "--noun", "Customer")

    assert (told.code, told.json) == (0, {"linked": 0, "ambiguous": []})
    assert (plain.code, plain.out) == (0, "linked 0\n")


async def test_a_noun_that_there_is_not_ends_with_2_and_names_the_ones_there_are(sandbox: Sandbox) -> None:
    refused = await sandbox.run_psgw("identities", "match", "--noun", "King")

    assert (refused.code, refused.out) == (2, "")
    assert "Customer" in refused.err

"""On SQLite one process owns the store: commands run in it, and a second owner is refused by name."""

import stat
from pathlib import Path

import pytest

from tests.e2e.commands.running import Sandbox, run_psgw, start_psgw
from tests.e2e.commands.test_serve import write_settings
from tests.fixtures.ports import find_free_port

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_commands_run_in_the_serving_process_and_a_second_server_is_refused_by_name(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    settings = write_settings(sandbox, tmp_path, find_free_port())
    other = tmp_path / "other.toml"
    text = settings.read_text(encoding="utf-8")
    port = next(line for line in text.splitlines() if line.startswith("port = "))
    other.write_text(text.replace(port, f"port = {find_free_port()}"), encoding="utf-8")

    async with start_psgw("serve", "--settings", str(settings)) as server:
        assert server.stderr is not None
        await server.stderr.readline()
        mode = stat.S_IMODE((tmp_path / "psgw.sqlite.sock").stat().st_mode)
        synced = await run_psgw("sync", "--settings", str(settings), "--json")
        split = await run_psgw(
            *("identities", "split", "psa:u", "--noun", "Resource", "--settings", str(settings)),
        )
        linked = await run_psgw("identities", "history", "--settings", str(settings), "--json")
        second = await run_psgw("serve", "--settings", str(other))

    assert mode == 0o600
    assert (synced.code, synced.err) == (0, "")
    assert {each["connection"] for each in synced.json} == {"crm", "psa", "hcm", "erp"}
    assert (split.code, split.message) == (
        2,
        "✗ psa:u has no link; give a canonical id, or CONNECTION:ID of a record",
    )
    assert (linked.code, linked.json) == (0, [])
    assert second.code == 2
    assert second.message == (
        f"✗ the store {tmp_path}/psgw.sqlite is in use by process {server.pid} (psgw serve); "
        "stop it first; several processes need a store on PostgreSQL"
    )


async def test_a_store_whose_owner_was_killed_is_free_at_once(sandbox: Sandbox, tmp_path: Path) -> None:
    settings = write_settings(sandbox, tmp_path, find_free_port())
    async with start_psgw("serve", "--settings", str(settings)) as server:
        assert server.stderr is not None
        await server.stderr.readline()
        server.kill()
        await server.wait()

    synced = await run_psgw("sync", "--settings", str(settings), "--json")

    assert (synced.code, sum(each["rows"] for each in synced.json)) == (0, 108)

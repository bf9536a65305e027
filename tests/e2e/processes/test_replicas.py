"""Several processes on one PostgreSQL: one reads the feeds, and the cards are those that one process would write."""

import signal
from collections import Counter
from pathlib import Path

import httpx
import pytest

from tests.e2e.commands.running import Sandbox, run_psgw
from tests.e2e.processes.fleet import (
    CARDS,
    LINKS,
    Database,
    count_calls,
    start_replicas,
    wait_until,
    write_settings,
)
from tests.fixtures.ports import find_free_port

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def expect_the_cards_of_one_process(database: Database) -> None:
    assert await database.count_cards() == CARDS
    assert await database.count_links() == LINKS


@pytest.mark.parametrize("count", [2, pytest.param(4, marks=pytest.mark.long)])
async def test_processes_started_at_once_write_the_cards_of_one_and_read_every_feed_once(
    systems: Sandbox, database: Database, tmp_path: Path, count: int
) -> None:
    async with start_replicas(systems, tmp_path, database.url, count) as replicas:
        await wait_until(database.is_filled)
        holder = await database.get_holder_pid()
        standbys = [each for each in replicas if each.process.pid != holder]
        for standby in standbys:
            await standby.wait_for("another process reads the change feeds")
        async with httpx.AsyncClient(trust_env=False) as http:
            ready = [(await http.get(f"{each.origin}/readyz")).status_code for each in replicas]

    assert len(standbys) == count - 1
    assert ready == [200] * count
    await expect_the_cards_of_one_process(database)
    calls = await count_calls(systems)
    assert calls == await count_first_round(systems, database, tmp_path)
    assert all(line["level"] == "info" for each in replicas for line in each.log)


async def count_first_round(systems: Sandbox, database: Database, folder: Path) -> Counter[str]:
    """Return the calls of one process that fills an empty store."""
    await systems.clear()
    await database.fetch("DROP SCHEMA public CASCADE")
    await database.fetch("CREATE SCHEMA public")
    async with start_replicas(systems, folder, database.url, 1):
        await wait_until(database.is_filled)
        return await count_calls(systems)


async def test_a_process_killed_in_the_middle_of_a_round_is_replaced_and_new_records_find_their_cards(
    systems: Sandbox, database: Database, tmp_path: Path
) -> None:
    await systems.inject("erp", kind="latency", milliseconds=30_000)
    async with start_replicas(systems, tmp_path, database.url, 2, interval=2) as replicas:
        await wait_until(lambda: has_links_of(database, "crm"))
        holder = await database.get_holder_pid()
        (victim,) = [each for each in replicas if each.process.pid == holder]
        (survivor,) = [each for each in replicas if each is not victim]
        assert not await database.is_filled()
        await victim.kill()
        await systems.clear()
        await survivor.wait_for("this process reads the change feeds now")
        await wait_until(database.is_filled)
        await expect_the_cards_of_one_process(database)

        await forget_people(database)
        await wait_until(lambda: has_links_of(database, "psa"))
        await wait_until(database.is_filled)

    assert victim.process.returncode == -signal.SIGKILL
    await expect_the_cards_of_one_process(database)
    assert [line["level"] for line in survivor.log if line["level"] == "error"] == []


async def test_a_sync_command_beside_a_process_that_fills_the_same_store_writes_the_same_cards(
    systems: Sandbox, database: Database, tmp_path: Path
) -> None:
    settings = write_settings(systems, tmp_path / "command.toml", database.url, 600, find_free_port())
    async with start_replicas(systems, tmp_path, database.url, 1):
        await wait_until(lambda: has_links_of(database, "crm"))
        synced = await run_psgw("sync", "--settings", str(settings), "--json")
        cards, links = await database.count_cards(), await database.count_links()
        await wait_until(database.get_holder_pid)

    assert (synced.code, {each["failure"] for each in synced.json}) == (0, {None})
    assert (cards, links) == (CARDS, LINKS)


async def has_links_of(database: Database, connection: str) -> bool:
    return connection in {row[0] for row in await database.fetch("SELECT DISTINCT connection FROM link")}


async def forget_people(database: Database) -> None:
    """Make the people of the PSA new records: the next round links them for the first time."""
    await database.fetch(
        "WITH gone AS (DELETE FROM link WHERE connection = 'psa' AND noun = 'Resource' RETURNING 1)"
        " DELETE FROM watermark WHERE connection = 'psa' AND feed = 'PsaUser'"
    )

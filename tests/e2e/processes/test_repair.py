"""A command repairs a PostgreSQL store while several processes serve it."""

import getpass
from pathlib import Path

import httpx
import pytest

from tests.e2e.commands.running import Sandbox, run_psgw
from tests.e2e.processes.fleet import CARDS, LINKS, Database, start_replicas, wait_until, write_settings
from tests.fixtures.ports import find_free_port

pytestmark = pytest.mark.asyncio(loop_scope="session")

TEAR_APART = """
WITH torn AS (
  UPDATE link SET card_id = md5(connection || external_id)::uuid::text
  WHERE noun = 'Resource' AND connection <> 'hcm' RETURNING card_id
)
INSERT INTO card (id, tenant, noun, synced_at, alive)
SELECT card_id, 'main', 'Resource', '2026-12-01T00:00:00.000000+00:00', 1 FROM torn
"""


async def test_people_whose_records_were_torn_apart_are_joined_while_the_gateway_serves(
    sandbox: Sandbox, database: Database, tmp_path: Path
) -> None:
    settings = write_settings(sandbox, tmp_path / "command.toml", database.url, 600, find_free_port())
    options = ("--settings", str(settings), "--json")
    async with start_replicas(sandbox, tmp_path, database.url, 2) as replicas:
        await wait_until(database.is_filled)
        await database.fetch(TEAR_APART)
        torn = await database.count_cards()

        changed = await run_psgw("identities", "rebuild", "--reason", "two writers", *options)
        history = await run_psgw("identities", "history", *options)
        async with httpx.AsyncClient(trust_env=False) as http:
            alive = [(await http.get(f"{each.origin}/readyz")).status_code for each in replicas]

    assert torn["Resource"] == 24
    assert (changed.code, len(changed.json["changes"])) == (0, 16)
    assert await database.count_cards() == CARDS
    assert await database.count_links() == LINKS
    assert len(history.json) == 16
    assert {(each["action"], each["reason"]) for each in history.json} == {("REBUILD", "two writers")}
    assert history.json[0]["changed_by"].startswith(f"{getpass.getuser()}@")
    assert alive == [200, 200]

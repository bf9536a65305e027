"""Real `psgw serve` processes on one PostgreSQL database, with the demo's systems behind them."""

import asyncio
import re
from asyncio.subprocess import PIPE, Process
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import msgspec
import psycopg
from sqlalchemy import make_url

from tests.e2e.commands.running import CLEAN_ENVIRONMENT, Sandbox
from tests.fixtures.demo import PSGW
from tests.fixtures.ports import find_free_port

FEEDS = 13
CARDS = {
    "Contract": 9,
    "Customer": 8,
    "Invoice": 9,
    "LegalEntity": 3,
    "Opportunity": 11,
    "Project": 10,
    "Resource": 8,
}
"""The cards of the demo firm after one process has filled an empty store."""
LINKS = 108
LEASE_SECONDS = 3
PATIENCE_SECONDS = 60.0


@dataclass(frozen=True)
class Replica:
    """One serving process. `log` grows while it runs."""

    process: Process
    origin: str
    log: list[dict[str, Any]]

    async def wait_for(self, message: str) -> dict[str, Any]:
        """Return the first log line with a message."""

        async def find() -> dict[str, Any] | None:
            return next((line for line in self.log if line["message"].startswith(message)), None)

        found: dict[str, Any] = await wait_until(find)
        return found

    async def kill(self) -> None:
        """Kill the process (SIGKILL)."""
        if self.process.returncode is None:
            self.process.kill()
        await self.process.wait()


async def wait_until(find: Callable[[], Awaitable[Any]], seconds: float = PATIENCE_SECONDS) -> Any:
    """Return the first true answer."""
    async with asyncio.timeout(seconds):
        while not (found := await find()):  # noqa: ASYNC110 -- a database and a process send no event
            await asyncio.sleep(0.05)
    return found


class Database:
    """The database of the processes, as an observer reads it."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)

    async def fetch(self, statement: str) -> list[Any]:
        """Run a statement; return its rows."""
        async with await psycopg.AsyncConnection.connect(self._plain, autocommit=True) as connection:
            try:
                cursor = await connection.execute(statement)
            except psycopg.errors.UndefinedTable:  # no process has created the tables yet
                return []
            return await cursor.fetchall() if cursor.description else []

    async def count_cards(self) -> dict[str, int]:
        """Return the number of living cards by noun."""
        return dict(await self.fetch("SELECT noun, count(*) FROM card WHERE alive = 1 GROUP BY noun"))

    async def count_links(self) -> int:
        """Return the number of links."""
        return int((await self.fetch("SELECT count(*) FROM link"))[0][0])

    async def is_filled(self) -> bool:
        """Return whether every feed was read to its end, and all relations are resolved."""
        rows = await self.fetch("SELECT feed FROM watermark WHERE succeeded_at IS NOT NULL")
        members = await self.fetch("SELECT card_id FROM card_key WHERE kind = 'MEMBER'")
        return len(rows) == FEEDS and bool(members)

    async def get_holder_pid(self) -> int | None:
        """Return the process that reads the feeds; None while none has taken the lease."""
        rows = await self.fetch("SELECT holder FROM sync_lease WHERE expires_at > extract(epoch FROM now())")
        found = re.search(r" (\d+) psgw serve", rows[0][0]) if rows else None
        return None if found is None else int(found.group(1))


@asynccontextmanager
async def start_replicas(
    sandbox: Sandbox, folder: Path, url: str, count: int, interval: float = 600
) -> AsyncIterator[list[Replica]]:
    """Start processes at once; kill those that still run after the block."""
    replicas = [await _start(sandbox, folder, url, number, interval) for number in range(count)]
    readers = [asyncio.create_task(_read_log(replica)) for replica in replicas]
    try:
        yield replicas
    finally:
        for replica in replicas:
            await replica.kill()
        await asyncio.gather(*readers)


def write_settings(sandbox: Sandbox, file: Path, url: str, interval: float, port: int) -> Path:
    """Write the settings of one process."""
    store = f"sqlite+aiosqlite:///{sandbox.state}/psgw.sqlite"
    sandbox.write_settings(file, (store, url), ("port = 8000", f"port = {port}"))
    section = f"[sync]\ninterval_seconds = {interval}\nlease_seconds = {LEASE_SECONDS}\n\n"
    file.write_text(section + file.read_text(encoding="utf-8"), encoding="utf-8")
    return file


async def _start(sandbox: Sandbox, folder: Path, url: str, number: int, interval: float) -> Replica:
    port = find_free_port()
    settings = write_settings(sandbox, folder / f"replica-{number}-{port}.toml", url, interval, port)
    process = await asyncio.create_subprocess_exec(
        PSGW, "serve", "--settings", str(settings), stderr=PIPE, env=CLEAN_ENVIRONMENT
    )
    return Replica(process, f"http://127.0.0.1:{port}", [])


async def _read_log(replica: Replica) -> None:
    assert replica.process.stderr is not None
    async for line in replica.process.stderr:
        replica.log.append(msgspec.json.decode(line))


async def count_calls(sandbox: Sandbox) -> Counter[str]:
    """Return how many calls the twins have answered since faults were cleared, by system and operation."""
    calls: Counter[str] = Counter()
    async with httpx.AsyncClient(trust_env=False) as http:
        for name, system in sandbox.systems.items():
            answer = await http.get(system["control"])
            calls.update({f"{name} {operation}": count for operation, count in answer.json()["calls"].items()})
    return calls

"""Which executors are alive: each holds a session-level advisory lock, which PostgreSQL releases when it dies.

On SQLite a single process owns the file, so every other executor is one of a former process.
"""

import asyncio
import hashlib
from collections.abc import Iterable

from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.exc import DBAPIError

_CONNECT = {"connect_timeout": 5, "keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 3}


class ExecutorLease:
    """The lease of one executor."""

    def __init__(self, url: str, executor: str) -> None:
        self._executor = executor
        self._engine: Engine | None = None
        if not url.startswith("sqlite"):
            self._engine = create_engine(
                url, isolation_level="AUTOCOMMIT", pool_size=1, hide_parameters=True, connect_args=_CONNECT
            )
        self._connection: Connection | None = None

    async def acquire(self) -> None:
        """Hold the lock of this executor until `aclose` or the end of the process."""
        if self._engine is not None:
            await asyncio.to_thread(self._lock)

    async def find_dead(self, executors: Iterable[str]) -> set[str]:
        """Return those of the executors that hold no lock, without this one.

        Raises DBAPIError if the database does not answer; the next call takes this executor's lock again.
        """
        others = {each for each in executors if each != self._executor}
        if self._engine is None or not others:
            return others
        return await asyncio.to_thread(self._probe, others)

    async def aclose(self) -> None:
        """Release the lock."""
        if self._engine is not None:
            await asyncio.to_thread(self._release)

    def _lock(self) -> Connection:
        if self._connection is None:
            assert self._engine is not None  # noqa: S101 -- only PostgreSQL comes here
            self._connection = self._engine.connect()
            self._connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": _hash_executor(self._executor)})
        return self._connection

    def _probe(self, others: set[str]) -> set[str]:
        try:
            connection = self._lock()
            dead = set()
            for other in others:
                key = {"key": _hash_executor(other)}
                if connection.execute(text("SELECT pg_try_advisory_lock(:key)"), key).scalar():
                    connection.execute(text("SELECT pg_advisory_unlock(:key)"), key)
                    dead.add(other)
        except DBAPIError:
            self._connection = None  # its session and thus its lock are gone
            raise
        return dead

    def _release(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None
        if self._engine is not None:
            self._engine.dispose()


def _hash_executor(executor: str) -> int:
    """Return the 64-bit key of an executor's lock."""
    return int.from_bytes(hashlib.sha256(executor.encode()).digest()[:8], "big", signed=True)

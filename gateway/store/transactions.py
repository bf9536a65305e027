"""Whole transactions in one hop to a thread, for work of many statements such as workflow runs.

An asynchronous driver hops to its thread for every statement: 16 transactions of 8 inserts cost twice the CPU time.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event, make_url

T = TypeVar("T")

_THREADS: Final = 4
_DRIVERS: Final = {"sqlite": "sqlite", "postgresql": "postgresql+psycopg"}
_BUSY_MILLISECONDS: Final = 30_000


class TransactionRunner:
    """Runs synchronous functions as transactions on the store of a URL.

    On SQLite a single thread writes, so that writers of one process never wait for a lock.
    """

    def __init__(self, url: str) -> None:
        parsed = make_url(url)
        backend = parsed.get_backend_name()
        self.is_sqlite = backend == "sqlite"
        self._engine = _create_engine(parsed.set(drivername=_DRIVERS[backend]), sqlite=self.is_sqlite)
        self._writers = ThreadPoolExecutor(1 if self.is_sqlite else _THREADS, "store-write")
        self._readers = ThreadPoolExecutor(_THREADS, "store-read")

    async def write(self, work: Callable[[Connection], T]) -> T:
        """Return the result of `work` in a transaction: committed at its end, rolled back if it raises."""
        return await asyncio.get_running_loop().run_in_executor(self._writers, self._write, work)

    async def read(self, work: Callable[[Connection], T]) -> T:
        """Return the result of `work`, which only reads."""
        return await asyncio.get_running_loop().run_in_executor(self._readers, self._read, work)

    async def aclose(self) -> None:
        """Wait for running transactions and close every connection."""
        for executor in (self._writers, self._readers):
            await asyncio.to_thread(executor.shutdown)
        self._engine.dispose()

    def _write(self, work: Callable[[Connection], T]) -> T:
        with self._engine.begin() as connection:
            return work(connection)

    def _read(self, work: Callable[[Connection], T]) -> T:
        with self._engine.connect() as connection, connection.execution_options(isolation_level="AUTOCOMMIT"):
            return work(connection)


def _create_engine(url: Any, *, sqlite: bool) -> Engine:
    if not sqlite:
        return create_engine(url, hide_parameters=True, pool_pre_ping=True, pool_size=2 * _THREADS)
    engine = create_engine(url, hide_parameters=True, pool_size=_THREADS + 1)
    event.listen(engine, "connect", _configure_connection)
    event.listen(engine, "begin", _begin_immediate)
    return engine


def _configure_connection(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # SQLAlchemy's "begin" event starts transactions
    cursor = connection.cursor()
    for pragma in (f"busy_timeout={_BUSY_MILLISECONDS}", "journal_mode=WAL", "foreign_keys=ON", "synchronous=FULL"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_immediate(connection: Connection) -> None:
    if connection.get_execution_options().get("isolation_level") != "AUTOCOMMIT":
        connection.exec_driver_sql("BEGIN IMMEDIATE")

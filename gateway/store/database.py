"""The store: one database engine per process, migrated before first use."""

import asyncio
import math
import secrets
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, event, insert, make_url, select
from sqlalchemy import text as sql
from sqlalchemy.exc import IntegrityError, InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from gateway.errors import ConfigurationError, StoreFullError
from gateway.resilience.deadline import compute_remaining
from gateway.store import tables
from gateway.store.failures import build_store_error, describe_full_disk, has_space, remove_values
from gateway.store.file import find_sqlite_file, make_private
from gateway.store.outage import Outage

MIGRATIONS = Path(__file__).with_name("migrations")
SEAL_KEY = "seal_key"
SEAL_KEY_BYTES = 32
BUSY_SECONDS = 10
"""How long a process waits for the write locks of others."""
_RETRY_SECONDS = 0.05
_NETWORK_OPTIONS: Mapping[str, Any] = {
    "pool_pre_ping": True,
    "pool_timeout": 5,
    "connect_args": {
        "connect_timeout": 5,
        "keepalives_idle": 30,
        "tcp_user_timeout": 10_000,
        "options": "-c idle_in_transaction_session_timeout=60000 -c tcp_keepalives_idle=10"
        " -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3",
    },
}
"""Servers restart and networks drop packets while a connection is open (libpq parameters: postgresql.org, 34.1.2).

The options let the server end the transaction of a process that hangs, or whose machine has gone.
"""
_MIGRATION_LOCKS = {"sqlite": "BEGIN IMMEDIATE", "postgresql": "SELECT pg_advisory_xact_lock(7070727377)"}
"""The statement that locks out other migrations until the end of the transaction."""
_WRITER_LOCKS = {
    "sqlite": "BEGIN IMMEDIATE",
    "postgresql": "SELECT pg_advisory_xact_lock(hashtextextended(:tenant, 7070727378))",
}
"""The statement that locks out other writers of a tenant's crosswalk until the end of the transaction."""


class Store:
    """The gateway's own database.

    `url` is `sqlite+aiosqlite:///path` or `postgresql+psycopg://...`; other URLs raise ConfigurationError.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self._outage = Outage("the store is unavailable", "the store is available again")
        self._shortage = Outage("the store cannot be written", "the store can be written again")
        try:
            self.file = find_sqlite_file(url)
            self._engine = _create_engine(url)
        except (SQLAlchemyError, ImportError):
            forms = "sqlite+aiosqlite:///PATH or postgresql+psycopg://USER:PASSWORD@HOST/NAME"
            raise ConfigurationError([f"store.url: is not a supported database URL; use {forms}"]) from None

    async def upgrade(self) -> None:
        """Migrate the schema to this release; several processes may call this at once.

        Raises ConfigurationError if the store cannot be opened.
        """
        file = self.file
        if file is not None and not file.parent.is_dir():
            raise ConfigurationError([f"the store cannot be opened: folder {file.parent} does not exist"])
        try:
            if file is not None:
                make_private(file)
            await self._migrate_with_retry()
        except (SQLAlchemyError, CommandError, OSError) as error:
            why = f"the store cannot be opened ({type(error).__name__}); run psgw check"
            if isinstance(build_store_error(error, file), StoreFullError):
                why = f"the store cannot be opened: {describe_full_disk(file)}"
            raise ConfigurationError([why]) from error

    async def _migrate_with_retry(self) -> None:
        """Migrate; retry while another process switches a new file to WAL, when SQLite's time-out does not apply."""
        clock = asyncio.get_running_loop()
        last = clock.time() + BUSY_SECONDS
        while True:
            try:
                async with self._engine.begin() as connection:
                    await connection.run_sync(_migrate)
            except OperationalError as error:
                if getattr(error.orig, "sqlite_errorname", None) != "SQLITE_BUSY" or clock.time() >= last:
                    raise
                await asyncio.sleep(_RETRY_SECONDS)
            else:
                return

    async def read_revision(self) -> tuple[str | None, bool]:
        """Return the database's migration (None: not migrated), and whether this release knows it."""
        async with self.connect() as connection:
            current = await connection.run_sync(lambda sync: MigrationContext.configure(sync).get_current_revision())
        known = {script.revision for script in ScriptDirectory(str(MIGRATIONS)).walk_revisions()}
        return current, current is None or current in known

    @asynccontextmanager
    async def connect(self) -> AsyncIterator[AsyncConnection]:
        """Open a connection for reading."""
        async with self._observe_failures(), self._engine.connect() as connection:
            yield connection

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[AsyncConnection]:
        """Open a transaction: commit at the end, roll back on an exception."""
        async with self._observe_failures(), self._engine.begin() as connection:
            yield connection

    @asynccontextmanager
    async def begin_exclusive(self, tenant: str) -> AsyncIterator[AsyncConnection]:
        """Open a transaction that no other one of this kind overlaps, in any process.

        Whoever decides which records belong together reads and writes in one such transaction.
        """
        begun_at = time.monotonic()
        async with self.begin() as connection:
            lock = _WRITER_LOCKS[connection.dialect.name]
            if ":tenant" in lock:
                await connection.execute(sql(lock), {"tenant": tenant})
            else:
                await connection.exec_driver_sql(lock)
            yield connection
        if has_space(self.file):
            self._shortage.record_success(begun_at)

    async def is_ready(self) -> bool:
        """Return whether the store answers and has space to write."""
        async with self.connect() as connection:
            await connection.execute(select(1))
        if self.file is not None:
            # A full disk shows before a write fails, and a freed one before the next write.
            if has_space(self.file):
                self._shortage.record_success(math.inf)
            else:
                self._shortage.record_failure(f"the disk of folder {self.file.parent} is full")
        return not self._shortage.lasts

    @asynccontextmanager
    async def _observe_failures(self) -> AsyncIterator[None]:
        """Raise StoreUnavailableError for failures of the database; log the start and the end of an outage."""
        begun_at = time.monotonic()
        try:
            yield
        except (OperationalError, InterfaceError, PoolTimeoutError, OSError) as error:
            failure = build_store_error(error, self.file)
            outage = self._shortage if isinstance(failure, StoreFullError) else self._outage
            outage.record_failure(str(failure))
            raise failure from error
        except asyncio.CancelledError:
            if not compute_remaining(asyncio.get_running_loop().time(), math.inf):
                self._outage.record_failure("no answer within the deadline of a request")
            raise
        self._outage.record_success(begun_at)

    async def load_seal_key(self) -> bytes:
        """Return the key that seals ids; it is created once per deployment and never changed."""
        query = select(tables.meta.c.value).where(tables.meta.c.key == SEAL_KEY)
        async with self.connect() as connection:
            known = (await connection.execute(query)).scalar_one_or_none()
        if known is not None:
            return bytes(known)
        try:
            async with self.begin() as connection:
                await connection.execute(
                    insert(tables.meta).values(key=SEAL_KEY, value=secrets.token_bytes(SEAL_KEY_BYTES))
                )
        except IntegrityError:  # another process was first; use its key
            pass
        return await self.load_seal_key()

    async def aclose(self) -> None:
        """Close every connection."""
        await self._engine.dispose()


def _create_engine(url: str) -> AsyncEngine:
    options: Mapping[str, Any] = _NETWORK_OPTIONS if make_url(url).get_backend_name() == "postgresql" else {}
    # Parameters contain names and codes, which must not appear in logged errors.
    engine = create_async_engine(url, hide_parameters=True, **options)
    event.listen(engine.sync_engine, "handle_error", remove_values)
    if engine.dialect.name == "sqlite":
        event.listen(engine.sync_engine, "connect", _configure_sqlite)
    return engine


def _configure_sqlite(connection: Any, _record: Any) -> None:
    """Enable WAL (readers do not wait for the writer), the busy time-out for writers, and foreign keys."""
    cursor = connection.cursor()
    for pragma in (f"busy_timeout={BUSY_SECONDS * 1000}", "journal_mode=WAL", "foreign_keys=ON", "synchronous=NORMAL"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _migrate(connection: Connection) -> None:
    connection.exec_driver_sql(_MIGRATION_LOCKS[connection.dialect.name])
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")

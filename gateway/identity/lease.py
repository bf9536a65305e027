"""The lease of the process that reads the change feeds of a tenant: one at a time, whatever the number of processes.

The lease is a row with an expiry by the database's clock. Its holder renews it; another process takes it over when it
has expired. Every change of the holder increments a token, and each transaction that writes what a feed has brought
compares the token first: a process that was suspended and has lost the lease cannot write any more.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager, suppress
from typing import Any, Final

from sqlalchemy import insert, select, update
from sqlalchemy import text as sql
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.errors import LeaseLostError, StoreUnavailableError
from gateway.store.database import Store
from gateway.store.retry import repeatable
from gateway.store.tables import sync_lease

LOG = logging.getLogger(__name__)
LEASE_SECONDS: Final = 10.0
"""How long a lease is valid after its last renewal."""
_RENEWALS: Final = 3
"""Renewals per validity."""
_POLL_SECONDS: Final = 0.5
_DATABASE_CLOCK: Final = {
    "sqlite": "SELECT (julianday('now') - 2440587.5) * 86400.0",
    "postgresql": "SELECT extract(epoch FROM clock_timestamp())",
}
_ROW = sync_lease.c


class SyncLease:
    """The lease of one tenant, as one process sees it. `holder` names the process in the log.

    `term` changes when another process has held the lease since. `is_blocked`: the process cannot take the lease
    because the store fails, for example because its disk is full.
    """

    def __init__(self, store: Store, tenant: str, holder: str, seconds: float = LEASE_SECONDS) -> None:
        self._store = store
        self._tenant = tenant
        self._holder = holder[:255]
        self._seconds = seconds
        self._entering = asyncio.Lock()
        self._users = 0
        self._lost = asyncio.Event()
        self._renewal: asyncio.Task[None] | None = None
        self.token: int | None = None
        self.term = 0
        self._last_token: int | None = None
        self.is_blocked = False

    @asynccontextmanager
    async def hold(self, *, background: bool = False) -> AsyncIterator[None]:
        """Wait for the lease, and hold it during the block; users of one process share it.

        In the `background` the lease gives way to a command of another process, which takes it without waiting.
        """
        async with self._entering:
            if self.token is None:
                await self._acquire(background=background)
            self._users += 1
        try:
            yield
        finally:
            self._users -= 1
            if self._users == 0:
                await asyncio.shield(self._release())

    async def run_while_held(self, work: Coroutine[Any, Any, None]) -> None:
        """Run work without end; cancel it and raise LeaseLostError when another process has taken the lease."""
        task, lost = asyncio.create_task(work), asyncio.create_task(self._lost.wait())
        try:
            await asyncio.wait({task, lost}, return_when=asyncio.FIRST_COMPLETED)
            if not task.done():
                raise LeaseLostError("another process took over the feeds")
            task.result()
        finally:
            for each in (task, lost):
                each.cancel()
            await asyncio.gather(task, lost, return_exceptions=True)

    async def check(self, writer: AsyncConnection) -> None:
        """Raise LeaseLostError unless this process holds the lease; `writer` is an exclusive transaction."""
        stored = (await writer.execute(select(_ROW.token).where(_ROW.tenant == self._tenant))).scalar_one_or_none()
        if self.token is None or stored != self.token:
            self._drop()
            raise LeaseLostError("another process took over the feeds")

    async def _acquire(self, *, background: bool) -> None:
        reported: str | None = None
        while True:
            try:
                other = await self._try_acquire(background=background)
                self.is_blocked = False
            except StoreUnavailableError:
                self.is_blocked = True
                if not background:
                    raise
                other = reported  # the store has logged its outage
            if self.token is not None:
                break
            if other is not None and other != reported:
                LOG.info("another process reads the change feeds", extra={"holder": other})
                reported = other
            await asyncio.sleep(min(_POLL_SECONDS, self._seconds / _RENEWALS))
        self._lost.clear()
        self._renewal = asyncio.create_task(self._keep_renewed(self.token))
        if reported is not None:
            LOG.info("this process reads the change feeds now")

    async def _try_acquire(self, *, background: bool) -> str | None:
        """Take the lease if it is free; otherwise return its holder."""
        row, free = await self._read(background=background)
        if row is not None and not free:
            return str(row.holder)
        async with self._store.begin_exclusive(self._tenant) as writer:
            now = await _read_clock(writer)
            values = {"holder": self._holder, "expires_at": now + self._seconds, "background": int(background)}
            if (await writer.execute(select(_ROW.token).where(_ROW.tenant == self._tenant))).first() is None:
                await writer.execute(insert(sync_lease).values(tenant=self._tenant, token=1, **values))
                token = 1
            else:
                condition = _ROW.expires_at <= now
                if not background:
                    condition |= _ROW.background == 1
                taken = await writer.execute(
                    update(sync_lease)
                    .where(_ROW.tenant == self._tenant, condition)
                    .values(token=_ROW.token + 1, **values)
                    .returning(_ROW.token)
                )
                token = taken.scalar_one_or_none()
        if token is not None:
            if self._last_token is None or token != self._last_token + 1:
                self.term = token
            self._last_token = token
        self.token = token
        return None

    @repeatable
    async def _read(self, *, background: bool) -> tuple[Any, bool]:
        """Return the row of the lease, and whether this process may take it."""
        async with self._store.connect() as reader:
            row = (await reader.execute(select(sync_lease).where(_ROW.tenant == self._tenant))).first()
            now = await _read_clock(reader)
        free = row is None or row.expires_at <= now or (not background and row.background == 1)
        return row, free

    async def _keep_renewed(self, token: int) -> None:
        """Renew the lease until it is lost; without the database it is lost at its expiry."""
        clock = asyncio.get_running_loop()
        expires_at = clock.time() + self._seconds
        while True:
            await asyncio.sleep(self._seconds / _RENEWALS)
            begun_at = clock.time()
            with suppress(StoreUnavailableError):
                if not await self._renew(token):
                    break
                expires_at = begun_at + self._seconds
            if clock.time() >= expires_at:
                break
        if self.token == token:
            self._drop()

    async def _renew(self, token: int) -> bool:
        async with self._store.begin() as writer:
            mine = (_ROW.tenant == self._tenant) & (_ROW.token == token)
            expires_at = await _read_clock(writer) + self._seconds
            renewed = await writer.execute(update(sync_lease).where(mine).values(expires_at=expires_at))
            return renewed.rowcount == 1

    def _drop(self) -> None:
        self.token = None
        self._lost.set()

    async def _release(self) -> None:
        """Let another process take the lease at once."""
        token, self.token = self.token, None
        if self._renewal is not None:
            self._renewal.cancel()
            await asyncio.gather(self._renewal, return_exceptions=True)
        if token is None:
            return
        with suppress(StoreUnavailableError):  # it expires
            async with self._store.begin() as writer:
                mine = (_ROW.tenant == self._tenant) & (_ROW.token == token)
                await writer.execute(update(sync_lease).where(mine).values(expires_at=0.0))


async def _read_clock(connection: AsyncConnection) -> float:
    """Return the database's clock in seconds since 1970: the processes' own clocks may differ."""
    return float((await connection.execute(sql(_DATABASE_CLOCK[connection.dialect.name]))).scalar_one())

"""Keeps the card index: follows every system's change feed from its watermark. A fault of one system does not stop the others."""

import asyncio
import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from hashlib import blake2b
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import delete, insert, select

from gateway.canonical.fault import Fault, FaultCode
from gateway.canonical.records.base import Record
from gateway.canonical.roles import SystemRole
from gateway.errors import SourceError
from gateway.identity.cards import rebuild, relate
from gateway.identity.crosswalk import Described, mark_deleted, not_among
from gateway.identity.describe import CARD_KINDS, Describer
from gateway.identity.feed_health import FeedHealth, fault_of, health_of
from gateway.identity.linking import Memory, place
from gateway.identity.reference_data import ReferenceData
from gateway.identity.turns import PATIENCE_SECONDS, Turns
from gateway.observability.event import FeedFollowed, Observe, unobserved
from gateway.ports.base import Changes, SystemPort
from gateway.store import tables
from gateway.store.engine import Store

LOG = logging.getLogger(__name__)
RECHECK_SECONDS = 5.0


class FeedResult(msgspec.Struct, frozen=True, kw_only=True):
    """How one feed went: rows and deletions taken, or the fault that stopped it."""

    connection: str
    role: SystemRole
    feed: str
    rows: int = 0
    deleted: int = 0
    failure: FaultCode | None = None


Progress = Callable[[FeedResult], None]


class _Turn(NamedTuple):
    """One feed being followed: since when, and the keys that are known meanwhile."""

    began: datetime
    memory: Memory


class CardSync:
    """Fills and follows the cards of one tenant."""

    def __init__(
        self,
        store: Store,
        tenant: str,
        ports: Mapping[str, SystemPort],
        reference_data: ReferenceData,
        seal_key: bytes,
        observe: Observe = unobserved,
    ) -> None:
        self._store = store
        self._tenant = tenant
        self._ports = ports
        self._describer = Describer(reference_data, _digest(seal_key))
        self._observe = observe
        self._rounds = {name: asyncio.Lock() for name in ports}
        self._writing = asyncio.Lock()
        self._related = False
        self._broken = set[str]()

    async def run(self, progress: Progress | None = None, only: Iterable[str] | None = None) -> list[FeedResult]:
        """Follow every feed once; return how each went, in order. Rounds of one system do not overlap; an error that is no system's is raised when all have ended."""
        names = list(self._ports if only is None else only)
        turns = Turns(names)
        rounds = await asyncio.gather(*(self._round(name, turns, progress) for name in names), return_exceptions=True)
        results: list[FeedResult] = []
        for each in rounds:
            if isinstance(each, BaseException):
                raise each
            results += each
        return results

    async def _round(self, name: str, turns: Turns, progress: Progress | None = None) -> list[FeedResult]:
        try:
            async with self._rounds[name]:
                results = [await self._follow(self._ports[name], kind, turns, progress) for kind in self._kinds(name)]
        finally:
            turns.leave(name)
        await self._relate()
        return results

    async def _relate(self) -> None:
        """Resolve relations, unless nothing was taken since that was last done; a process that starts knows of nothing that was."""
        async with self._writing:
            if not self._related:
                async with self._store.writing() as writer:
                    await relate(writer, self._tenant)
                self._related = True

    def _kinds(self, name: str) -> list[type[Record]]:
        return [kind for kind in self._ports[name].feeds if kind in CARD_KINDS]

    async def _follow(
        self, port: SystemPort, kind: type[Record], turns: Turns, progress: Progress | None
    ) -> FeedResult:
        name, result = port.connection, FeedResult(connection=port.connection, role=port.role, feed=kind.__name__)
        turn = _Turn(datetime.now(UTC), Memory(self._tenant, name))
        try:
            turns.ask(name)
            async for changes in port.changed_since(kind, await self._watermark(result)):
                await turns.take(name)
                gone = await self._take(port, kind, changes, turn)
                turns.ask(name)
                rows, deleted = result.rows + len(changes.rows), result.deleted + gone
                result = msgspec.structs.replace(result, rows=rows, deleted=deleted)
                if progress is not None:
                    progress(result)
        except SourceError as error:
            LOG.warning("feed stopped", extra={"connection": name, "feed": result.feed, "fault": error.code})
            result = msgspec.structs.replace(result, failure=error.code)
            await self._note(result, failed_at=datetime.now(UTC), failure=error.code.value)
        else:
            await self._note(result, succeeded_at=datetime.now(UTC), failed_at=None, failure=None)
        self._observe(FeedFollowed(connection=name, feed=result.feed, failure=result.failure))
        return result

    async def _take(self, port: SystemPort, kind: type[Record], changes: Changes[Any], turn: _Turn) -> int:
        """Apply one page and its watermark in one transaction: a crash repeats rows and loses none. Return how many records are gone."""
        now = datetime.now(UTC)
        described = [Described(record, *self._describer.describe(record)) for record in changes.rows]
        async with self._writing, self._store.writing() as writer:
            touched = dict(await place(writer, self._tenant, described, now, turn.memory)) if described else {}
            gone = list(changes.deleted)
            noun = self._describer.noun_of(kind)
            if changes.present is not None:
                gone += await not_among(writer, self._tenant, noun, port.connection, changes.present, turn.began)
            if gone:
                touched |= dict.fromkeys(await mark_deleted(writer, self._tenant, noun, port.connection, gone))
            await rebuild(writer, self._tenant, list(touched))
            await self._write_watermark(writer, port.connection, kind.__name__, value=changes.watermark)
            self._related = self._related and not touched
        return len(gone)

    async def _watermark(self, result: FeedResult) -> str | None:
        columns = tables.watermark.c
        wanted = select(columns.value).where(columns.connection == result.connection, columns.feed == result.feed)
        async with self._store.reading() as reader:
            value: str | None = (await reader.execute(wanted)).scalar_one_or_none()
        return value

    async def _note(self, result: FeedResult, **values: Any) -> None:
        async with self._writing, self._store.writing() as writer:
            await self._write_watermark(writer, result.connection, result.feed, **values)

    @staticmethod
    async def _write_watermark(writer: Any, connection: str, feed: str, **values: Any) -> None:
        columns = tables.watermark.c
        here = (columns.connection == connection) & (columns.feed == feed)
        before = (await writer.execute(select(tables.watermark).where(here))).mappings().first()
        merged = {**(before or {"connection": connection, "feed": feed}), **values}
        await writer.execute(delete(tables.watermark).where(here))
        await writer.execute(insert(tables.watermark).values(merged))

    async def health(self) -> dict[str, FeedHealth]:
        """Return per connection how its feeds last went."""
        async with self._store.reading() as reader:
            rows: Sequence[Mapping[str, Any]] = (await reader.execute(select(tables.watermark))).mappings().all()  # type: ignore[assignment] # columns are named by text
        return {
            name: health_of(
                [row for row in rows if row["connection"] == name], [kind.__name__ for kind in self._kinds(name)]
            )
            for name in self._ports
        }

    async def faults(self, correlation_id: str) -> dict[str, Fault]:
        """Return the connections whose feed last failed, or has never come to its end: lists may miss what they have not told."""
        found = {
            name: fault_of(state, self._ports[name], correlation_id, broken=name in self._broken)
            for name, state in (await self.health()).items()
        }
        return {name: fault for name, fault in found.items() if fault is not None}

    async def keep(self, interval: float, patience: float = PATIENCE_SECONDS) -> None:
        """Follow for ever, with `interval` seconds between rounds; an unexpected error ends one round, not the task.

        Each system is followed by itself: one that hangs holds no other up, and one that fails is looked at sooner, so that its recovery is seen without
        anybody asking. In the first round they take turns, because the first that shows a thing gives it its id; who says nothing for `patience` seconds has
        lost its turn.
        """
        first = Turns(self._ports, patience)
        async with asyncio.TaskGroup() as group:
            for name in self._ports:
                group.create_task(self._keep(name, interval, first))

    async def _keep(self, name: str, interval: float, first: Turns) -> None:
        turns, wait = first, interval
        while True:
            wait = next_wait(await self._tried(name, turns), wait, interval)
            await asyncio.sleep(wait)
            turns = Turns([name])

    async def _tried(self, name: str, turns: Turns) -> list[FeedResult]:
        try:
            results = await self._round(name, turns)
        except Exception:
            LOG.exception("a sync round failed", extra={"connection": name})
            self._broken.add(name)
            return [FeedResult(connection=name, role=self._ports[name].role, feed="", failure=FaultCode.UNKNOWN)]
        self._broken.discard(name)
        return results


def next_wait(results: Iterable[FeedResult], last: float, interval: float) -> float:
    """Return the seconds until a system is followed again: `interval`, but after a failure five, ten, twenty ..., never more than `interval`.

    A system that says we call too often is left alone for the whole interval.
    """
    failures = {result.failure for result in results if result.failure is not None}
    if not failures or FaultCode.RATE_LIMITED in failures:
        return interval
    return min(interval, RECHECK_SECONDS if last >= interval else 2 * last)


def _digest(key: bytes) -> Callable[[str], str]:
    return lambda text: blake2b(text.encode(), key=key, digest_size=12).hexdigest()

"""Keeps the card index up to date: reads every system's change feed from its watermark.

A fault of one system does not stop the others.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from hashlib import blake2b
from typing import Any, Final, NamedTuple, TypeVar
from uuid import UUID

import msgspec
from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.canonical.fault import Fault, FaultCode
from gateway.canonical.records.base import Record
from gateway.canonical.roles import SystemRole
from gateway.errors import LeaseLostError, SourceError, StoreUnavailableError
from gateway.identity.cards import resolve_relations, write_cards
from gateway.identity.changes import load_revision
from gateway.identity.crosswalk import DescribedRecord, find_missing, mark_deleted
from gateway.identity.description import CARD_KINDS, Describer
from gateway.identity.feed_health import FeedHealth, build_feed_fault, summarise_feeds
from gateway.identity.ingest_order import PATIENCE_SECONDS, IngestOrder
from gateway.identity.lease import SyncLease
from gateway.identity.linking import KeyCache, link_records
from gateway.identity.reference_data import CodeMappings
from gateway.identity.unreadable_records import (
    OUTCOMES,
    UnreadableEntry,
    drop_unseen,
    identify_reader,
    is_reader_changed,
    load_entries,
    update_entries,
)
from gateway.observability.event import EventObserver, FeedPolled, ignore_event
from gateway.ports.base import Changes, SystemPort
from gateway.ports.unreadable import UnreadableRecord, collect_unreadable
from gateway.store import tables
from gateway.store.database import Store
from gateway.store.retry import repeat_while_unreachable, repeatable

LOG = logging.getLogger(__name__)
RECHECK_SECONDS = 5.0
OUTCOME_SECONDS: Final = 5.0
"""How often a process looks for the outcomes of the one that reads the feeds."""
Result = TypeVar("Result")


class FeedResult(msgspec.Struct, frozen=True, kw_only=True):
    """The outcome of reading one feed: rows and deletions applied, or the fault that stopped it.

    `unreadable` lists the records and values of the feed that cannot be read, those of earlier rounds included.
    """

    connection: str
    role: SystemRole
    feed: str
    rows: int = 0
    deleted: int = 0
    failure: FaultCode | None = None
    unreadable: tuple[UnreadableEntry, ...] = ()


Progress = Callable[[FeedResult], None]


class _FeedRun(NamedTuple):
    """One feed while it is read: when that started, the keys of the links, the reader, and the records lost so far."""

    started_at: datetime
    keys: KeyCache
    reader: str
    lost: Sequence[UnreadableRecord]


class CardSync:
    """Fills and updates the cards of one tenant."""

    def __init__(
        self,
        store: Store,
        tenant: str,
        ports: Mapping[str, SystemPort],
        reference_data: CodeMappings,
        seal_key: bytes,
        observe: EventObserver = ignore_event,
        lease: SyncLease | None = None,
    ) -> None:
        self._store = store
        self._lease = lease or SyncLease(store, tenant, "sync")
        self._tenant = tenant
        self._ports = ports
        self._describer = Describer(reference_data, _build_digest(seal_key))
        self._observe = observe
        self._rounds = {name: asyncio.Lock() for name in ports}
        self._writing = asyncio.Lock()
        self._relations_resolved = False
        self._failed_inside = set[str]()
        self._relations_term: int | None = None

    async def run(self, progress: Progress | None = None, only: Iterable[str] | None = None) -> list[FeedResult]:
        """Read every feed once; return the outcomes in order.

        Rounds of one system do not overlap, in any process: this waits for a command of another process, and takes the
        feeds from a process that serves. An exception other than SourceError is raised after all rounds have ended.
        """
        names = list(self._ports if only is None else only)
        order = IngestOrder(names)
        async with self._lease.hold():
            rounds = await asyncio.gather(
                *(self._run_round(name, order, progress) for name in names), return_exceptions=True
            )
        results: list[FeedResult] = []
        for each in rounds:
            if isinstance(each, BaseException):
                raise each
            results += each
        return results

    async def _run_round(self, name: str, order: IngestOrder, progress: Progress | None = None) -> list[FeedResult]:
        try:
            async with self._rounds[name]:
                port = self._ports[name]
                results = [await self._read_feed(port, kind, order, progress) for kind in self._list_card_kinds(name)]
        finally:
            order.finish(name)
        await self._resolve_relations()
        return results

    async def _resolve_relations(self) -> None:
        """Resolve relations if records were applied since the last time; always once after this process took over."""
        async with self._writing:
            term = self._lease.term
            if not self._relations_resolved or self._relations_term != term:
                await self._write(lambda writer: resolve_relations(writer, self._tenant))
                self._relations_resolved, self._relations_term = True, term

    async def _write(self, work: Callable[[AsyncConnection], Awaitable[Result]]) -> Result:
        """Do work in a transaction that no other writer overlaps; raise LeaseLostError if another process took over."""

        async def write() -> Result:
            async with self._store.begin_exclusive(self._tenant) as writer:
                await self._lease.check(writer)
                return await work(writer)

        return await repeat_while_unreachable(write)

    def _list_card_kinds(self, name: str) -> list[type[Record]]:
        return [kind for kind in self._ports[name].feeds if kind in CARD_KINDS]

    async def _read_feed(
        self, port: SystemPort, kind: type[Record], order: IngestOrder, progress: Progress | None
    ) -> FeedResult:
        name, result = port.connection, FeedResult(connection=port.connection, role=port.role, feed=kind.__name__)
        reader = identify_reader(port, kind)
        try:
            order.start_reading(name)
            watermark = await self._load_watermark(result, reader)
            with collect_unreadable() as lost:
                run = _FeedRun(datetime.now(UTC), KeyCache(self._tenant, name), reader, lost)
                async for changes in port.list_changes(kind, watermark):
                    await order.await_turn(name)
                    gone = await self._apply(port, kind, changes, run)
                    order.start_reading(name)
                    rows, deleted = result.rows + len(changes.rows), result.deleted + gone
                    result = msgspec.structs.replace(result, rows=rows, deleted=deleted)
                    if progress is not None:
                        progress(result)
            result = await self._complete_unreadable(result, run, complete=watermark is None)
        except SourceError as error:
            LOG.warning("feed stopped", extra={"connection": name, "feed": result.feed, "fault": error.code})
            result = msgspec.structs.replace(result, failure=error.code)
            await self._store_outcome(result, failed_at=datetime.now(UTC), failure=error.code.value)
        else:
            await self._store_outcome(result, succeeded_at=datetime.now(UTC), failed_at=None, failure=None)
        self._observe(FeedPolled(connection=name, feed=result.feed, failure=result.failure))
        return result

    async def _apply(self, port: SystemPort, kind: type[Record], changes: Changes[Any], run: _FeedRun) -> int:
        """Apply one page and its watermark in one transaction: a crash repeats rows and loses none.

        Return the number of deletions.
        """
        described = [DescribedRecord(record, *self._describer.describe(record)) for record in changes.rows]

        async def write(writer: AsyncConnection) -> int:
            try:
                return await self._write_page(writer, port.connection, kind, changes, described, run)
            except BaseException:
                run.keys.forget()
                raise

        async with self._writing:
            return await self._write(write)

    async def _write_page(
        self,
        writer: AsyncConnection,
        source: str,
        kind: type[Record],
        changes: Changes[Any],
        described: Sequence[DescribedRecord],
        run: _FeedRun,
    ) -> int:
        now, noun = datetime.now(UTC), self._describer.get_noun(kind)
        card_ids: dict[UUID, None] = {}
        if described:
            revision = (self._lease.term, await load_revision(writer, self._tenant))
            card_ids |= await link_records(writer, self._tenant, described, now, run.keys, revision)
        gone = await self._find_gone(writer, source, kind, changes, run)
        if gone:
            card_ids |= dict.fromkeys(await mark_deleted(writer, self._tenant, noun, source, gone))
        await write_cards(writer, self._tenant, list(card_ids))
        await update_entries(writer, source, kind.__name__, changes, gone, run.lost, run.reader)
        await self._write_watermark(writer, source, kind.__name__, value=changes.watermark)
        self._relations_resolved = self._relations_resolved and not card_ids
        return len(gone)

    async def _find_gone(
        self, writer: AsyncConnection, source: str, kind: type[Record], changes: Changes[Any], run: _FeedRun
    ) -> list[str]:
        """Return the ids of deleted records. A record that could not be read is not deleted."""
        gone = list(changes.deleted)
        if changes.present is not None:
            noun = self._describer.get_noun(kind)
            gone += await find_missing(writer, self._tenant, noun, source, changes.present, run.started_at)
        unreadable = {each.id for each in run.lost}
        return [] if None in unreadable else [each for each in gone if each not in unreadable]

    async def _complete_unreadable(self, result: FeedResult, run: _FeedRun, *, complete: bool) -> FeedResult:
        """Return the outcome with the entries of the feed; after a complete read, only with those that it confirmed."""
        source, feed = result.connection, result.feed
        if complete:
            async with self._writing:
                await self._write(lambda writer: drop_unseen(writer, source, feed, run.started_at))
        return msgspec.structs.replace(result, unreadable=await self._load_unreadable(source, feed))

    @repeatable
    async def _load_unreadable(self, source: str, feed: str) -> tuple[UnreadableEntry, ...]:
        async with self._store.connect() as reader:
            return tuple(await load_entries(reader, source, feed))

    @repeatable
    async def _load_watermark(self, result: FeedResult, reader: str) -> str | None:
        """Return where to resume; None, the start, if another reader could not read everything."""
        columns = tables.watermark.c
        query = select(columns.value).where(columns.connection == result.connection, columns.feed == result.feed)
        async with self._store.connect() as connection:
            if await is_reader_changed(connection, result.connection, result.feed, reader):
                return None
            value: str | None = (await connection.execute(query)).scalar_one_or_none()
        return value

    async def _store_outcome(self, result: FeedResult, **values: Any) -> None:
        async with self._writing:
            await self._write(lambda writer: self._write_watermark(writer, result.connection, result.feed, **values))

    @staticmethod
    async def _write_watermark(writer: Any, connection: str, feed: str, **values: Any) -> None:
        columns = tables.watermark.c
        here = (columns.connection == connection) & (columns.feed == feed)
        before = (await writer.execute(select(tables.watermark).where(here))).mappings().first()
        merged = {**(before or {"connection": connection, "feed": feed}), **values}
        await writer.execute(delete(tables.watermark).where(here))
        await writer.execute(insert(tables.watermark).values(merged))

    async def load_health(self) -> dict[str, FeedHealth]:
        """Return the health of the feeds per connection."""
        rows = await self._load_outcomes()
        return {
            name: summarise_feeds(
                [row for row in rows if row["connection"] == name],
                [kind.__name__ for kind in self._list_card_kinds(name)],
            )
            for name in self._ports
        }

    @repeatable
    async def _load_outcomes(self) -> Sequence[Mapping[str, Any]]:
        async with self._store.connect() as reader:
            return (await reader.execute(OUTCOMES)).mappings().all()  # type: ignore[return-value] # columns have text names

    async def load_faults(self, correlation_id: str) -> dict[str, Fault]:
        """Return the faults of connections whose feeds failed or are incomplete: lists may miss their rows."""
        found = {
            name: build_feed_fault(
                state,
                self._ports[name],
                correlation_id,
                failed_inside=self._lease.is_blocked or name in self._failed_inside,
            )
            for name, state in (await self.load_health()).items()
        }
        return {name: fault for name, fault in found.items() if fault is not None}

    async def keep(self, interval: float, patience: float = PATIENCE_SECONDS) -> None:
        """Read all feeds without end, every `interval` seconds; an unexpected error ends one round, not the task.

        Each system has a task of its own: one that hangs does not delay the others, and one that fails is read again
        sooner. The first round follows the order of the settings, because the first system to supply a record gives it
        its canonical id; a system that does not answer for `patience` seconds loses its place.

        While another process reads the feeds, this one only reports their outcomes, and takes over when the other ends.
        """
        async with asyncio.TaskGroup() as group:
            group.create_task(self._report_outcomes(min(interval, OUTCOME_SECONDS)))
            while True:
                with suppress(LeaseLostError):
                    async with self._lease.hold(background=True):
                        await self._lease.run_while_held(self._keep_systems(interval, patience))

    async def _keep_systems(self, interval: float, patience: float) -> None:
        first = IngestOrder(self._ports, patience)
        async with asyncio.TaskGroup() as group:
            for name in self._ports:
                group.create_task(self._keep_system(name, interval, first))

    async def _report_outcomes(self, interval: float) -> None:
        """Send an event for every outcome that another process has stored, without end."""
        seen: dict[tuple[str, str], tuple[Any, Any]] = {}
        while True:
            await asyncio.sleep(interval)
            if self._lease.token is not None:
                continue
            with suppress(StoreUnavailableError):
                for row in await self._load_outcomes():
                    key, outcome = (row["connection"], row["feed"]), (row["succeeded_at"], row["failed_at"])
                    if key in seen and seen[key] != outcome and key[0] in self._ports:
                        failure = None if row["failed_at"] is None else FaultCode(row["failure"])
                        self._observe(FeedPolled(connection=key[0], feed=key[1], failure=failure))
                    seen[key] = outcome

    async def _keep_system(self, name: str, interval: float, first: IngestOrder) -> None:
        order, wait = first, interval
        while True:
            wait = choose_wait(await self._try_round(name, order), wait, interval)
            await asyncio.sleep(wait)
            order = IngestOrder([name])

    async def _try_round(self, name: str, order: IngestOrder) -> list[FeedResult]:
        try:
            results = await self._run_round(name, order)
        except LeaseLostError:
            raise
        except StoreUnavailableError:
            return self._record_internal_failure(name)  # the store has logged its outage
        except Exception:
            LOG.exception("sync round failed", extra={"connection": name})
            return self._record_internal_failure(name)
        self._failed_inside.discard(name)
        return results

    def _record_internal_failure(self, name: str) -> list[FeedResult]:
        self._failed_inside.add(name)
        return [FeedResult(connection=name, role=self._ports[name].role, feed="", failure=FaultCode.UNKNOWN)]


def choose_wait(results: Iterable[FeedResult], last: float, interval: float) -> float:
    """Return the seconds until the next round: `interval`, but after failures 5, 10, 20 ..., at most `interval`.

    After RATE_LIMITED it is always the whole interval.
    """
    failures = {result.failure for result in results if result.failure is not None}
    if not failures or FaultCode.RATE_LIMITED in failures:
        return interval
    return min(interval, RECHECK_SECONDS if last >= interval else 2 * last)


def _build_digest(key: bytes) -> Callable[[str], str]:
    return lambda text: blake2b(text.encode(), key=key, digest_size=12).hexdigest()

"""Keeps the card index up to date: reads every system's change feed from its watermark.

A fault of one system does not stop the others.
"""

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
from gateway.identity.cards import resolve_relations, write_cards
from gateway.identity.crosswalk import DescribedRecord, find_missing, mark_deleted
from gateway.identity.description import CARD_KINDS, Describer
from gateway.identity.feed_health import FeedHealth, build_feed_fault, summarise_feeds
from gateway.identity.ingest_order import PATIENCE_SECONDS, IngestOrder
from gateway.identity.linking import KeyCache, link_records
from gateway.identity.reference_data import CodeMappings
from gateway.observability.event import EventObserver, FeedPolled, ignore_event
from gateway.ports.base import Changes, SystemPort
from gateway.store import tables
from gateway.store.database import Store

LOG = logging.getLogger(__name__)
RECHECK_SECONDS = 5.0


class FeedResult(msgspec.Struct, frozen=True, kw_only=True):
    """The outcome of reading one feed: rows and deletions applied, or the fault that stopped it."""

    connection: str
    role: SystemRole
    feed: str
    rows: int = 0
    deleted: int = 0
    failure: FaultCode | None = None


Progress = Callable[[FeedResult], None]


class _FeedRun(NamedTuple):
    """One feed while it is read: when that started, and the keys of the links."""

    started_at: datetime
    keys: KeyCache


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
    ) -> None:
        self._store = store
        self._tenant = tenant
        self._ports = ports
        self._describer = Describer(reference_data, _build_digest(seal_key))
        self._observe = observe
        self._rounds = {name: asyncio.Lock() for name in ports}
        self._writing = asyncio.Lock()
        self._relations_resolved = False
        self._failed_inside = set[str]()

    async def run(self, progress: Progress | None = None, only: Iterable[str] | None = None) -> list[FeedResult]:
        """Read every feed once; return the outcomes in order.

        Rounds of one system do not overlap. An exception other than SourceError is raised after all rounds have ended.
        """
        names = list(self._ports if only is None else only)
        order = IngestOrder(names)
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
        """Resolve relations if records were applied since the last time; always once after the start of the process."""
        async with self._writing:
            if not self._relations_resolved:
                async with self._store.begin() as writer:
                    await resolve_relations(writer, self._tenant)
                self._relations_resolved = True

    def _list_card_kinds(self, name: str) -> list[type[Record]]:
        return [kind for kind in self._ports[name].feeds if kind in CARD_KINDS]

    async def _read_feed(
        self, port: SystemPort, kind: type[Record], order: IngestOrder, progress: Progress | None
    ) -> FeedResult:
        name, result = port.connection, FeedResult(connection=port.connection, role=port.role, feed=kind.__name__)
        run = _FeedRun(datetime.now(UTC), KeyCache(self._tenant, name))
        try:
            order.start_reading(name)
            async for changes in port.list_changes(kind, await self._load_watermark(result)):
                await order.await_turn(name)
                gone = await self._apply(port, kind, changes, run)
                order.start_reading(name)
                rows, deleted = result.rows + len(changes.rows), result.deleted + gone
                result = msgspec.structs.replace(result, rows=rows, deleted=deleted)
                if progress is not None:
                    progress(result)
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
        now = datetime.now(UTC)
        described = [DescribedRecord(record, *self._describer.describe(record)) for record in changes.rows]
        async with self._writing, self._store.begin() as writer:
            linked = await link_records(writer, self._tenant, described, now, run.keys) if described else {}
            card_ids = dict(linked)
            gone = list(changes.deleted)
            noun = self._describer.get_noun(kind)
            if changes.present is not None:
                present, started_at = changes.present, run.started_at
                gone += await find_missing(writer, self._tenant, noun, port.connection, present, started_at)
            if gone:
                card_ids |= dict.fromkeys(await mark_deleted(writer, self._tenant, noun, port.connection, gone))
            await write_cards(writer, self._tenant, list(card_ids))
            await self._write_watermark(writer, port.connection, kind.__name__, value=changes.watermark)
            self._relations_resolved = self._relations_resolved and not card_ids
        return len(gone)

    async def _load_watermark(self, result: FeedResult) -> str | None:
        columns = tables.watermark.c
        query = select(columns.value).where(columns.connection == result.connection, columns.feed == result.feed)
        async with self._store.connect() as reader:
            value: str | None = (await reader.execute(query)).scalar_one_or_none()
        return value

    async def _store_outcome(self, result: FeedResult, **values: Any) -> None:
        async with self._writing, self._store.begin() as writer:
            await self._write_watermark(writer, result.connection, result.feed, **values)

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
        async with self._store.connect() as reader:
            rows: Sequence[Mapping[str, Any]] = (await reader.execute(select(tables.watermark))).mappings().all()  # type: ignore[assignment] # columns have text names
        return {
            name: summarise_feeds(
                [row for row in rows if row["connection"] == name],
                [kind.__name__ for kind in self._list_card_kinds(name)],
            )
            for name in self._ports
        }

    async def load_faults(self, correlation_id: str) -> dict[str, Fault]:
        """Return the faults of connections whose feeds failed or are incomplete: lists may miss their rows."""
        found = {
            name: build_feed_fault(state, self._ports[name], correlation_id, failed_inside=name in self._failed_inside)
            for name, state in (await self.load_health()).items()
        }
        return {name: fault for name, fault in found.items() if fault is not None}

    async def keep(self, interval: float, patience: float = PATIENCE_SECONDS) -> None:
        """Read all feeds without end, every `interval` seconds; an unexpected error ends one round, not the task.

        Each system has a task of its own: one that hangs does not delay the others, and one that fails is read again
        sooner. The first round follows the order of the settings, because the first system to supply a record gives it
        its canonical id; a system that does not answer for `patience` seconds loses its place.
        """
        first = IngestOrder(self._ports, patience)
        async with asyncio.TaskGroup() as group:
            for name in self._ports:
                group.create_task(self._keep_system(name, interval, first))

    async def _keep_system(self, name: str, interval: float, first: IngestOrder) -> None:
        order, wait = first, interval
        while True:
            wait = choose_wait(await self._try_round(name, order), wait, interval)
            await asyncio.sleep(wait)
            order = IngestOrder([name])

    async def _try_round(self, name: str, order: IngestOrder) -> list[FeedResult]:
        try:
            results = await self._run_round(name, order)
        except Exception:
            LOG.exception("sync round failed", extra={"connection": name})
            self._failed_inside.add(name)
            return [FeedResult(connection=name, role=self._ports[name].role, feed="", failure=FaultCode.UNKNOWN)]
        self._failed_inside.discard(name)
        return results


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

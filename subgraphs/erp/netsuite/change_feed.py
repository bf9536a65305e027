"""Reads changed records by modification time, measured by the account's own clock.

A run reads ids in the order of (modification time, id), 1,000 per call, and then the records in batches. The position
is the local time as text, so that pages keep their order in the repeated hour at the end of daylight saving time.
A run that finds changes reads the account's clock, and the next run starts at that time less an overlap for
transactions that commit late: rows may repeat but are not lost. A run that finds nothing keeps the watermark and costs
one call. Neither REST nor SuiteQL reports deletions: periodically a run ends with all existing ids.
"""

import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import Any, NamedTuple, TypeVar
from zoneinfo import ZoneInfo

import msgspec

from gateway.canonical.fault import FaultCode
from gateway.canonical.records.base import Record
from gateway.errors import SourceError
from gateway.ports.base import Changes, Read
from gateway.ports.unreadable import report_unreadable
from subgraphs.erp.netsuite import wire
from subgraphs.erp.netsuite.answers import Answer
from subgraphs.erp.netsuite.client import NetSuiteClient
from subgraphs.erp.netsuite.statements import Statement
from subgraphs.erp.netsuite.suiteql import (
    ALL_ROWS,
    Fragment,
    Select,
    cast_instant,
    join_all,
    match_at_least,
    quote_instant,
    quote_number,
    quote_text,
    seek_after,
)
from subgraphs.kit.failures import build_mismatch

_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", re.ASCII)
RecordT = TypeVar("RecordT", bound=Record)
Reader = Callable[[Sequence[str]], Awaitable[Read[RecordT]]]


class Watermark(msgspec.Struct, frozen=True, omit_defaults=True):
    """Where the next read continues: rows modified `since`, after the position (`at`, `id`).

    `next_since` is the `since` of the next run. `full_read_at` is when all ids were last read, by this machine's clock.
    """

    since: datetime | None = None
    at: str | None = None
    id: int | None = None
    next_since: datetime | None = None
    full_read_at: datetime | None = None

    @classmethod
    def parse(cls, stored: str | None) -> "Watermark":
        """Parse a stored watermark; raise SourceError(CONTRACT_MISMATCH) if this adapter did not write it."""
        try:
            return cls() if stored is None else msgspec.json.decode(stored, type=cls)
        except msgspec.MsgspecError as error:
            raise SourceError(FaultCode.CONTRACT_MISMATCH, "the watermark was not written by this adapter") from error

    def __str__(self) -> str:
        return msgspec.json.encode(self).decode()


def build_change_query(statement: Statement[Any], mark: Watermark, zone: ZoneInfo) -> Select:
    """Build the statement of the ids that changed after a watermark, oldest change first."""
    modified, key = statement.modified_column or "", statement.key
    local = cast_instant(modified)
    conditions: list[Fragment | None] = [statement.base_condition]
    conditions.append(
        match_at_least(modified, quote_instant(mark.since, zone)) if mark.since else Fragment(f"{modified} IS NOT NULL")
    )
    if mark.at is not None and mark.id is not None:
        conditions.append(seek_after([(local, quote_text(mark.at)), (key, quote_number(mark.id))]))
    return Select(
        columns={"id": key, "modified": local},
        source=statement.feed_table,
        where=join_all(*conditions),
        order=(local, key),
    )


class FeedStart(NamedTuple):
    """How a run starts: the stored watermark, the account's zone, the overlap, and how often all ids are read."""

    watermark: str | None
    zone: ZoneInfo
    overlap: timedelta
    full_read_interval: timedelta


async def read_changes(
    client: NetSuiteClient, statement: Statement[Any], read: Reader[RecordT], start: FeedStart, batch: int
) -> AsyncIterator[Changes[RecordT]]:
    """Yield the changes after a watermark.

    Costs one call per 1,000 changed ids and, if there are any, one for the clock and those that read the records.
    """
    mark = Watermark.parse(start.watermark)
    began, now = monotonic(), datetime.now(UTC)
    full_read_due = mark.full_read_at is not None and now - mark.full_read_at >= start.full_read_interval
    full_read_at = mark.full_read_at or now
    total: int | None = None
    while True:
        page = await client.fetch_page(wire.ChangeRow, build_change_query(statement, mark, start.zone))
        total = page.total_results if total is None else total
        placed = _report_unplaced(page, statement)
        if page.has_more and not placed:
            raise build_mismatch("a page of changes without a readable time")
        if page.items and mark.next_since is None:
            clock = await client.fetch_server_time() - timedelta(seconds=monotonic() - began)
            mark = msgspec.structs.replace(mark, next_since=clock - start.overlap)
        for first in range(0, len(page.items), batch):
            rows = page.items[first : first + batch]
            records = await read([row.id for row in rows])
            at = next((row for row in reversed(rows) if row in placed), None)
            if at is not None:
                mark = msgspec.structs.replace(mark, at=at.modified, id=int(at.id))
            mark = msgspec.structs.replace(mark, full_read_at=full_read_at)
            last = first + batch >= len(page.items) and not page.has_more
            yield Changes(rows=_order_records(rows, records), watermark=_format_watermark(mark, last=last), total=total)
        if not page.has_more:
            break
    mark = Watermark(since=mark.next_since or mark.since, full_read_at=full_read_at)
    present = await _read_all_ids(client, statement) if full_read_due else None
    if present is not None:
        mark = msgspec.structs.replace(mark, full_read_at=now)
        yield Changes(rows=(), present=present, watermark=str(mark), total=total)
    elif not page.items or full_read_due:
        yield Changes(rows=(), watermark=str(mark), total=total)


def build_id_query(statement: Statement[Any], last: int | None) -> Select:
    """Build the statement of the existing ids above `last`."""
    above = ALL_ROWS if last is None else seek_after([(statement.key, quote_number(last))])
    where = join_all(statement.base_condition, above)
    return Select(columns={"id": statement.key}, source=statement.feed_table, where=where, order=(statement.key,))


def _report_unplaced(page: Answer[wire.ChangeRow], statement: Statement[Any]) -> set[wire.ChangeRow]:
    """Report the rows without a readable id, and return those with a readable time: the feed goes on after these."""
    for each in page.lost:
        report_unreadable(msgspec.structs.replace(each, object=statement.feed_table.split(" ", 1)[0]))
    return {row for row in page.items if _INSTANT.fullmatch(row.modified or "")}


async def _read_all_ids(client: NetSuiteClient, statement: Statement[Any]) -> tuple[str, ...] | None:
    """Return every existing id: one call per 1,000.

    None, after reporting it, if an id cannot be read: its record must not be taken for deleted.
    """
    ids: list[str] = []
    more = True
    while more:
        page = await client.fetch_page(wire.IdRow, build_id_query(statement, int(ids[-1]) if ids else None))
        for each in page.lost:
            report_unreadable(each)
        if page.lost:
            return None
        ids += [row.id for row in page.items]
        more = page.has_more
    return tuple(ids)


def _format_watermark(mark: Watermark, *, last: bool) -> str:
    return str(Watermark(since=mark.next_since, full_read_at=mark.full_read_at) if last else mark)


def _order_records(rows: Sequence[wire.ChangeRow], by_id: Mapping[str, RecordT | SourceError]) -> tuple[RecordT, ...]:
    """Return the records in the order of their change; raise SourceError if one could not be read."""
    records = []
    for row in rows:
        record = by_id.get(row.id)
        if isinstance(record, SourceError):
            raise record
        if record is not None:
            records.append(record)
    return tuple(records)

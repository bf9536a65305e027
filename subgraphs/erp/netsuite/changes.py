"""Following changes by modification time, against the account's own clock.

A run reads ids in the order of (modification time, id), a thousand a call, and then the records in batches. The position is kept in the account's local
text, so the order of the pages is that of the text even in the hour that a zone has twice. The next run starts at the account's clock at the start of this
one, less an overlap for transactions that commit late: rows repeat, none is lost. NetSuite tells no deletions here.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple, TypeVar
from zoneinfo import ZoneInfo

import msgspec

from gateway.canonical.fault import FaultCode
from gateway.canonical.records.base import Record
from gateway.errors import SourceError
from gateway.ports.base import Changes, Read
from subgraphs.erp.netsuite import wire
from subgraphs.erp.netsuite.client import Client
from subgraphs.erp.netsuite.statements import Statement
from subgraphs.erp.netsuite.suiteql import (
    Fragment,
    Select,
    after,
    all_of,
    at_least,
    instant,
    instant_text,
    number,
    text,
)

RecordT = TypeVar("RecordT", bound=Record)
Reader = Callable[[Sequence[str]], Awaitable[Read[RecordT]]]


class Watermark(msgspec.Struct, frozen=True, omit_defaults=True):
    """Where to go on: rows modified `since`, after the position (`at`, `id`); `following` is the `since` of the run after this one."""

    since: datetime | None = None
    at: str | None = None
    id: int | None = None
    following: datetime | None = None

    @classmethod
    def parse(cls, told: str | None) -> "Watermark":
        """Read a stored watermark; raises SourceError(CONTRACT_MISMATCH) for one that this adapter did not write."""
        try:
            return cls() if told is None else msgspec.json.decode(told, type=cls)
        except msgspec.MsgspecError as error:
            raise SourceError(FaultCode.CONTRACT_MISMATCH, "a watermark of another adapter") from error

    def __str__(self) -> str:
        return msgspec.json.encode(self).decode()


def changed(statement: Statement[Any], mark: Watermark, zone: ZoneInfo) -> Select:
    """Return the statement for the ids that changed after a watermark, oldest change first."""
    modified, key = statement.modified or "", statement.key
    local = instant_text(modified)
    conditions: list[Fragment | None] = [statement.always]
    conditions.append(
        at_least(modified, instant(mark.since, zone)) if mark.since else Fragment(f"{modified} IS NOT NULL")
    )
    if mark.at is not None and mark.id is not None:
        conditions.append(after([(local, text(mark.at)), (key, number(mark.id))]))
    return Select(
        columns={"id": key, "modified": local},
        source=statement.table,
        where=all_of(*conditions),
        order=(local, key),
    )


class Start(NamedTuple):
    """Where a run starts: the stored watermark, the account's zone, and how far the run after it goes back."""

    watermark: str | None
    zone: ZoneInfo
    overlap: timedelta


async def follow(
    client: Client, statement: Statement[Any], read: Reader[RecordT], start: Start, batch: int
) -> AsyncIterator[Changes[RecordT]]:
    """Yield the changes after a watermark: one call for the clock, one per 1,000 changed ids, and the reads of the records."""
    mark = Watermark.parse(start.watermark)
    if mark.following is None:
        mark = msgspec.structs.replace(mark, following=await client.server_time() - start.overlap)
    total: int | None = None
    while True:
        page = await client.page(wire.ChangeRow, changed(statement, mark, start.zone))
        total = page.total_results if total is None else total
        for first in range(0, len(page.items), batch):
            rows = page.items[first : first + batch]
            found = await read([row.id for row in rows])
            mark = msgspec.structs.replace(mark, at=rows[-1].modified, id=int(rows[-1].id))
            last = first + batch >= len(page.items) and not page.has_more
            yield Changes(rows=_in_order(rows, found), watermark=_stored(mark, last=last), total=total)
        if not page.has_more:
            if not page.items:
                yield Changes(rows=(), watermark=_stored(mark, last=True), total=total)
            return


def _stored(mark: Watermark, *, last: bool) -> str:
    return str(Watermark(since=mark.following) if last else mark)


def _in_order(rows: Sequence[wire.ChangeRow], found: Mapping[str, RecordT | SourceError]) -> tuple[RecordT, ...]:
    """Return the records in the order of their change; raise the error of one that could not be read."""
    records = []
    for row in rows:
        record = found.get(row.id)
        if isinstance(record, SourceError):
            raise record
        if record is not None:
            records.append(record)
    return tuple(records)

"""Remembers the records and values that change feeds could not read, until they can be read or are gone.

A record is read again when it changes, as its feed reports it then, and once after the adapter or the mapping of its
connection was changed: the feed is then read from its start.
"""

import sys
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Final

import msgspec
from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.canonical.records.base import Record
from gateway.identity.crosswalk import CHUNK
from gateway.ports.base import Changes, SystemPort
from gateway.ports.unreadable import UnreadableRecord
from gateway.store.tables import unreadable_record, watermark

OWN_PACKAGE: Final = "psgw"
_MAX_ID, _MAX_FIELD, _MAX_OBJECT = 255, 255, 128


_COLUMNS: Final = unreadable_record.c
OUTCOMES: Final = (
    select(watermark, *(column for column in _COLUMNS if column.name not in {"connection", "feed"}))
    .outerjoin(
        unreadable_record,
        (_COLUMNS.connection == watermark.c.connection) & (_COLUMNS.feed == watermark.c.feed),
    )
    .order_by(watermark.c.connection, watermark.c.feed, _COLUMNS.external_id, _COLUMNS.field)
)
"""Selects the outcomes of the feeds, once per entry of each."""


class UnreadableEntry(msgspec.Struct, frozen=True, kw_only=True):
    """A record, or one of its fields, that a feed could not read, in the vendor's terms.

    `id` is None if the id itself could not be read, `field` if no single field is the reason. `lost` means that the
    record is missing from the card index; otherwise only the value is.
    """

    connection: str
    feed: str
    object: str
    id: str | None
    field: str | None
    attribute: str | None
    lost: bool

    def describe(self) -> str:
        """Return the object, the id and the field, such as `workspaces 12: due_date`."""
        return f"{self.object} {self.id or '(id unreadable)'}" + (f": {self.field}" if self.field else "")


def identify_reader(port: SystemPort, kind: type[Record]) -> str:
    """Return a digest of what decides whether a record can be read: the adapter's code, and the mapped fields."""
    origins = sorted(f"{name}={origin}" for name, origin in port.lineage.get(kind, {}).items())
    parts = (_digest_adapter(type(port).__module__), port.api_version, *origins)
    return sha256("\n".join(parts).encode()).hexdigest()[:32]


@lru_cache
def _digest_adapter(module: str) -> str:
    """Return a digest of the release of the gateway and of the source files of the folder that holds an adapter."""
    file = getattr(sys.modules.get(module), "__file__", None)
    sources = sorted(Path(file).parent.glob("*.py")) if file else []
    digest = sha256(_find_release().encode())
    for each in sources:
        digest.update(each.read_bytes())
    return digest.hexdigest()


def _find_release() -> str:
    try:
        return version(OWN_PACKAGE)
    except PackageNotFoundError:
        return ""


def build_entries(
    connection: str, feed: str, rows: Sequence[Record], lost: Sequence[UnreadableRecord]
) -> list[UnreadableEntry]:
    """Return the entries of a page: its lost records, and the values of its rows that could not be read."""
    values = [
        UnreadableEntry(
            connection=connection,
            feed=feed,
            object=value.object,
            id=row.native.id,
            field=value.field,
            attribute=value.attribute or None,
            lost=False,
        )
        for row in rows
        for value in row.unreadable
    ]
    records = [
        UnreadableEntry(
            connection=connection,
            feed=feed,
            object=each.object,
            id=each.id,
            field=each.field,
            attribute=None,
            lost=True,
        )
        for each in lost
    ]
    return values + records


async def is_reader_changed(connection: AsyncConnection, source: str, feed: str, reader: str) -> bool:
    """Return whether a feed has entries that another reader has written."""
    columns = unreadable_record.c
    query = select(columns.external_id).where(
        columns.connection == source, columns.feed == feed, columns.reader != reader
    )
    return (await connection.execute(query.limit(1))).first() is not None


async def update_entries(
    connection: AsyncConnection,
    source: str,
    feed: str,
    changes: Changes[Any],
    gone: Sequence[str],
    lost: Sequence[UnreadableRecord],
    reader: str,
) -> None:
    """Remember what a page and the pages before could not read, and forget what was read or deleted."""
    settled = [record.native.id for record in changes.rows] + list(gone)
    if changes.present is not None:
        settled += await _find_absent(connection, source, feed, changes.present, lost)
    entries = build_entries(source, feed, changes.rows, lost)
    await _replace_entries(connection, source, feed, entries, settled, reader)


async def _replace_entries(
    connection: AsyncConnection,
    source: str,
    feed: str,
    entries: Sequence[UnreadableEntry],
    settled: Collection[str],
    reader: str,
) -> None:
    """Replace the entries of the ids in `settled`, which were read or deleted, and of `entries`."""
    at = datetime.now(UTC)
    columns = unreadable_record.c
    ids = [*dict.fromkeys([*settled, *((each.id or "")[:_MAX_ID] for each in entries)])]
    for start in range(0, len(ids), CHUNK):
        chunk = columns.external_id.in_(ids[start : start + CHUNK])
        await connection.execute(
            delete(unreadable_record).where(columns.connection == source, columns.feed == feed, chunk)
        )
    rows = {row_key: row for each in entries for row_key, row in [_build_row(each, reader, at)]}
    if rows:
        await connection.execute(insert(unreadable_record), list(rows.values()))


def _build_row(entry: UnreadableEntry, reader: str, at: datetime) -> tuple[tuple[str, ...], dict[str, Any]]:
    key = {
        "external_id": (entry.id or "")[:_MAX_ID],
        "field": (entry.field or "")[:_MAX_FIELD],
        "attribute": entry.attribute or "",
    }
    row = {
        "connection": entry.connection,
        "feed": entry.feed,
        **key,
        "object": entry.object[:_MAX_OBJECT],
        "lost": int(entry.lost),
        "reader": reader,
        "seen_at": at,
    }
    return tuple(key.values()), row


async def _find_absent(
    connection: AsyncConnection, source: str, feed: str, present: Collection[str], lost: Sequence[UnreadableRecord]
) -> list[str]:
    """Return the ids of a feed's entries whose records no longer exist, given all ids that do and the lost ones."""
    columns = unreadable_record.c
    query = select(columns.external_id).where(columns.connection == source, columns.feed == feed)
    existing = {*present, *(each.id for each in lost), ""}
    return [row[0] for row in await connection.execute(query.distinct()) if row[0] not in existing]


async def drop_unseen(connection: AsyncConnection, source: str, feed: str, before: datetime) -> None:
    """Delete the entries of a feed that a complete read has not confirmed: those records are gone or readable."""
    columns = unreadable_record.c
    await connection.execute(
        delete(unreadable_record).where(columns.connection == source, columns.feed == feed, columns.seen_at < before)
    )


def parse_entries(rows: Sequence[Mapping[str, Any]]) -> Iterator[UnreadableEntry]:
    """Yield the entries of rows that hold the columns of the table."""
    for row in rows:
        if row["external_id"] is not None:
            yield UnreadableEntry(
                connection=row["connection"],
                feed=row["feed"],
                object=row["object"],
                id=row["external_id"] or None,
                field=row["field"] or None,
                attribute=row["attribute"] or None,
                lost=bool(row["lost"]),
            )


async def load_entries(connection: AsyncConnection, source: str, feed: str) -> list[UnreadableEntry]:
    """Return the entries of a feed, in order."""
    columns = unreadable_record.c
    query = select(unreadable_record).where(columns.connection == source, columns.feed == feed)
    rows = await connection.execute(query.order_by(columns.external_id, columns.field))
    return list(parse_entries([dict(row) for row in rows.mappings()]))

"""Reads the changes of workers: by the column of functional changes or, without one, by comparing all workers."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

from gateway.canonical.records.hcm import HcmWorker
from gateway.errors import SourceError
from gateway.ports.base import Changes
from subgraphs.hcm.workday import wql
from subgraphs.hcm.workday.options import WorkdayOptions
from subgraphs.hcm.workday.reads import READ_BATCH, Reader
from subgraphs.hcm.workday.records import NEVER, RecordBuilder
from subgraphs.hcm.workday.wire import WorkerRow
from subgraphs.kit.feed_watermark import Watermark, compute_next_start, parse_watermark
from subgraphs.kit.snapshot_feed import list_snapshot_changes, require_digest


class ChangeFeed:
    """The change feed of one tenant."""

    def __init__(self, reader: Reader, builder: RecordBuilder, options: WorkdayOptions) -> None:
        self._reader = reader
        self._builder = builder
        self._column = builder.mapping.workers.updated
        self._overlap = options.overlap
        self._full_read_interval = options.full_read_interval

    async def read_changes(self, watermark: str | None) -> AsyncIterator[Changes[HcmWorker]]:
        """Yield changed workers, oldest change first; without an updated column all workers as soon as one differs."""
        if self._column is None:
            require_digest(watermark)
            # The digest covers the rows of workers, not their skills, which no card contains.
            rows = (await self._reader.query_workers(None)).rows
            pages = list_snapshot_changes(rows, watermark, self._reader.map_workers, READ_BATCH)
        else:
            pages = self._read_since(self._column, parse_watermark(watermark))
        async for page in pages:
            yield page

    async def _read_since(self, column: str, mark: Watermark | None) -> AsyncIterator[Changes[HcmWorker]]:
        """Yield the workers changed since the mark; the first time and once per full-read interval yield all workers.

        A full read lists the ids that are present, so that removed workers are found.
        """
        now = datetime.now(UTC)
        since = None if mark is None or now - mark.full_read_at >= self._full_read_interval else mark.since
        result = await self._reader.query_workers(
            None if since is None else wql.build_at_least(column, wql.format_instant(since))
        )
        rows = sorted(result.rows, key=lambda row: (self._get_updated(row), row.workday_id))
        last = self._get_updated(rows[-1]) if rows else None
        full_read_at = now if since is None or mark is None else mark.full_read_at
        end = Watermark(compute_next_start(since, result.server_time, last, self._overlap), full_read_at)
        present = tuple(row.workday_id for row in rows) if since is None else None
        for start in range(0, len(rows), READ_BATCH) or (0,):
            chunk = rows[start : start + READ_BATCH]
            workers = tuple(await self._reader.map_workers(chunk))
            if start + READ_BATCH >= len(rows):
                yield Changes(rows=workers, present=present, watermark=str(end), total=len(rows))
            else:
                interim = Watermark(
                    self._get_updated(chunk[-1]) - self._overlap, NEVER if since is None else full_read_at
                )
                yield Changes(rows=workers, watermark=str(interim), total=len(rows))

    def _get_updated(self, row: WorkerRow) -> datetime:
        """Return the time of the last change; NEVER for one that cannot be read, so that the worker is read again."""
        try:
            return self._builder.parse_updated(row) or NEVER
        except SourceError:
            return NEVER

"""Reading workers, their skills and their days away, many at a time."""

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any, Final, NamedTuple

import msgspec

from gateway.canonical.records.hcm import HcmAbsence, HcmWorker
from gateway.canonical.values import DateRange
from gateway.ports.base import Changes
from gateway.ports.projection import needed
from subgraphs.hcm.workday import wql
from subgraphs.hcm.workday.client import Client, convert_row
from subgraphs.hcm.workday.mapping import AbsencesReport, WorkdayMapping
from subgraphs.hcm.workday.options import WorkdayOptions
from subgraphs.hcm.workday.records import NEVER, RecordBuilder, group_by_worker
from subgraphs.hcm.workday.wire import AbsenceRow, SkillRow, WorkerRow
from subgraphs.kit.compared import compared, require_digest
from subgraphs.kit.following import Mark, following, mark_of
from subgraphs.kit.together import in_batches, together

READ_BATCH: Final = 200
"""Ids of one read: their report's address stays below 8,000 characters."""
_ALWAYS_SELECTED: Final = frozenset({"workday_id", "number", "contingent_number", "updated"})
"""Columns that tell who and when."""
_ATTRIBUTE_BY_COLUMN: Final[Mapping[str, str]] = {
    "manager": "manager_id",
    "weekly_hours": "standard_weekly_hours",
    "cost_amount": "cost_rate",
    "cost_currency": "cost_rate",
}
"""By column, the attribute that it is read for where that has another name."""


class _WorkerRows(NamedTuple):
    """Rows of workers, and the service's time when they were read."""

    rows: Sequence[WorkerRow]
    server_time: datetime


class Reader:
    """Reads of one tenant, as it is today in its own zone."""

    def __init__(self, client: Client, builder: RecordBuilder, options: WorkdayOptions) -> None:
        self._client = client
        self._builder = builder
        self._mapping: WorkdayMapping = builder.mapping
        self._overlap = options.overlap
        self._sweep = options.sweep
        self._columns = list_columns(self._mapping)

    async def read_workers(self, ids: Sequence[str]) -> Mapping[str, HcmWorker]:
        """Read workers: one call per 200 ids, and one more for their skills where they are needed and the mapping file names a report."""
        found = await in_batches(self._read_chunk, wql.filter_ids(ids), READ_BATCH)
        return {worker.native.id: worker for worker in found}

    async def _read_chunk(self, ids: Sequence[str]) -> Sequence[HcmWorker]:
        columns = {name: column for name, column in self._columns.items() if _is_needed(name)}
        read = await self._query_workers(wql.build_id_in(ids), columns)
        return await self._map_workers(read.rows, with_skills=needed(HcmWorker, "skills"))

    async def find_by_number(self, number: str) -> Sequence[HcmWorker]:
        """Return the workers with a number: one call, and one more where contingent workers have a column of their own."""
        if any(ord(char) < ord(" ") for char in number):
            return ()
        columns = self._mapping.workers
        named = [column for column in (columns.number, columns.contingent_number) if column is not None]
        found = await together(self._read_rows(wql.build_equals(column, wql.format_text(number))) for column in named)
        rows = {row.workday_id: row for each in found for row in each}
        return await self._map_workers(list(rows.values()))

    async def read_absences(self, ids: Sequence[str], within: DateRange) -> Mapping[str, tuple[HcmAbsence, ...]]:
        """Read the days away of each worker, oldest first: one call per 200 workers; none without a report."""
        report, wanted = self._mapping.absences, wql.filter_ids(ids)
        if report is None:
            return {}
        days = await in_batches(lambda some: self._read_absence_chunk(report, some, within), wanted, READ_BATCH)
        found: dict[str, list[HcmAbsence]] = {}
        for absence in sorted(days, key=lambda absence: absence.day):
            found.setdefault(absence.worker_id, []).append(absence)
        return {worker: tuple(found[worker]) for worker in wanted if worker in found}

    async def _read_absence_chunk(
        self, report: AbsencesReport, ids: Sequence[str], within: DateRange
    ) -> Sequence[HcmAbsence]:
        prompts = (
            (report.workers, "!".join(ids)),
            (report.start, within.start.isoformat()),
            (report.end, within.end.isoformat()),
        )
        names = {name: getattr(report, name) for name in ("worker", "day", "hours", "type", "status")}
        rows = [convert_row(row, names, AbsenceRow) for row in await self._client.run_report(report.report, prompts)]
        days = [self._builder.map_absence(row, report) for row in rows]
        return [absence for absence in days if within.start <= absence.day <= within.end]

    async def read_changes(self, watermark: str | None) -> AsyncIterator[Changes[HcmWorker]]:
        """Yield who changed, longest ago first; by the column of changes, or else everybody when anybody's row is another."""
        if self._mapping.workers.updated is None:
            require_digest(watermark)
            # Skills, which no card holds, do not count as a difference.
            pages = compared((await self._query_workers(None)).rows, watermark, self._map_workers, READ_BATCH)
        else:
            pages = self._read_since(self._mapping.workers.updated, mark_of(watermark))
        async for page in pages:
            yield page

    async def _read_since(self, column: str, mark: Mark | None) -> AsyncIterator[Changes[HcmWorker]]:
        """Yield who changed since the mark; the first time, and when it is due, everybody, so that who is missing is gone."""
        now = datetime.now(UTC)
        since = None if mark is None or now - mark.swept >= self._sweep else mark.since
        read = await self._query_workers(
            None if since is None else wql.build_at_least(column, wql.format_instant(since))
        )
        rows = sorted(read.rows, key=lambda row: (self._get_updated(row), row.workday_id))
        last = self._get_updated(rows[-1]) if rows else None
        end = Mark(
            following(since, read.server_time, last, self._overlap),
            now if since is None or mark is None else mark.swept,
        )
        present = tuple(row.workday_id for row in rows) if since is None else None
        for start in range(0, len(rows), READ_BATCH) or (0,):
            told = rows[start : start + READ_BATCH]
            if start + READ_BATCH >= len(rows):
                yield Changes(
                    rows=tuple(await self._map_workers(told)), present=present, watermark=str(end), total=len(rows)
                )
            else:
                within = Mark(self._get_updated(told[-1]) - self._overlap, NEVER if since is None else end.swept)
                yield Changes(rows=tuple(await self._map_workers(told)), watermark=str(within), total=len(rows))

    def _get_updated(self, row: WorkerRow) -> datetime:
        return self._builder.parse_updated(row) or NEVER

    async def _read_rows(self, where: wql.Fragment) -> Sequence[WorkerRow]:
        return (await self._query_workers(where)).rows

    async def _query_workers(self, where: wql.Fragment | None, columns: Mapping[str, str] | None = None) -> _WorkerRows:
        named = self._columns if columns is None else columns
        select = wql.Select(
            columns=tuple(dict.fromkeys(named.values())),
            source=self._mapping.source,
            as_of=self._get_today(),
            filter=self._mapping.filter,
            where=where,
        )
        told = await self._client.run_query(select)
        return _WorkerRows([convert_row(row, named, WorkerRow) for row in told.rows], told.server_time)

    async def _map_workers(self, rows: Sequence[WorkerRow], *, with_skills: bool = True) -> Sequence[HcmWorker]:
        skills = group_by_worker(await self._read_skills([row.workday_id for row in rows]) if with_skills else ())
        return [self._builder.map_worker(row, skills.get(row.workday_id, ())) for row in rows]

    async def _read_skills(self, ids: Sequence[str]) -> Sequence[SkillRow]:
        report = self._mapping.skills
        if report is None or not ids:
            return ()
        names = {"worker": report.worker, "code": report.code, "name": report.name, "level": report.level}
        if report.category is not None:
            names["category"] = report.category
        rows: Sequence[Mapping[str, Any]] = await self._client.run_report(
            report.report, ((report.workers, "!".join(ids)),)
        )
        return [convert_row(row, names, SkillRow) for row in rows]

    def _get_today(self) -> date:
        """Future-dated changes are in the tenant already: every statement is fixed to its day."""
        return datetime.now(self._builder.zone).date()


def _is_needed(name: str) -> bool:
    """Tell whether a column of workers is read for what the request needs of a worker."""
    return name in _ALWAYS_SELECTED or needed(HcmWorker, _ATTRIBUTE_BY_COLUMN.get(name, name))


def list_columns(mapping: WorkdayMapping) -> Mapping[str, str]:
    """Return the columns of workers that are read, under the names of the wire struct."""
    given = msgspec.structs.asdict(mapping.workers)
    named = {name: column for name, column in given.items() if column is not None}
    return {"workday_id": wql.ID, **named}

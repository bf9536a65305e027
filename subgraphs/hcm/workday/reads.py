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
from subgraphs.hcm.workday.client import Client, typed
from subgraphs.hcm.workday.mapping import AbsencesReport, WorkdayMapping
from subgraphs.hcm.workday.options import WorkdayOptions
from subgraphs.hcm.workday.records import NEVER, RecordBuilder, by_worker
from subgraphs.hcm.workday.wire import AbsenceRow, SkillRow, WorkerRow
from subgraphs.kit.compared import compared, require_digest
from subgraphs.kit.following import Mark, following, mark_of
from subgraphs.kit.together import in_batches, together

READ_BATCH: Final = 200
"""Ids of one read: their report's address stays below 8,000 characters."""
_ALWAYS: Final = frozenset({"workday_id", "number", "contingent_number", "updated"})
"""Columns that tell who and when."""
_ATTRIBUTES: Final[Mapping[str, str]] = {
    "manager": "manager_id",
    "weekly_hours": "standard_weekly_hours",
    "cost_amount": "cost_rate",
    "cost_currency": "cost_rate",
}
"""By column, the attribute that it is read for where that has another name."""


class _Workers(NamedTuple):
    """Rows of workers, and the service's time when they were read."""

    rows: Sequence[WorkerRow]
    at: datetime


class Reads:
    """Reads of one tenant, as it is today in its own zone."""

    def __init__(self, client: Client, builder: RecordBuilder, options: WorkdayOptions) -> None:
        self._client = client
        self._builder = builder
        self._mapping: WorkdayMapping = builder.mapping
        self._overlap = options.overlap
        self._sweep = options.sweep
        self._columns = named_columns(self._mapping)

    async def workers(self, ids: Sequence[str]) -> Mapping[str, HcmWorker]:
        """Read workers: one call per 200 ids, and one more for their skills where they are needed and the mapping file names a report."""
        found = await in_batches(self._chunk, wql.only_ids(ids), READ_BATCH)
        return {worker.native.id: worker for worker in found}

    async def _chunk(self, ids: Sequence[str]) -> Sequence[HcmWorker]:
        columns = {name: column for name, column in self._columns.items() if _is_needed(name)}
        read = await self._read(wql.one_of_ids(ids), columns)
        return await self._built(read.rows, skilled=needed(HcmWorker, "skills"))

    async def by_number(self, number: str) -> Sequence[HcmWorker]:
        """Return the workers with a number: one call, and one more where contingent workers have a column of their own."""
        if any(ord(char) < ord(" ") for char in number):
            return ()
        columns = self._mapping.workers
        named = [column for column in (columns.number, columns.contingent_number) if column is not None]
        found = await together(self._rows(wql.equals(column, wql.text(number))) for column in named)
        rows = {row.workday_id: row for each in found for row in each}
        return await self._built(list(rows.values()))

    async def absences(self, ids: Sequence[str], within: DateRange) -> Mapping[str, tuple[HcmAbsence, ...]]:
        """Read the days away of each worker, oldest first: one call per 200 workers; none without a report."""
        report, wanted = self._mapping.absences, wql.only_ids(ids)
        if report is None:
            return {}
        days = await in_batches(lambda some: self._absent(report, some, within), wanted, READ_BATCH)
        found: dict[str, list[HcmAbsence]] = {}
        for absence in sorted(days, key=lambda absence: absence.day):
            found.setdefault(absence.worker_id, []).append(absence)
        return {worker: tuple(found[worker]) for worker in wanted if worker in found}

    async def _absent(self, report: AbsencesReport, ids: Sequence[str], within: DateRange) -> Sequence[HcmAbsence]:
        prompts = (
            (report.workers, "!".join(ids)),
            (report.start, within.start.isoformat()),
            (report.end, within.end.isoformat()),
        )
        names = {name: getattr(report, name) for name in ("worker", "day", "hours", "type", "status")}
        rows = [typed(row, names, AbsenceRow) for row in await self._client.report(report.report, prompts)]
        days = [self._builder.absence(row, report) for row in rows]
        return [absence for absence in days if within.start <= absence.day <= within.end]

    async def changed(self, watermark: str | None) -> AsyncIterator[Changes[HcmWorker]]:
        """Yield who changed, longest ago first; by the column of changes, or else everybody when anybody's row is another."""
        if self._mapping.workers.updated is None:
            require_digest(watermark)
            # Skills, which no card holds, do not count as a difference.
            pages = compared((await self._read(None)).rows, watermark, self._built, READ_BATCH)
        else:
            pages = self._stamped(self._mapping.workers.updated, mark_of(watermark))
        async for page in pages:
            yield page

    async def _stamped(self, column: str, mark: Mark | None) -> AsyncIterator[Changes[HcmWorker]]:
        """Yield who changed since the mark; the first time, and when it is due, everybody, so that who is missing is gone."""
        now = datetime.now(UTC)
        since = None if mark is None or now - mark.swept >= self._sweep else mark.since
        read = await self._read(None if since is None else wql.at_least(column, wql.instant(since)))
        rows = sorted(read.rows, key=lambda row: (self._stamp(row), row.workday_id))
        last = self._stamp(rows[-1]) if rows else None
        end = Mark(following(since, read.at, last, self._overlap), now if since is None or mark is None else mark.swept)
        present = tuple(row.workday_id for row in rows) if since is None else None
        for start in range(0, len(rows), READ_BATCH) or (0,):
            told = rows[start : start + READ_BATCH]
            if start + READ_BATCH >= len(rows):
                yield Changes(rows=tuple(await self._built(told)), present=present, watermark=str(end), total=len(rows))
            else:
                within = Mark(self._stamp(told[-1]) - self._overlap, NEVER if since is None else end.swept)
                yield Changes(rows=tuple(await self._built(told)), watermark=str(within), total=len(rows))

    def _stamp(self, row: WorkerRow) -> datetime:
        return self._builder.updated(row) or NEVER

    async def _rows(self, where: wql.Fragment) -> Sequence[WorkerRow]:
        return (await self._read(where)).rows

    async def _read(self, where: wql.Fragment | None, columns: Mapping[str, str] | None = None) -> _Workers:
        named = self._columns if columns is None else columns
        select = wql.Select(
            columns=tuple(dict.fromkeys(named.values())),
            source=self._mapping.source,
            as_of=self._today(),
            filter=self._mapping.filter,
            where=where,
        )
        told = await self._client.rows(select)
        return _Workers([typed(row, named, WorkerRow) for row in told.rows], told.at)

    async def _built(self, rows: Sequence[WorkerRow], *, skilled: bool = True) -> Sequence[HcmWorker]:
        skills = by_worker(await self._skills([row.workday_id for row in rows]) if skilled else ())
        return [self._builder.worker(row, skills.get(row.workday_id, ())) for row in rows]

    async def _skills(self, ids: Sequence[str]) -> Sequence[SkillRow]:
        report = self._mapping.skills
        if report is None or not ids:
            return ()
        names = {"worker": report.worker, "code": report.code, "name": report.name, "level": report.level}
        if report.category is not None:
            names["category"] = report.category
        rows: Sequence[Mapping[str, Any]] = await self._client.report(report.report, ((report.workers, "!".join(ids)),))
        return [typed(row, names, SkillRow) for row in rows]

    def _today(self) -> date:
        """Future-dated changes are in the tenant already: every statement is fixed to its day."""
        return datetime.now(self._builder.zone).date()


def _is_needed(name: str) -> bool:
    """Tell whether a column of workers is read for what the request needs of a worker."""
    return name in _ALWAYS or needed(HcmWorker, _ATTRIBUTES.get(name, name))


def named_columns(mapping: WorkdayMapping) -> Mapping[str, str]:
    """Return the columns of workers that are read, under the names of the wire struct."""
    given = msgspec.structs.asdict(mapping.workers)
    named = {name: column for name, column in given.items() if column is not None}
    return {"workday_id": wql.ID, **named}

"""Reads workers, their skills and their absences, many workers per call."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Final, NamedTuple

import msgspec

from gateway.canonical.records.hcm import HcmAbsence, HcmWorker
from gateway.canonical.values import DateRange
from gateway.ports.lineage import Lineage
from gateway.ports.projection import is_needed
from gateway.ports.unreadable import collect_unreadable
from subgraphs.hcm.workday import wql
from subgraphs.hcm.workday.client import Client, convert_rows
from subgraphs.hcm.workday.mapping import AbsencesReport, WorkdayMapping
from subgraphs.hcm.workday.records import SKILL, TIME_OFF, WORKER, RecordBuilder, group_by_worker
from subgraphs.hcm.workday.wire import AbsenceRow, SkillRow, WorkerRow
from subgraphs.kit.concurrent_calls import gather_all, read_in_batches
from subgraphs.kit.record_mapping import RecordMapper

READ_BATCH: Final = 200
"""Ids per read: the URI of a report stays below 8,000 characters."""
_ALWAYS_SELECTED: Final = frozenset({"workday_id", "number", "contingent_number", "updated"})
"""Columns that identify a worker and the time of the last change."""
_ATTRIBUTE_BY_COLUMN: Final[Mapping[str, str]] = {
    "manager": "manager_id",
    "weekly_hours": "standard_weekly_hours",
    "cost_amount": "cost_rate",
    "cost_currency": "cost_rate",
}
"""The record attribute that needs a column, if its name differs."""


class WorkerRows(NamedTuple):
    """Rows of workers, and the service's time when they were read."""

    rows: Sequence[WorkerRow]
    server_time: datetime


class Reader:
    """Reads from one tenant, effective as of today in the tenant's time zone."""

    def __init__(self, client: Client, builder: RecordBuilder, lineage: Lineage) -> None:
        self._client = client
        self._workers = RecordMapper(HcmWorker, WORKER, lineage[HcmWorker])
        self._absences = RecordMapper(HcmAbsence, TIME_OFF, lineage[HcmAbsence])
        self._builder = builder
        self._mapping: WorkdayMapping = builder.mapping
        self._columns = list_columns(self._mapping)

    async def read_workers(self, ids: Sequence[str]) -> Mapping[str, HcmWorker]:
        """Return workers by id: one call per 200 ids, and one more if skills are needed and reported."""
        workers = await read_in_batches(self._read_chunk, wql.filter_ids(ids), READ_BATCH)
        return {worker.native.id: worker for worker in workers}

    async def find_by_number(self, number: str) -> Sequence[HcmWorker]:
        """Return the workers with a number: one call, two if contingent workers have a number column of their own."""
        if any(ord(char) < ord(" ") for char in number):
            return ()
        columns = self._mapping.workers
        mapped = [column for column in (columns.number, columns.contingent_number) if column is not None]
        results = await gather_all(
            self.query_workers(wql.build_equals(column, wql.format_text(number))) for column in mapped
        )
        rows = {row.workday_id: row for result in results for row in result.rows}
        return await self.map_workers(list(rows.values()))

    async def read_absences(self, ids: Sequence[str], within: DateRange) -> Mapping[str, tuple[HcmAbsence, ...]]:
        """Return the absences of each worker, oldest first: one call per 200 workers; none without a report."""
        report, valid_ids = self._mapping.absences, wql.filter_ids(ids)
        if report is None:
            return {}
        absences = await read_in_batches(
            lambda chunk: self._read_absence_chunk(report, chunk, within), valid_ids, READ_BATCH
        )
        by_worker: dict[str, list[HcmAbsence]] = {}
        for absence in sorted(absences, key=lambda absence: absence.day):
            by_worker.setdefault(absence.worker_id, []).append(absence)
        return {worker: tuple(by_worker[worker]) for worker in valid_ids if worker in by_worker}

    async def query_workers(self, where: wql.Fragment | None, columns: Mapping[str, str] | None = None) -> WorkerRows:
        """Return the rows of workers that meet a condition (None: all workers), by default with all mapped columns."""
        selected = self._columns if columns is None else columns
        select = wql.Select(
            columns=tuple(dict.fromkeys(selected.values())),
            source=self._mapping.source,
            as_of=self._get_today(),
            filter=self._mapping.filter,
            where=where,
        )
        result = await self._client.run_query(select)
        return WorkerRows(convert_rows(result.rows, selected, WorkerRow, WORKER), result.server_time)

    async def map_workers(self, rows: Sequence[WorkerRow], *, with_skills: bool = True) -> Sequence[HcmWorker]:
        """Return the workers of rows; skills cost one call."""
        with collect_unreadable() as lost:
            skills = group_by_worker(await self._read_skills([row.workday_id for row in rows]) if with_skills else ())
        return self._workers.map_rows(
            rows, lambda row: self._builder.map_worker(row, skills.get(row.workday_id, ()), lost)
        )

    async def _read_chunk(self, ids: Sequence[str]) -> Sequence[HcmWorker]:
        columns = {name: column for name, column in self._columns.items() if _is_needed(name)}
        result = await self.query_workers(wql.build_id_in(ids), columns)
        return await self.map_workers(result.rows, with_skills=is_needed(HcmWorker, "skills"))

    async def _read_absence_chunk(
        self, report: AbsencesReport, ids: Sequence[str], within: DateRange
    ) -> Sequence[HcmAbsence]:
        prompts = (
            (report.workers, "!".join(ids)),
            (report.start, within.start.isoformat()),
            (report.end, within.end.isoformat()),
        )
        columns = {name: getattr(report, name) for name in ("worker", "day", "hours", "type", "status")}
        entries = await self._client.run_report(report.report, prompts)
        rows = convert_rows(entries, columns, AbsenceRow, TIME_OFF)
        absences = self._absences.map_rows(rows, lambda row: self._builder.map_absence(row, report))
        return [absence for absence in absences if within.start <= absence.day <= within.end]

    async def _read_skills(self, ids: Sequence[str]) -> Sequence[SkillRow]:
        report = self._mapping.skills
        if report is None or not ids:
            return ()
        columns = {"worker": report.worker, "code": report.code, "name": report.name, "level": report.level}
        if report.category is not None:
            columns["category"] = report.category
        if report.certified_until is not None:
            columns["certified_until"] = report.certified_until
        rows = await self._client.run_report(report.report, ((report.workers, "!".join(ids)),))
        return convert_rows(rows, columns, SkillRow, SKILL)

    def _get_today(self) -> date:
        """Return the effective date of every statement, as the tenant already holds future-dated changes."""
        return datetime.now(self._builder.zone).date()


def list_columns(mapping: WorkdayMapping) -> Mapping[str, str]:
    """Return the mapped columns of workers by the attribute of `WorkerRow`."""
    columns = msgspec.structs.asdict(mapping.workers)
    mapped = {name: column for name, column in columns.items() if column is not None}
    return {"workday_id": wql.ID, **mapped}


def _is_needed(name: str) -> bool:
    """Return whether the request needs a column of workers."""
    return name in _ALWAYS_SELECTED or is_needed(HcmWorker, _ATTRIBUTE_BY_COLUMN.get(name, name))

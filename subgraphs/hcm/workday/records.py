"""Builds records from rows: pure. Codes stay Workday's descriptors."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from gateway.canonical.native import NativeId
from gateway.canonical.records.hcm import HcmAbsence, HcmSkill, HcmWorker
from gateway.canonical.values import Money
from subgraphs.hcm.workday.mapping import AbsencesReport, WorkdayMapping
from subgraphs.hcm.workday.wire import AbsenceRow, SkillRow, WorkerRow
from subgraphs.kit.dates import day, day_in, instant

WORKER, TIME_OFF = "worker", "timeOffEntry"
NEVER = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class RecordBuilder:
    """Builds the records of one connection. `zone` is the tenant's, for instants without an offset."""

    connection: str
    mapping: WorkdayMapping
    zone: ZoneInfo

    def worker(self, row: WorkerRow, skills: Sequence[SkillRow]) -> HcmWorker:
        """Build a worker."""
        currency = _word(row.cost_currency)
        column, number = self.number(row)
        cost = None if row.cost_amount is None or not currency else Money(row.cost_amount, currency)
        return HcmWorker(
            native=NativeId(self.connection, WORKER, row.workday_id),
            modified_at=self.updated(row),
            display_number=number,
            references=((column, number),) if number else (),
            worker_number=number,
            name=row.name,
            email=row.email,
            type=_word(row.type),
            employment_status=_word(row.employment_status),
            job_title=row.job_title,
            job_level=_word(row.job_level),
            practice=_word(row.practice),
            manager_id=row.manager.id if row.manager else None,
            legal_entity=_word(row.legal_entity),
            cost_center=_word(row.cost_center),
            location=_word(row.location),
            time_zone=_word(row.time_zone),
            hire_date=day_in(row.hire_date),
            termination_date=_ended(row),
            standard_weekly_hours=row.weekly_hours,
            cost_rate=cost,
            skills=None if self.mapping.skills is None else tuple(_skill(skill) for skill in skills),
        )

    def number(self, row: WorkerRow) -> tuple[str, str | None]:
        """Return the column that numbers a worker, and the number: contingent workers have one of their own."""
        columns = self.mapping.workers
        if row.number is None and row.contingent_number is not None and columns.contingent_number is not None:
            return columns.contingent_number, row.contingent_number
        return columns.number, row.number

    def updated(self, row: WorkerRow) -> datetime | None:
        """Return when a worker was last changed, where the mapping file names a column for it."""
        return None if row.updated is None else instant(row.updated, self.zone)

    def absence(self, row: AbsenceRow, report: AbsencesReport) -> HcmAbsence:
        """Build one day away. Reports give no id of an entry: worker, day and type make it."""
        return HcmAbsence(
            native=NativeId(self.connection, TIME_OFF, f"{row.worker}:{row.day}:{row.type}"),
            worker_id=row.worker,
            day=day(row.day),
            hours=row.hours,
            holiday=row.type in report.holidays,
            approved=row.status in report.approved,
        )


def by_worker(rows: Iterable[SkillRow]) -> Mapping[str, list[SkillRow]]:
    """Return skills by worker, in the order of their codes."""
    found: dict[str, list[SkillRow]] = {}
    for row in sorted(rows, key=lambda row: row.code):
        found.setdefault(row.worker, []).append(row)
    return found


def _ended(row: WorkerRow) -> date | None:
    """Return the last day of the employment; who left before the day of hire left an earlier one, and was hired again."""
    hired, left = day_in(row.hire_date), day_in(row.termination_date)
    return None if hired is not None and left is not None and left < hired else left


def _skill(row: SkillRow) -> HcmSkill:
    return HcmSkill(code=row.code, name=row.name, level=row.level, category=row.category)


def _word(value: object) -> str | None:
    text = value if isinstance(value, str) or value is None else getattr(value, "descriptor", None)
    return text or None

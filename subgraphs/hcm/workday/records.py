"""Maps rows to HCM records. Pure. Raw codes are Workday's descriptors."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from gateway.canonical.native import NativeId
from gateway.canonical.records.hcm import HcmAbsence, HcmSkill, HcmWorker
from gateway.canonical.values import Money
from gateway.ports.unreadable import UnreadableRecord
from subgraphs.hcm.workday.mapping import AbsencesReport, WorkdayMapping
from subgraphs.hcm.workday.wire import AbsenceRow, Amount, SkillRow, WorkerRow
from subgraphs.kit.dates import parse_day, parse_instant, parse_leading_day
from subgraphs.kit.failures import UnreadableValueError
from subgraphs.kit.money import build_money
from subgraphs.kit.record_mapping import note_unreadable, parse_value

WORKER, TIME_OFF, SKILL = "worker", "timeOffEntry", "workerSkill"
NEVER = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class RecordBuilder:
    """Builds the records of one connection; `zone` is the tenant's time zone, for instants without an offset."""

    connection: str
    mapping: WorkdayMapping
    zone: ZoneInfo

    def map_worker(
        self, row: WorkerRow, skills: Sequence[SkillRow], lost_skills: Sequence[UnreadableRecord] = ()
    ) -> HcmWorker:
        """Map a worker with its skills; `lost_skills` are those of any worker that could not be read."""
        column, number = self.resolve_number(row)
        _note_lost_skills(row, skills, lost_skills)
        return HcmWorker(
            native=NativeId(self.connection, WORKER, row.workday_id),
            modified_at=self.parse_updated(row),
            display_number=number,
            references=((column, number),) if number else (),
            worker_number=number,
            name=row.name,
            email=row.email,
            type=_get_text(row.type),
            employment_status=_get_text(row.employment_status),
            job_title=row.job_title,
            job_level=_get_text(row.job_level),
            practice=_get_text(row.practice),
            manager_id=row.manager.id if row.manager else None,
            legal_entity=_get_text(row.legal_entity),
            cost_center=_get_text(row.cost_center),
            location=_get_text(row.location),
            time_zone=_get_text(row.time_zone),
            hire_date=parse_leading_day(row.hire_date),
            termination_date=_resolve_termination_date(row),
            standard_weekly_hours=row.weekly_hours,
            cost_rate=self._parse_cost(row),
            skills=None if self.mapping.skills is None else tuple(_map_skill(skill) for skill in skills),
        )

    def _parse_cost(self, row: WorkerRow) -> Money | None:
        def parse(amount: Any) -> Money:
            return _build_cost(amount, _get_text(row.cost_currency))

        return parse_value(parse, row.cost_amount, "cost_rate", WORKER, self.mapping.workers.cost_amount)

    def resolve_number(self, row: WorkerRow) -> tuple[str, str | None]:
        """Return the number column of a worker and the number; contingent workers have a column of their own."""
        columns = self.mapping.workers
        if row.number is None and row.contingent_number is not None and columns.contingent_number is not None:
            return columns.contingent_number, row.contingent_number
        return columns.number, row.number

    def parse_updated(self, row: WorkerRow) -> datetime | None:
        """Return the time of the last functional change, or None without a mapped column."""
        return None if row.updated is None else parse_instant(row.updated, self.zone)

    def map_absence(self, row: AbsenceRow, report: AbsencesReport) -> HcmAbsence:
        """Map one day of absence. Its id is worker, day and type, as reports have no id of an entry."""
        return HcmAbsence(
            native=NativeId(self.connection, TIME_OFF, f"{row.worker}:{row.day}:{row.type}"),
            worker_id=row.worker,
            day=parse_day(row.day),
            hours=row.hours,
            holiday=row.type in report.holidays,
            approved=row.status in report.approved,
        )


def group_by_worker(rows: Iterable[SkillRow]) -> Mapping[str, list[SkillRow]]:
    """Return skills by worker, ordered by code."""
    skills: dict[str, list[SkillRow]] = {}
    for row in sorted(rows, key=lambda row: row.code):
        skills.setdefault(row.worker, []).append(row)
    return skills


def _resolve_termination_date(row: WorkerRow) -> date | None:
    """Return the last day of the current employment; a date before the hire date belongs to an earlier employment."""
    hire_date, termination_date = parse_leading_day(row.hire_date), parse_leading_day(row.termination_date)
    if hire_date is not None and termination_date is not None and termination_date < hire_date:
        return None
    return termination_date


def _map_skill(row: SkillRow) -> HcmSkill:
    return HcmSkill(
        code=row.code,
        name=row.name,
        level=row.level,
        category=row.category,
        certified_until=parse_leading_day(row.certified_until),
    )


def _note_lost_skills(row: WorkerRow, skills: Sequence[SkillRow], lost: Sequence[UnreadableRecord]) -> None:
    """Mark the skills of a worker as unreadable if one of them, or of an unknown worker, could not be read."""
    for each in lost:
        if each.is_below("worker_id", row.workday_id):
            note_unreadable("skills", SKILL, each.field or "")
    for skill in skills:
        for name in skill.unread:
            note_unreadable("skills", SKILL, skill.fields.get(name, name))


def _build_cost(amount: Amount | Decimal, currency: str | None) -> Money:
    """Return a rate in the currency of its currency column, else in the mapped one; a number alone is no rate."""
    if isinstance(amount, Amount):
        return build_money(amount.value, amount.currency)
    if currency is None:
        raise UnreadableValueError("an amount with a currency", amount)
    return build_money(amount, currency)


def _get_text(value: object) -> str | None:
    text = value if isinstance(value, str) or value is None else getattr(value, "descriptor", None)
    return text or None

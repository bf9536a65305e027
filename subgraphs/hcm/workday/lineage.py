"""Where each attribute of each record comes from in this tenant, or why there is none."""

from collections.abc import Mapping

from gateway.canonical.records.hcm import HcmAbsence, HcmWorker
from gateway.ports.lineage import Absent, Lineage, Origin, Supplied
from subgraphs.hcm.workday.mapping import WorkdayMapping
from subgraphs.kit.lineage import build_absent_origins

_UNNAMED = Absent("The connection's mapping file names no column of the tenant for it.")
_NO_SKILLS = Absent("The connection's mapping file names no report of skills.")
_NO_ABSENCES = "The connection's mapping file names no report of absences."


def lineage_of(mapping: WorkdayMapping) -> Lineage:
    """Return the lineage of every record class, as the mapping file makes it."""
    return {HcmWorker: _worker(mapping), HcmAbsence: _absence(mapping)}


def _worker(mapping: WorkdayMapping) -> Mapping[str, Origin]:
    columns, source = mapping.workers, mapping.source

    def named(column: str | None, transformation: str | None = None) -> Origin:
        return _UNNAMED if column is None else Supplied(source, column, transformation)

    rate = columns.cost_amount if columns.cost_currency else None
    skills = mapping.skills
    return {
        "worker_number": named(
            columns.number,
            None if columns.contingent_number is None else f"or {columns.contingent_number} of contingent workers",
        ),
        "name": named(columns.name),
        "email": named(columns.email),
        "type": named(columns.type, "the descriptor"),
        "employment_status": named(columns.employment_status, "the descriptor"),
        "job_title": named(columns.job_title),
        "job_level": named(columns.job_level, "the descriptor"),
        "practice": named(columns.practice, "the descriptor"),
        "manager_id": named(columns.manager, "the Workday id"),
        "legal_entity": named(columns.legal_entity, "the descriptor"),
        "cost_center": named(columns.cost_center, "the descriptor"),
        "location": named(columns.location, "the descriptor"),
        "time_zone": named(columns.time_zone, "the descriptor"),
        "hire_date": named(columns.hire_date),
        "termination_date": named(columns.termination_date, "none where it is before the day of hire"),
        "standard_weekly_hours": named(columns.weekly_hours),
        "cost_rate": named(rate, "per hour, in the currency of its own column"),
        "skills": _NO_SKILLS if skills is None else Supplied(skills.report, skills.code, "one row per skill"),
    }


def _absence(mapping: WorkdayMapping) -> Mapping[str, Origin]:
    report = mapping.absences
    if report is None:
        return build_absent_origins(HcmAbsence, _NO_ABSENCES)
    return {
        "worker_id": Supplied(report.report, report.worker),
        "day": Supplied(report.report, report.day),
        "hours": Supplied(report.report, report.hours),
        "holiday": Supplied(report.report, report.type, "true for the types that the mapping file lists"),
        "approved": Supplied(report.report, report.status, "true for the statuses that the mapping file lists"),
    }

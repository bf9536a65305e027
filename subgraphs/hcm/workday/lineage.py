"""The source column of each record attribute in a tenant, or why it is unsupported."""

from collections.abc import Mapping

from gateway.canonical.records.hcm import HcmAbsence, HcmWorker
from gateway.ports.lineage import Lineage, Origin, Supplied, Unsupported
from subgraphs.hcm.workday.mapping import WorkdayMapping
from subgraphs.kit.lineage import build_absent_origins

_UNMAPPED = Unsupported("The connection's mapping file maps no column to this attribute.")
_NO_SKILLS = Unsupported("The connection's mapping file names no skills report.")
_NO_ABSENCES = "The connection's mapping file names no absences report."


def build_lineage(mapping: WorkdayMapping) -> Lineage:
    """Return the lineage of every record class for a mapping file."""
    return {HcmWorker: _build_worker_lineage(mapping), HcmAbsence: _build_absence_lineage(mapping)}


def _build_worker_lineage(mapping: WorkdayMapping) -> Mapping[str, Origin]:
    columns, source = mapping.workers, mapping.source

    def build_origin(column: str | None, transformation: str | None = None) -> Origin:
        return _UNMAPPED if column is None else Supplied(source, column, transformation)

    skills = mapping.skills
    return {
        "worker_number": build_origin(
            columns.number,
            None if columns.contingent_number is None else f"or {columns.contingent_number} for contingent workers",
        ),
        "name": build_origin(columns.name),
        "email": build_origin(columns.email),
        "type": build_origin(columns.type, "the descriptor"),
        "employment_status": build_origin(columns.employment_status, "the descriptor"),
        "job_title": build_origin(columns.job_title),
        "job_level": build_origin(columns.job_level, "the descriptor"),
        "practice": build_origin(columns.practice, "the descriptor"),
        "manager_id": build_origin(columns.manager, "the Workday id"),
        "legal_entity": build_origin(columns.legal_entity, "the descriptor"),
        "cost_center": build_origin(columns.cost_center, "the descriptor"),
        "location": build_origin(columns.location, "the descriptor"),
        "time_zone": build_origin(columns.time_zone, "the descriptor"),
        "hire_date": build_origin(columns.hire_date),
        "termination_date": build_origin(columns.termination_date, "none if it is before the hire date"),
        "standard_weekly_hours": build_origin(columns.weekly_hours),
        "cost_rate": build_origin(
            columns.cost_amount,
            "per hour, in the column's own currency"
            if columns.cost_currency is None
            else f"per hour, in the column's own currency or that of {columns.cost_currency}",
        ),
        "skills": _NO_SKILLS if skills is None else Supplied(skills.report, skills.code, "one row per skill"),
    }


def _build_absence_lineage(mapping: WorkdayMapping) -> Mapping[str, Origin]:
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

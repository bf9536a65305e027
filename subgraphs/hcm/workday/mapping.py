"""The mapping file of a connection: which column or report supplies which attribute, and the canonical codes.

Workday has no standard column for costs, weekly hours or practices, and no bulk read of skills and absences. Every
tenant has its own columns, calculated fields and custom reports for them.
"""

from collections.abc import Mapping

import msgspec

from gateway.canonical.states import MappingDomain


class Section(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A part of the mapping file."""


class WorkerColumns(Section, frozen=True, kw_only=True):
    """Columns of the data source of workers, by WQL alias. An attribute without a column is unsupported.

    Contingent workers have no `number` but a `contingent_number`. `updated` is the time of the last functional change;
    without it the change feed reads and compares all workers. `cost_amount` is per hour: a currency
    column, or a numeric column in the currency of `cost_currency`.
    """

    number: str = "employeeID"
    contingent_number: str | None = None
    name: str = "fullName"
    job_title: str = "businessTitle"
    email: str | None = None
    type: str | None = None
    employment_status: str | None = None
    job_level: str | None = None
    practice: str | None = None
    manager: str | None = None
    legal_entity: str | None = None
    cost_center: str | None = None
    location: str | None = None
    time_zone: str | None = None
    hire_date: str | None = None
    termination_date: str | None = None
    weekly_hours: str | None = None
    cost_amount: str | None = None
    cost_currency: str | None = None
    updated: str | None = None


class SkillsReport(Section, frozen=True, kw_only=True):
    """A custom report (owner/name) with one row per worker and skill.

    `workers` is its prompt; the other attributes name its columns.
    """

    report: str
    workers: str = "Workers!WID"
    worker: str = "workdayID"
    code: str = "skillID"
    name: str = "skillName"
    level: str = "proficiency"
    category: str | None = None
    certified_until: str | None = None


class AbsencesReport(Section, frozen=True, kw_only=True):
    """A custom report (owner/name) with one row per worker and day of absence.

    `workers`, `start` and `end` are its prompts; the other attributes name its columns. `holidays` are the types that
    are public holidays, `approved` the statuses that count as approved.
    """

    report: str
    workers: str = "Workers!WID"
    start: str = "From_Date"
    end: str = "To_Date"
    worker: str = "workdayID"
    day: str = "date"
    hours: str = "hours"
    type: str = "type"
    status: str = "status"
    holidays: tuple[str, ...] = ()
    approved: tuple[str, ...] = ("Approved",)


class WorkdayMapping(Section, frozen=True, kw_only=True):
    """The mapping file of one tenant.

    `source` and `filter` are the WQL data source of workers and its filter, which must include terminated workers.
    `codes` maps, per reference-data domain, raw code -> canonical code; the raw code of an instance is its descriptor.
    """

    source: str = "allWorkers"
    filter: str | None = None
    workers: WorkerColumns = WorkerColumns()
    skills: SkillsReport | None = None
    absences: AbsencesReport | None = None
    codes: Mapping[MappingDomain, Mapping[str, str]] = {}

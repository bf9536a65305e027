"""The mapping file of a connection: which columns and reports of the tenant carry which fact, and what its words mean.

Workday has no standard column for costs, weekly hours or practices, and no bulk read of skills and absences: every tenant keeps them in columns, calculated
fields and custom reports of its own.
"""

from collections.abc import Mapping

import msgspec

from gateway.canonical.states import MappingDomain


class Section(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A part of the mapping file."""


class WorkerColumns(Section, frozen=True, kw_only=True):
    """Columns of the data source of workers, by WQL alias. What is left out is absent.

    Contingent workers have no `number`, but one of their own kind, in `contingent_number`. `updated` is when a worker was last functionally changed; without it a feed reads everybody and compares. `cost_amount` is per hour, in `cost_currency`.
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
    """A custom report (owner/name) with one row per worker and skill. `workers` is its prompt; the others name its columns."""

    report: str
    workers: str = "Workers!WID"
    worker: str = "workdayID"
    code: str = "skillID"
    name: str = "skillName"
    level: str = "proficiency"
    category: str | None = None


class AbsencesReport(Section, frozen=True, kw_only=True):
    """A custom report (owner/name) with one row per worker and day away. `workers`, `start` and `end` are its prompts; the others name its columns.

    `holidays` are the types that are public holidays, `approved` the statuses that count as approved.
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
    """One tenant's mapping file. `source` and `filter` are the WQL data source of workers and its filter, which has to hold those who left too.

    `codes` holds, per reference-data domain, raw code -> canonical code; the raw code of an instance is its descriptor.
    """

    source: str = "allWorkers"
    filter: str | None = None
    workers: WorkerColumns = WorkerColumns()
    skills: SkillsReport | None = None
    absences: AbsencesReport | None = None
    codes: Mapping[MappingDomain, Mapping[str, str]] = {}

"""Kantata's filters for the children of projects and users.

Kantata orders lists by times only and pages by offset. All rows below the parents are therefore read: one call for up
to 200 rows and one more per 199, per 50 parents; per parent for expenses, whose filter takes one project.
"""

from datetime import date
from typing import Final

from gateway.canonical.records.psa import (
    PsaAssignment,
    PsaDemand,
    PsaExpense,
    PsaMilestone,
    PsaTask,
    PsaTimeEntry,
)
from gateway.canonical.values import DateRange
from gateway.ports.where import TimeWhere
from subgraphs.kit.dates import parse_readable_day
from subgraphs.kit.psa.kinds import Parameters
from subgraphs.kit.psa.relations import Relations, relate_to_projects, relate_to_users
from subgraphs.kit.psa.timesheets import TimeFilters
from subgraphs.psa.kantata.client import Listing
from subgraphs.psa.kantata.kinds import BY_IDS, Kinds
from subgraphs.psa.kantata.records import INVOICED, NON_BILLABLE, UNINVOICED

_BILLING: Final[dict[str, Parameters]] = {
    INVOICED: (("invoiced", "true"),),
    UNINVOICED: (("uninvoiced", "true"), ("billable", "true")),
    NON_BILLABLE: (("uninvoiced", "true"), ("billable", "false")),
}


def build_relations(kinds: Kinds) -> Relations:
    """Return the relations of an account."""
    return Relations(
        project_tasks=relate_to_projects(kinds[PsaTask], "with_projects"),
        project_milestones=relate_to_projects(kinds[PsaMilestone], "with_projects"),
        project_demands=relate_to_projects(kinds[PsaDemand], "workspace_id"),
        project_assignments=relate_to_projects(kinds[PsaAssignment], "workspace_ids"),
        user_assignments=relate_to_users(kinds[PsaAssignment], "user_ids", batch=BY_IDS),
        project_time=relate_to_projects(kinds[PsaTimeEntry], "workspace_ids", "work_date"),
        user_time=relate_to_users(kinds[PsaTimeEntry], "with_user_ids", "work_date"),
        project_expenses=relate_to_projects(kinds[PsaExpense], "workspace_id", "incurred_on", batch=1),
    )


def build_overlap_filter(within: DateRange) -> Parameters:
    """Return the filter of allocations that overlap a range."""
    return (("overlaps_with_date_range", f"{within.start}:{within.end}"),)


def _build_days(first: date, last: date) -> Parameters:
    return (("date_performed_between", f"{first.isoformat()}:{last.isoformat()}"),)


def _build_time_filters(where: TimeWhere) -> Parameters:
    billing = where.billing or ()
    if len(billing) == 1 and billing[0] in _BILLING:
        return _BILLING[billing[0]]
    return () if where.billable is None else (("billable", "true" if where.billable else "false"),)


def _get_days(listing: Listing) -> list[date | None]:
    return [
        parse_readable_day(row.get("date_performed")) if isinstance(row, dict) else None
        for row in listing.list_raw_rows()
    ]


TIME_FILTERS: Final = TimeFilters(
    order=(("order", "date_performed:asc"),),
    build_days=_build_days,
    build_filters=_build_time_filters,
    get_days=_get_days,
)

"""Productive's filters for the children of projects and people.

All rows below the parents are read, ceil(rows / 200) calls per 50 parents; only time entries are paged by day. Resource
requests have no filter by project: they are found by the projects' services.
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
from gateway.ports.where import TimeWhere
from subgraphs.kit.dates import parse_readable_day
from subgraphs.kit.psa.kinds import Parameters
from subgraphs.kit.psa.relations import Relations, relate_to_projects, relate_to_users
from subgraphs.kit.psa.timesheets import TimeFilters
from subgraphs.psa.productive.client import Listing
from subgraphs.psa.productive.kinds import Kinds
from subgraphs.psa.productive.records import INVOICED, NON_BILLABLE, UNINVOICED

PROJECT_FILTER: Final = "filter[project_id]"
_PERSON_FILTER, _SERVICE_FILTER = "filter[person_id]", "filter[service_id]"


def build_relations(kinds: Kinds) -> Relations:
    """Return the relations of an organization. That of demands takes services in place of projects."""
    return Relations(
        project_tasks=relate_to_projects(kinds[PsaTask], PROJECT_FILTER),
        project_milestones=relate_to_projects(kinds[PsaMilestone], PROJECT_FILTER),
        project_demands=relate_to_projects(kinds[PsaDemand], _SERVICE_FILTER),
        project_assignments=relate_to_projects(kinds[PsaAssignment], PROJECT_FILTER),
        user_assignments=relate_to_users(kinds[PsaAssignment], _PERSON_FILTER),
        project_time=relate_to_projects(kinds[PsaTimeEntry], PROJECT_FILTER, "work_date"),
        user_time=relate_to_users(kinds[PsaTimeEntry], _PERSON_FILTER, "work_date"),
        project_expenses=relate_to_projects(kinds[PsaExpense], PROJECT_FILTER, "incurred_on"),
    )


def _build_days(first: date, last: date) -> Parameters:
    return (("filter[date][gt_eq]", first.isoformat()), ("filter[date][lt_eq]", last.isoformat()))


def _build_time_filters(where: TimeWhere) -> Parameters:
    billing = set(where.billing or ())
    if billing == {INVOICED}:
        return (("filter[invoiced]", "true"),)
    return (("filter[invoiced]", "false"),) if billing and billing <= {UNINVOICED, NON_BILLABLE} else ()


def _get_days(listing: Listing) -> list[date | None]:
    return [parse_readable_day(row.get("date")) for row in listing.list_raw_rows()]


TIME_FILTERS: Final = TimeFilters(
    order=(("sort", "date"),),
    build_days=_build_days,
    build_filters=_build_time_filters,
    get_days=_get_days,
)
"""The reference documents operators and `sort=date` for time entries."""

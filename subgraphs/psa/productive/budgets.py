"""Attributes of projects from their budgets and memberships.

Productive keeps dates, currency and legal entity on budgets, and the users who may see a project in memberships.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from subgraphs.kit.concurrent_calls import gather_all
from subgraphs.kit.dates import parse_day
from subgraphs.kit.identifiers import split_batches
from subgraphs.psa.productive.client import PAGE, Client
from subgraphs.psa.productive.wire import DealRow, MembershipRow

DEALS: Final = "deals"
MEMBERSHIPS: Final = "memberships"


@dataclass(frozen=True, kw_only=True)
class BudgetSummary:
    """A project's budgets as one: from the first to the last day, if every budget has one; None where they disagree."""

    start: date | None = None
    end: date | None = None
    delivered: date | None = None
    currency: str | None = None
    subsidiary: str | None = None
    members: tuple[str, ...] = ()


async def read_budgets(client: Client, projects: Sequence[str]) -> dict[str, BudgetSummary]:
    """Return the summary of each project: ceil(deals / 200) + ceil(memberships / 200) calls per 200 projects."""
    groups = await gather_all(_read_chunk(client, chunk) for chunk in split_batches(projects, PAGE))
    return {project: summary for group in groups for project, summary in group.items()}


async def _read_chunk(client: Client, projects: Sequence[str]) -> dict[str, BudgetSummary]:
    parameters = (("filter[project_id]", ",".join(projects)),)
    deals, memberships = await gather_all(
        client.read_all(resource, parameters, include)
        for resource, include in ((DEALS, "project,subsidiary"), (MEMBERSHIPS, "project,person"))
    )
    budgets, members = defaultdict[str, list[DealRow]](list), defaultdict[str, list[str]](list)
    for deal in deals.parse_rows(DealRow):
        if deal.budget:
            budgets[str(deal.project_id)].append(deal)
    for each in memberships.parse_rows(MembershipRow):
        # A membership of a team does not list the team's members.
        if each.person_id is not None:
            members[str(each.project_id)].append(str(each.person_id))
    return {project: summarize_budgets(budgets[project], members[project]) for project in projects}


def summarize_budgets(budgets: Sequence[DealRow], members: Sequence[str]) -> BudgetSummary:
    """Summarize the budgets and members of one project."""
    starts = [parse_day(budget.date) for budget in budgets if budget.date is not None]
    currencies = {budget.currency for budget in budgets}
    subsidiaries = {budget.subsidiary_id for budget in budgets}
    return BudgetSummary(
        start=min(starts, default=None),
        end=_get_last([budget.end_date for budget in budgets]),
        delivered=_get_last([budget.delivered_on for budget in budgets]),
        currency=currencies.pop() if len(currencies) == 1 else None,
        subsidiary=_to_text(subsidiaries.pop()) if len(subsidiaries) == 1 else None,
        members=tuple(dict.fromkeys(members)),
    )


def _get_last(days: Sequence[str | None]) -> date | None:
    """Return the last of the days, None if any is missing."""
    known = [parse_day(each) for each in days if each is not None]
    return max(known) if known and len(known) == len(days) else None


def _to_text(identifier: str | int | None) -> str | None:
    return None if identifier is None else str(identifier)

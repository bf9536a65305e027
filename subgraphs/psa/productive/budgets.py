"""What a project's budgets and members say of it: Productive keeps days, currency and company on budgets, and who may see a project in memberships."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from subgraphs.kit.dates import day
from subgraphs.kit.identifiers import batches
from subgraphs.kit.together import together
from subgraphs.psa.productive.client import PAGE, Client
from subgraphs.psa.productive.wire import DealRow, MembershipRow

DEALS: Final = "deals"
MEMBERSHIPS: Final = "memberships"


@dataclass(frozen=True, kw_only=True)
class Standing:
    """A project's budgets as one: from the first day to the last, if every budget has one; what they disagree about is left open."""

    start: date | None = None
    end: date | None = None
    delivered: date | None = None
    currency: str | None = None
    subsidiary: str | None = None
    members: tuple[str, ...] = ()


async def standings_of(client: Client, projects: Sequence[str]) -> dict[str, Standing]:
    """Read what is said of each project: ceil(deals / 200) + ceil(memberships / 200) calls per 200 projects."""
    groups = await together(_chunk(client, chunk) for chunk in batches(projects, PAGE))
    return {project: standing for group in groups for project, standing in group.items()}


async def _chunk(client: Client, projects: Sequence[str]) -> dict[str, Standing]:
    below = (("filter[project_id]", ",".join(projects)),)
    deals, memberships = await together(
        client.every(resource, below, include)
        for resource, include in ((DEALS, "project,subsidiary"), (MEMBERSHIPS, "project,person"))
    )
    budgets, members = defaultdict[str, list[DealRow]](list), defaultdict[str, list[str]](list)
    for deal in deals.rows(DealRow):
        if deal.budget:
            budgets[str(deal.project_id)].append(deal)
    for each in memberships.rows(MembershipRow):
        # A team's members are not told one by one.
        if each.person_id is not None:
            members[str(each.project_id)].append(str(each.person_id))
    return {project: standing(budgets[project], members[project]) for project in projects}


def standing(budgets: Sequence[DealRow], members: Sequence[str]) -> Standing:
    """Sum up the budgets of one project."""
    starts = [day(budget.date) for budget in budgets if budget.date is not None]
    currencies = {budget.currency for budget in budgets}
    subsidiaries = {budget.subsidiary_id for budget in budgets}
    return Standing(
        start=min(starts, default=None),
        end=_last([budget.end_date for budget in budgets]),
        delivered=_last([budget.delivered_on for budget in budgets]),
        currency=currencies.pop() if len(currencies) == 1 else None,
        subsidiary=_text(subsidiaries.pop()) if len(subsidiaries) == 1 else None,
        members=tuple(dict.fromkeys(members)),
    )


def _last(days: Sequence[str | None]) -> date | None:
    """Return the last of the days, None where one of them is not told."""
    told = [day(each) for each in days if each is not None]
    return max(told) if told and len(told) == len(days) else None


def _text(identifier: str | int | None) -> str | None:
    return None if identifier is None else str(identifier)

"""Attributes of projects from their budgets and memberships.

Productive keeps dates, currency and legal entity on budgets, and the users who may see a project in memberships.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from gateway.canonical.records.base import UnreadableValue
from gateway.errors import SourceError
from gateway.ports.unreadable import UnreadableRecord, collect_unreadable, report_unreadable
from subgraphs.kit.concurrent_calls import gather_all
from subgraphs.kit.dates import parse_leading_day
from subgraphs.kit.identifiers import split_batches
from subgraphs.psa.productive.client import PAGE, Client
from subgraphs.psa.productive.wire import DealRow, MembershipRow

DEALS: Final = "deals"
MEMBERSHIPS: Final = "memberships"


@dataclass(frozen=True, kw_only=True)
class BudgetSummary:
    """A project's budgets as one: from the first to the last day, if every budget has one; None where they disagree.

    `unreadable` are the attributes that depend on a budget or membership that could not be read, with its object and
    field.
    """

    start: date | None = None
    end: date | None = None
    delivered: date | None = None
    currency: str | None = None
    subsidiary: str | None = None
    members: tuple[str, ...] = ()
    unreadable: tuple[UnreadableValue, ...] = ()


_ATTRIBUTES: Final[Mapping[str, tuple[str, ...]]] = {
    "date": ("start_date",),
    "end_date": ("end_date",),
    "delivered_on": ("actual_end_date",),
    "currency": ("currency",),
    "subsidiary_id": ("legal_entity",),
}
"""The attributes of a project that an attribute of its budgets decides."""


async def read_budgets(client: Client, projects: Sequence[str]) -> dict[str, BudgetSummary]:
    """Return the summary of each project: ceil(deals / 200) + ceil(memberships / 200) calls per 200 projects."""
    groups = await gather_all(_read_chunk(client, chunk) for chunk in split_batches(projects, PAGE))
    return {project: summary for group in groups for project, summary in group.items()}


async def _read_chunk(client: Client, projects: Sequence[str]) -> dict[str, BudgetSummary]:
    parameters = (("filter[project_id]", ",".join(projects)),)
    budgets, members = defaultdict[str, list[DealRow]](list), defaultdict[str, list[str]](list)
    with collect_unreadable() as lost:
        deals, memberships = await gather_all(
            client.read_all(resource, parameters, include)
            for resource, include in ((DEALS, "project,subsidiary"), (MEMBERSHIPS, "project,person"))
        )
        for deal in deals.parse_rows(DealRow):
            if "project_id" in deal.unread:
                report_unreadable(UnreadableRecord(object=DEALS, id=str(deal.id), field="project"))
            elif deal.budget:
                budgets[str(deal.project_id)].append(deal)
        for each in memberships.parse_rows(MembershipRow):
            if each.unread:
                report_unreadable(UnreadableRecord(object=MEMBERSHIPS, id=str(each.id), field=each.unread[0]))
            # A membership of a team does not list the team's members.
            elif each.person_id is not None:
                members[str(each.project_id)].append(str(each.person_id))
    return {
        project: summarize_budgets(
            budgets[project],
            members[project],
            [value for each in lost if each.is_below("project_id", project) for value in _list_lost(each)],
        )
        for project in projects
    }


def _list_lost(lost: UnreadableRecord) -> Iterator[UnreadableValue]:
    """Yield the attributes of a project that a lost budget or membership decides."""
    names = ["member_ids"] if lost.object == MEMBERSHIPS else [name for each in _ATTRIBUTES.values() for name in each]
    yield from (UnreadableValue(name, lost.object, lost.field or "id") for name in names)


def summarize_budgets(
    budgets: Sequence[DealRow], members: Sequence[str], unreadable: Sequence[UnreadableValue] = ()
) -> BudgetSummary:
    """Summarize the budgets and members of one project; unreadable values are listed."""
    unread = [
        UnreadableValue(each, DEALS, name)
        for row in budgets
        for name in row.unread
        for each in _ATTRIBUTES.get(name, ())
    ]
    currencies = {budget.currency for budget in budgets}
    subsidiaries = {budget.subsidiary_id for budget in budgets}
    days = {
        name: [_parse_day(getattr(budget, name), name, unread) for budget in budgets]
        for name in ("date", "end_date", "delivered_on")
    }
    return BudgetSummary(
        start=min((day for day in days["date"] if day is not None), default=None),
        end=_get_last(days["end_date"]),
        delivered=_get_last(days["delivered_on"]),
        currency=currencies.pop() if len(currencies) == 1 else None,
        subsidiary=_to_text(subsidiaries.pop()) if len(subsidiaries) == 1 else None,
        members=tuple(dict.fromkeys(members)),
        unreadable=tuple(dict.fromkeys([*unreadable, *unread])),
    )


def _parse_day(text: str | None, name: str, unread: list[UnreadableValue]) -> date | None:
    try:
        return parse_leading_day(text)
    except SourceError:
        unread.extend(UnreadableValue(each, DEALS, name) for each in _ATTRIBUTES[name])
        return None


def _get_last(days: Sequence[date | None]) -> date | None:
    """Return the last of the days, None if any is missing."""
    known = [each for each in days if each is not None]
    return max(known) if known and len(known) == len(days) else None


def _to_text(identifier: str | int | None) -> str | None:
    return None if identifier in (None, "") else str(identifier)

"""The kinds of records that a connection reads: the type of resource, what comes with it, and what builds records from the list."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Generic, TypeVar

from gateway.canonical.records.base import Record
from gateway.canonical.records.psa import (
    PsaAssignment,
    PsaClient,
    PsaDemand,
    PsaExpense,
    PsaMilestone,
    PsaProject,
    PsaTask,
    PsaTimeEntry,
    PsaUser,
)
from subgraphs.psa.productive import wire
from subgraphs.psa.productive.budgets import standings_of
from subgraphs.psa.productive.client import Client, Listing, Parameters
from subgraphs.psa.productive.fields import EMPLOYEES, EXPENSES, PROJECTS, CustomFields
from subgraphs.psa.productive.records import (
    BOOKINGS,
    COMPANIES,
    EXPENSE,
    PEOPLE,
    PROJECT,
    REQUESTS,
    TASKS,
    TIME,
    RecordBuilder,
)

RecordT = TypeVar("RecordT", bound=Record)
RowT = TypeVar("RowT", bound=wire.Row)
Build = Callable[[Listing], Awaitable[Sequence[RecordT]]]

_OF_TASK = "project,parent_task,workflow_status,service"
_OF_SERVICE = "service.deal.project"


@dataclass(frozen=True, kw_only=True)
class Kind(Generic[RecordT]):
    """`coded` says where the firm's own code stands, None where it has no place: a filter, or what a custom field is on and its name."""

    resource: str
    build: Build[RecordT]
    include: str = ""
    parameters: Parameters = ()
    coded: str | tuple[str, str] | None = None


Kinds = dict[type[Any], Kind[Any]]


def kinds_of(client: Client, builder: RecordBuilder, fields: CustomFields) -> Kinds:
    """Return everything that is read."""
    names = builder.mapping
    return {
        PsaClient: Kind(resource=COMPANIES, build=_each(wire.CompanyRow, builder.client), coded="company_code"),
        PsaUser: Kind(
            resource=PEOPLE,
            build=partial(_users, builder, fields),
            # Contacts of clients are people too.
            parameters=(("filter[hrm_type_id]", "1"),),
            coded=_named(EMPLOYEES, names.user.number),
        ),
        PsaProject: Kind(
            resource=PROJECT,
            build=partial(_projects, client, builder, fields),
            include="company,project_manager",
            coded=_named(PROJECTS, names.project.code),
        ),
        PsaTask: Kind(resource=TASKS, build=_each(wire.TaskRow, builder.task), include=_OF_TASK),
        PsaMilestone: Kind(resource=TASKS, build=_each(wire.TaskRow, builder.milestone), include=_OF_TASK),
        PsaDemand: Kind(
            resource=REQUESTS, build=_each(wire.RequestRow, builder.demand), include=f"creator,{_OF_SERVICE}"
        ),
        PsaAssignment: Kind(
            resource=BOOKINGS,
            build=_each(wire.BookingRow, builder.assignment),
            include=f"person,task,resource_request,{_OF_SERVICE}",
            # Tentative bookings are left out otherwise.
            parameters=(("filter[with_draft]", "true"),),
        ),
        PsaTimeEntry: Kind(
            resource=TIME, build=_each(wire.TimeEntryRow, builder.time_entry), include=f"person,task,{_OF_SERVICE}"
        ),
        PsaExpense: Kind(
            resource=EXPENSE,
            build=partial(_expenses, builder, fields),
            include=f"person,service_type,{_OF_SERVICE}",
            coded=_named(EXPENSES, names.expense.number),
        ),
    }


def _each(row: type[RowT], build: Callable[[RowT, Listing], RecordT | None]) -> Build[RecordT]:
    async def built(listing: Listing) -> Sequence[RecordT]:
        records = (build(each, listing) for each in listing.rows(row))
        return [record for record in records if record is not None]

    return built


async def _users(builder: RecordBuilder, fields: CustomFields, listing: Listing) -> Sequence[Any]:
    rows = listing.rows(wire.PersonRow)
    known = await fields.covering(rows, EMPLOYEES)
    return [builder.user(row, known) for row in rows]


async def _projects(client: Client, builder: RecordBuilder, fields: CustomFields, listing: Listing) -> Sequence[Any]:
    rows = listing.rows(wire.ProjectRow)
    known = await fields.covering(rows, PROJECTS)
    standings = await standings_of(client, [str(row.id) for row in rows])
    return [builder.project(row, standings[str(row.id)], known) for row in rows]


async def _expenses(builder: RecordBuilder, fields: CustomFields, listing: Listing) -> Sequence[Any]:
    rows = listing.rows(wire.ExpenseRow)
    known = await fields.covering(rows, EXPENSES)
    records = (builder.expense(row, listing, known) for row in rows)
    return [record for record in records if record is not None]


def _named(on: str, name: str | None) -> tuple[str, str] | None:
    return None if name is None else (on, name)

"""Productive's record classes: their resource types, the relationships to include, and their builders."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

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
from gateway.ports.lineage import Lineage
from subgraphs.kit.psa.checks import FieldName
from subgraphs.kit.psa.kinds import Build, Kind
from subgraphs.kit.record_mapping import RecordMapper, build_mappers
from subgraphs.psa.productive import wire
from subgraphs.psa.productive.budgets import read_budgets
from subgraphs.psa.productive.client import Client, Listing
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

_TASK_RELATIONSHIPS = "project,parent_task,workflow_status,service"
_PROJECT_OF_SERVICE = "service.deal.project"


@dataclass(frozen=True, kw_only=True)
class ProductiveKind(Kind[RecordT]):
    """A record class of an organization. `code` holds the firm's own code: an attribute, a custom field, or None."""

    code: str | FieldName | None = None


Kinds = dict[type[Any], ProductiveKind[Any]]


def build_kinds(client: Client, builder: RecordBuilder, fields: CustomFields, lineage: Lineage) -> Kinds:
    """Return all record classes of an organization."""
    mappers = build_mappers(lineage)
    names = builder.mapping
    return {
        PsaClient: ProductiveKind(
            resource=COMPANIES,
            build=_build_each(wire.CompanyRow, builder.build_client, mappers[PsaClient]),
            code="company_code",
        ),
        PsaUser: ProductiveKind(
            resource=PEOPLE,
            build=partial(_build_users, builder, fields, mappers[PsaUser]),
            # Contacts of clients are people too: select employees.
            parameters=(("filter[hrm_type_id]", "1"),),
            code=_name_field(EMPLOYEES, names.user.number),
        ),
        PsaProject: ProductiveKind(
            resource=PROJECT,
            build=partial(_build_projects, client, builder, fields, mappers[PsaProject]),
            include="company,project_manager",
            code=_name_field(PROJECTS, names.project.code),
        ),
        PsaTask: ProductiveKind(
            resource=TASKS,
            build=_build_each(wire.TaskRow, builder.build_task, mappers[PsaTask]),
            include=_TASK_RELATIONSHIPS,
        ),
        PsaMilestone: ProductiveKind(
            resource=TASKS,
            build=_build_each(wire.TaskRow, builder.build_milestone, mappers[PsaMilestone]),
            include=_TASK_RELATIONSHIPS,
        ),
        PsaDemand: ProductiveKind(
            resource=REQUESTS,
            build=_build_each(wire.RequestRow, builder.build_demand, mappers[PsaDemand]),
            include=f"creator,{_PROJECT_OF_SERVICE}",
        ),
        PsaAssignment: ProductiveKind(
            resource=BOOKINGS,
            build=_build_each(wire.BookingRow, builder.build_assignment, mappers[PsaAssignment]),
            include=f"person,task,resource_request,{_PROJECT_OF_SERVICE}",
            # By default, tentative bookings are omitted.
            parameters=(("filter[with_draft]", "true"),),
        ),
        PsaTimeEntry: ProductiveKind(
            resource=TIME,
            build=_build_each(wire.TimeEntryRow, builder.build_time_entry, mappers[PsaTimeEntry]),
            include=f"person,task,{_PROJECT_OF_SERVICE}",
        ),
        PsaExpense: ProductiveKind(
            resource=EXPENSE,
            build=partial(_build_expenses, builder, fields, mappers[PsaExpense]),
            include=f"person,service_type,{_PROJECT_OF_SERVICE}",
            code=_name_field(EXPENSES, names.expense.number),
        ),
    }


def _build_each(
    row: type[RowT], build: Callable[[RowT, Listing], RecordT | None], mapper: RecordMapper[RecordT]
) -> Build[RecordT]:
    async def build_all(listing: Listing) -> Sequence[RecordT]:
        return mapper.map_rows(listing.parse_rows(row), lambda each: build(each, listing))

    return build_all


async def _build_users(
    builder: RecordBuilder, fields: CustomFields, mapper: RecordMapper[PsaUser], listing: Listing
) -> Sequence[PsaUser]:
    rows = listing.parse_rows(wire.PersonRow)
    directory = await fields.load(rows, EMPLOYEES)
    return mapper.map_rows(rows, lambda row: builder.build_user(row, directory))


async def _build_projects(
    client: Client, builder: RecordBuilder, fields: CustomFields, mapper: RecordMapper[PsaProject], listing: Listing
) -> Sequence[PsaProject]:
    rows = listing.parse_rows(wire.ProjectRow)
    directory = await fields.load(rows, PROJECTS)
    budgets = await read_budgets(client, [str(row.id) for row in rows])
    return mapper.map_rows(rows, lambda row: builder.build_project(row, budgets[str(row.id)], directory))


async def _build_expenses(
    builder: RecordBuilder, fields: CustomFields, mapper: RecordMapper[PsaExpense], listing: Listing
) -> Sequence[PsaExpense]:
    rows = listing.parse_rows(wire.ExpenseRow)
    directory = await fields.load(rows, EXPENSES)
    return mapper.map_rows(rows, lambda row: builder.build_expense(row, listing, directory))


def _name_field(customizable: str, name: str | None) -> FieldName | None:
    return None if name is None else FieldName(name, customizable)

"""Builds records from rows and what came with them: pure. Codes stay Kantata's words."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from gateway.canonical.native import NativeId
from gateway.canonical.records.base import DimensionTag
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
from gateway.canonical.values import Money
from subgraphs.kit.dates import day, day_in, instant
from subgraphs.kit.decode import typed
from subgraphs.kit.numbers import hours, number, plain
from subgraphs.psa.kantata import wire
from subgraphs.psa.kantata.mapping import KantataMapping
from subgraphs.psa.kantata.wire import Id, Row, Tables, exact

GROUPS, USERS, WORKSPACES, STORIES = "workspace_groups", "users", "workspaces", "stories"
DEMANDS, ALLOCATIONS, RESOURCES = "staffing_demands", "workspace_allocations", "workspace_resources"
TIME, EXPENSES = "time_entries", "expenses"
INVOICED, UNINVOICED, NON_BILLABLE = "invoiced", "uninvoiced", "non_billable"
HARD, SOFT = "hard", "soft"
APPROVED, NOT_SUBMITTED = "approved", "not_submitted"
_HUNDRED = Decimal(100)


@dataclass(frozen=True)
class RecordBuilder:
    """Builds the records of one connection."""

    connection: str
    mapping: KantataMapping

    def client(self, row: wire.GroupRow, tables: Tables) -> PsaClient:
        """Build a client from a workspace group."""
        number = self._reference(row, tables, self.mapping.references.client)
        return PsaClient(**self._base(GROUPS, row, number), display_number=number, name=row.name, number=number)

    def user(self, row: wire.UserRow, tables: Tables) -> PsaUser:
        """Build a user."""
        number = self._reference(row, tables, self.mapping.references.user)
        named = _custom(row, tables)
        return PsaUser(
            **self._base(USERS, row, number),
            display_number=number,
            name=row.full_name,
            email=row.email_address,
            worker_number=number,
            type=named.get(self.mapping.user.type or ""),
            practice=named.get(self.mapping.user.practice or ""),
            active=not row.disabled,
        )

    def project(self, row: wire.WorkspaceRow, tables: Tables) -> PsaProject:
        """Build a project from a workspace; without the firm's code its own id stands for it."""
        fields, named = self.mapping.project, _custom(row, tables)
        reference = self._reference(row, tables, self.mapping.references.project)
        tags = tuple(DimensionTag(code, named[field]) for code, field in fields.dimensions.items() if named.get(field))
        percent = row.percentage_complete
        return PsaProject(
            **self._base(WORKSPACES, row, reference),
            display_number=reference or str(row.id),
            code=reference or str(row.id),
            name=row.title,
            description=row.description,
            type=named.get(fields.type or ""),
            status=None if row.status is None else str(row.status.key),
            start_date=day_in(row.start_date),
            end_date=day_in(row.due_date),
            percent_complete=None if percent is None else plain(percent / _HUNDRED),
            client_id=_company(row, tables),
            manager_id=_id(row.primary_maven_id),
            legal_entity=named.get(fields.legal_entity or ""),
            service_line=named.get(fields.service_line or ""),
            currency=None if row.currency is None else self.mapping.resolve_currency(row.currency),
            contract_number=named.get(fields.contract_number or ""),
            opportunity_reference=named.get(fields.opportunity_reference or ""),
            dimensions=tags if fields.dimensions else None,
            member_ids=tuple(str(member) for member in row.participant_ids),
        )

    def task(self, row: wire.StoryRow, _tables: Tables) -> PsaTask:
        """Build a task from a story."""
        return PsaTask(
            **self._base(STORIES, row),
            project_id=str(row.workspace_id),
            parent_id=_id(row.parent_id),
            name=row.title,
            status=row.state,
            start_date=day_in(row.start_date),
            end_date=day_in(row.due_date),
            billable=row.billable,
            estimated_hours=hours(row.time_estimate_in_minutes),
        )

    def milestone(self, row: wire.StoryRow, _tables: Tables) -> PsaMilestone:
        """Build a milestone from a story of that type."""
        return PsaMilestone(
            **self._base(STORIES, row),
            project_id=str(row.workspace_id),
            name=row.title,
            due_date=day_in(row.due_date),
            status=row.state,
        )

    def demand(self, row: wire.DemandRow, tables: Tables) -> PsaDemand:
        """Build a demand; its role's name came beside it."""
        named = _custom(row, tables)
        role = tables.get("roles", {}).get(str(row.role_id), {})
        return PsaDemand(
            **self._base(DEMANDS, row),
            project_id=str(row.workspace_id),
            role_name=str(role.get("name") or row.title or ""),
            start_date=day(row.start_date),
            end_date=day(row.end_date),
            hours=number(named.get(self.mapping.demand.hours or "")),
            priority=named.get(self.mapping.demand.priority or ""),
            status=row.status,
            requested_by_id=_id(row.creator_id),
        )

    def assignment(
        self, row: wire.AllocationRow, resource: wire.ResourceRow | None, tables: wire.Tables
    ) -> PsaAssignment:
        """Build an assignment from an allocation, its resource, and the project among the tables, which tells the currency."""
        held = tables.get(WORKSPACES, {}).get(str(row.workspace_id))
        project = None if held is None else typed(held, wire.WorkspaceRow)
        return PsaAssignment(
            **self._base(ALLOCATIONS, row),
            project_id=str(row.workspace_id),
            user_id=None if resource is None else _id(resource.user_id),
            role_name=None if resource is None else resource.role_name,
            start_date=day(row.start_date),
            end_date=day(row.end_date),
            planned_hours=hours(row.minutes),
            booking=HARD if row.hard else SOFT,
            bill_rate=None
            if resource is None or project is None
            else self._money(resource.resource_bill_rate, project.currency, project.currency_base_unit),
        )

    def time_entry(self, row: wire.TimeEntryRow, tables: Tables) -> PsaTimeEntry:
        """Build a time entry; what became of its submission came beside it."""
        reference = self._reference(row, tables, self.mapping.references.time_entry)
        worked = hours(row.time_in_minutes) or Decimal(0)
        return PsaTimeEntry(
            **self._base(TIME, row, reference),
            project_id=str(row.workspace_id),
            user_id=_id(row.user_id),
            task_id=_id(row.story_id),
            work_date=day(row.date_performed),
            hours=worked,
            billable=row.billable,
            note=row.notes,
            approval=_approval(row.active_submission_id, tables, "timesheet_submissions", approved=row.approved),
            billing=INVOICED if row.is_invoiced else UNINVOICED if row.billable else NON_BILLABLE,
            bill_rate=self._money(row.rate_in_cents, row.currency, row.currency_base_unit),
        )

    def expense(self, row: wire.ExpenseRow, tables: Tables) -> PsaExpense:
        """Build an expense."""
        reference = self._reference(row, tables, self.mapping.references.expense)
        return PsaExpense(
            **self._base(EXPENSES, row, reference),
            project_id=str(row.workspace_id),
            user_id=_id(row.user_id),
            task_id=_id(row.story_id),
            category=row.category,
            incurred_on=day(row.date),
            amount=exact(row.amount_in_cents, self.mapping.resolve_currency(row.currency), row.currency_base_unit),
            billable=row.is_billable,
            reimbursable=row.reimbursable,
            approval=_approval(row.active_submission_id, tables, "expense_report_submissions", approved=False),
        )

    def _base(self, resource: str, row: Row, reference: str | None = None) -> dict[str, Any]:
        return {
            "native": NativeId(self.connection, resource, str(row.id)),
            "modified_at": None if row.updated_at is None else instant(row.updated_at),
            "references": (("external_references", reference),) if reference else (),
        }

    def _money(self, units: int | None, currency: str | None, base: int) -> Money | None:
        return (
            None if units is None or currency is None else exact(units, self.mapping.resolve_currency(currency), base)
        )

    def _reference(self, row: Row, tables: Tables, model: str) -> str | None:
        """Return what the firm's own service calls the record."""
        held = tables.get("external_references", {})
        for identifier in row.external_reference_ids:
            told = held.get(str(identifier), {})
            if (told.get("service_name"), told.get("service_model")) == (self.mapping.references.service, model):
                return str(told["service_model_ref"])
        return None


def _company(row: wire.WorkspaceRow, tables: Tables) -> str | None:
    """Return a project's client: of the groups that it is in, the first that is a company."""
    held = tables.get(GROUPS, {})
    return next((str(group) for group in row.workspace_group_ids if held.get(str(group), {}).get("company")), None)


def _custom(row: Row, tables: Tables) -> Mapping[str, str]:
    """Return a record's custom fields by name, as Kantata shows them."""
    held = tables.get("custom_field_values", {})
    values = (held.get(str(identifier), {}) for identifier in row.custom_field_value_ids)
    return {
        str(each["custom_field_name"]): str(each["display_value"])
        for each in values
        if each.get("custom_field_name") and each.get("display_value") not in (None, "")
    }


def _approval(submission: Id | None, tables: Tables, kind: str, *, approved: bool) -> str:
    told = tables.get(kind, {}).get(str(submission), {})
    return str(told["status"]) if told.get("status") else APPROVED if approved else NOT_SUBMITTED


def _id(value: Id | None) -> str | None:
    return None if value is None else str(value)

"""Builds records from rows and their included resources. Pure; codes stay source values."""

from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import Any

from gateway.canonical.native import NativeId
from gateway.canonical.records.base import DimensionTag
from gateway.canonical.records.psa import (
    PsaAssignment,
    PsaClient,
    PsaDemand,
    PsaExpense,
    PsaHealth,
    PsaMilestone,
    PsaProject,
    PsaTask,
    PsaTimeEntry,
    PsaUser,
)
from gateway.canonical.values import Money
from subgraphs.kit.dates import parse_day, parse_leading_day, parse_optional_instant
from subgraphs.kit.failures import build_mismatch
from subgraphs.kit.numbers import convert_minutes_to_hours, strip_zeros
from subgraphs.kit.record_mapping import note_unreadable, parse_value
from subgraphs.psa.productive import wire
from subgraphs.psa.productive.budgets import DEALS, BudgetSummary
from subgraphs.psa.productive.client import Listing
from subgraphs.psa.productive.fields import EMPLOYEES, EXPENSES, PROJECTS, Directory
from subgraphs.psa.productive.mapping import ProductiveMapping
from subgraphs.psa.productive.money import convert_cents_to_money
from subgraphs.psa.productive.wire import Id, Row

COMPANIES, PEOPLE, PROJECT, TASKS = "companies", "people", "projects", "tasks"
REQUESTS, BOOKINGS, TIME, EXPENSE, SERVICES = "resource_requests", "bookings", "time_entries", "expenses", "services"
INVOICED, UNINVOICED, NON_BILLABLE = "invoiced", "uninvoiced", "non_billable"
CONFIRMED, TENTATIVE = "confirmed", "tentative"
_TYPES = {1: "internal", 2: "client"}
_HOUR = 1


@dataclass(frozen=True)
class RecordBuilder:
    """Builds the records of one connection."""

    connection: str
    mapping: ProductiveMapping

    def build_client(self, row: wire.CompanyRow, _listing: Listing) -> PsaClient:
        """Build a client from a company."""
        code = row.company_code or None
        return PsaClient(
            **self._build_base(COMPANIES, row, "company_code", code), display_number=code, name=row.name, number=code
        )

    def build_user(self, row: wire.PersonRow, fields: Directory) -> PsaUser:
        """Build a user from a person."""
        names = self.mapping.user
        number = fields.get_value(row, EMPLOYEES, names.number)
        return PsaUser(
            **self._build_base(PEOPLE, row, names.number, number),
            display_number=number,
            name=" ".join(filter(None, (row.first_name, row.last_name))) or None,
            email=row.email,
            worker_number=number,
            type=_read_field(fields, row, EMPLOYEES, PEOPLE, names.type, "type"),
            practice=_read_field(fields, row, EMPLOYEES, PEOPLE, names.practice, "practice"),
            active=row.archived_at is None and row.deactivated_at is None,
        )

    def build_project(self, row: wire.ProjectRow, budgets: BudgetSummary, fields: Directory) -> PsaProject:
        """Build a project. Without custom fields, its code is its number and its status active or archived."""
        names = self.mapping.project
        read = partial(_read_field, fields, row, PROJECTS, PROJECT)
        for each in budgets.unreadable:
            note_unreadable(each.attribute, each.object, each.field)
        code = fields.get_value(row, PROJECTS, names.code)
        number = code or row.project_number or str(row.id)
        tags = {tag: read(name, "dimensions") for tag, name in names.dimensions.items()}
        members = (row.project_manager_id, *budgets.members)
        return PsaProject(
            **self._build_base(PROJECT, row, names.code, code),
            display_number=number,
            code=number,
            name=row.name,
            description=row.description,
            type=read(names.type, "type") or _TYPES.get(row.project_type_id or 0),
            status=read(names.status, "status") or ("active" if row.archived_at is None else "archived"),
            start_date=budgets.start,
            end_date=budgets.end,
            actual_end_date=budgets.delivered,
            client_id=_to_id(row.company_id),
            manager_id=_to_id(row.project_manager_id),
            legal_entity=read(names.legal_entity, "legal_entity") or budgets.subsidiary,
            service_line=read(names.service_line, "service_line"),
            health=_build_health(read(names.health, "health"), read(names.health_note, "health")),
            currency=budgets.currency,
            contract_number=read(names.contract_number, "contract_number"),
            opportunity_reference=read(names.opportunity_reference, "opportunity_reference"),
            dimensions=tuple(DimensionTag(tag, value) for tag, value in tags.items() if value) if tags else None,
            member_ids=tuple(dict.fromkeys(str(member) for member in members if member is not None)),
        )

    def build_task(self, row: wire.TaskRow, listing: Listing) -> PsaTask | None:
        """Build a task."""
        if row.project_id is None or row.type_id == self.mapping.task.milestone:
            return None
        service = listing.find(SERVICES, row.service_id, wire.ServiceRow)
        _note_service(service, "billable", "billable")
        return PsaTask(
            **self._build_base(TASKS, row),
            project_id=str(row.project_id),
            parent_id=_to_id(row.parent_task_id),
            name=row.title,
            status=_get_status(row, listing),
            start_date=parse_leading_day(row.start_date),
            end_date=parse_leading_day(row.due_date),
            billable=None if service is None else service.billable,
            estimated_hours=convert_minutes_to_hours(row.initial_estimate),
            actual_hours=convert_minutes_to_hours(row.worked_time),
            remaining_hours=convert_minutes_to_hours(row.remaining_time),
        )

    def build_milestone(self, row: wire.TaskRow, listing: Listing) -> PsaMilestone | None:
        """Build a milestone from a task of that type; completed on the day of closing, in the organization's zone."""
        if row.project_id is None or row.type_id != self.mapping.task.milestone:
            return None
        return PsaMilestone(
            **self._build_base(TASKS, row),
            project_id=str(row.project_id),
            name=row.title,
            due_date=parse_leading_day(row.due_date),
            completed_on=parse_leading_day(row.closed_at),
            status=_get_status(row, listing),
        )

    def build_demand(self, row: wire.RequestRow, listing: Listing) -> PsaDemand | None:
        """Build a demand from a resource request."""
        project = find_project(row.service_id, listing)
        if project is None:
            return None
        return PsaDemand(
            **self._build_base(REQUESTS, row),
            project_id=project,
            role_name=row.title or "",
            start_date=parse_day(row.started_on),
            end_date=parse_day(row.ended_on),
            hours=convert_minutes_to_hours(row.total_time),
            allocation_percent=None if row.percentage is None else strip_zeros(row.percentage),
            status=row.status,
            requested_by_id=_to_id(row.creator_id),
        )

    def build_assignment(self, row: wire.BookingRow, listing: Listing) -> PsaAssignment | None:
        """Build an assignment from a booking on a service; None for an absence."""
        project = find_project(row.service_id, listing)
        if project is None or row.canceled:
            return None
        service = listing.find(SERVICES, row.service_id, wire.ServiceRow)
        return PsaAssignment(
            **self._build_base(BOOKINGS, row),
            project_id=project,
            user_id=_to_id(row.person_id),
            task_id=_to_id(row.task_id),
            demand_id=_to_id(row.resource_request_id),
            role_name=None if service is None else service.name,
            start_date=parse_day(row.started_on),
            end_date=parse_day(row.ended_on),
            planned_hours=convert_minutes_to_hours(_compute_minutes(row)),
            allocation_percent=None if row.percentage is None else strip_zeros(row.percentage),
            booking=TENTATIVE if row.draft else CONFIRMED,
            bill_rate=self._build_rate(service),
        )

    def build_time_entry(self, row: wire.TimeEntryRow, listing: Listing) -> PsaTimeEntry | None:
        """Build a time entry; None for time off and for time on a budget without a project."""
        project = find_project(row.service_id, listing)
        if project is None:
            return None
        billable = bool(row.billable_time)
        submitted = "submitted" if row.submitted else "unapproved"
        return PsaTimeEntry(
            **self._build_base(TIME, row),
            project_id=project,
            user_id=_to_id(row.person_id),
            task_id=_to_id(row.task_id),
            work_date=parse_day(row.date),
            hours=convert_minutes_to_hours(row.time) or Decimal(0),
            billable=billable,
            note=row.note,
            approval="approved" if row.approved else "rejected" if row.rejected else submitted,
            billing=INVOICED if row.invoiced else UNINVOICED if billable else NON_BILLABLE,
            bill_rate=self._build_rate(listing.find(SERVICES, row.service_id, wire.ServiceRow)) if billable else None,
        )

    def build_expense(self, row: wire.ExpenseRow, listing: Listing, fields: Directory) -> PsaExpense | None:
        """Build an expense of a project."""
        project = find_project(row.service_id, listing)
        if project is None:
            return None
        number = fields.get_value(row, EXPENSES, self.mapping.expense.number)
        kind = listing.find("service_types", row.service_type_id, wire.ServiceTypeRow)
        tax = None if row.total_amount_with_tax is None else row.total_amount_with_tax - row.total_amount
        return PsaExpense(
            **self._build_base(EXPENSE, row, self.mapping.expense.number, number),
            project_id=project,
            user_id=_to_id(row.person_id),
            category=row.name if kind is None else kind.name,
            incurred_on=parse_day(row.date),
            amount=self._build_money(row.total_amount, row.currency),
            tax=None if tax is None else self._build_money(tax, row.currency),
            billable=None if row.billable_amount is None else row.billable_amount > 0,
            reimbursable=row.reimbursable,
            markup_percent=None if row.markup is None else strip_zeros(row.markup),
            approval="approved" if row.approved else "rejected" if row.rejected else "unapproved",
        )

    def _build_base(
        self, resource: str, row: Row, field: str | None = None, value: str | None = None
    ) -> dict[str, Any]:
        return {
            "native": NativeId(self.connection, resource, str(row.id)),
            "modified_at": parse_optional_instant(row.updated_at),
            "references": ((field, value),) if field and value else (),
        }

    def _build_rate(self, service: wire.ServiceRow | None) -> Money | None:
        """Return the hourly price of a service, None if it is not sold by the hour."""
        _note_service(service, "bill_rate", "unit_id", "price", "currency")
        if service is None or service.unit_id != _HOUR or service.price is None or service.currency is None:
            return None
        return self._build_money(service.price, service.currency)

    def _build_money(self, cents: Decimal, currency: str) -> Money:
        return convert_cents_to_money(cents, currency, self.mapping.decimals)


def find_project(service: Id | None, listing: Listing) -> str | None:
    """Return the project of a service's budget, None if there is none."""
    line = listing.find(SERVICES, service, wire.ServiceRow)
    budget = None if line is None else listing.find(DEALS, line.deal_id, wire.DealRow)
    if (line is not None and "deal_id" in line.unread) or (budget is not None and "project_id" in budget.unread):
        raise build_mismatch(f"{SERVICES}: the project")
    return None if budget is None else _to_id(budget.project_id)


def _read_field(
    fields: Directory, row: Row, customizable: str, resource: str, name: str | None, attribute: str
) -> str | None:
    """Return the value of a custom field; an unreadable one costs its own attribute."""
    return parse_value(lambda each: fields.get_value(each, customizable, name), row, attribute, resource, name)


def _note_service(service: wire.ServiceRow | None, attribute: str, *names: str) -> None:
    """Mark an attribute that depends on unreadable attributes of a service."""
    for name in () if service is None else service.unread:
        if name in names:
            note_unreadable(attribute, SERVICES, name)


def _build_health(overall: str | None, note: str | None) -> PsaHealth | None:
    return None if overall is None else PsaHealth(overall=overall, note=note)


def _compute_minutes(row: wire.BookingRow) -> int | None:
    """Return the minutes of a booking: the total, or those per working day times the days."""
    if row.total_time is not None or row.time is None or row.total_working_days is None:
        return row.total_time
    return row.time * row.total_working_days


def _get_status(row: wire.TaskRow, listing: Listing) -> str | None:
    status = listing.find("workflow_statuses", row.workflow_status_id, wire.StatusRow)
    return None if status is None else status.name


def _to_id(value: Id | None) -> str | None:
    return None if value in (None, "") else str(value)

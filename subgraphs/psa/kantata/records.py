"""Builds records from rows and their included associations. Pure; codes stay source values of Kantata."""

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
    PsaHealth,
    PsaMilestone,
    PsaProject,
    PsaSkill,
    PsaTask,
    PsaTimeEntry,
    PsaUser,
)
from gateway.canonical.values import Money, get_minor_units
from subgraphs.kit.dates import parse_day, parse_instant, parse_leading_day
from subgraphs.kit.decoding import convert_row
from subgraphs.kit.numbers import convert_minutes_to_hours, parse_number, strip_zeros
from subgraphs.psa.kantata import wire
from subgraphs.psa.kantata.mapping import KantataMapping
from subgraphs.psa.kantata.wire import Id, RecordTables, Row, to_money

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

    def build_client(self, row: wire.GroupRow, tables: RecordTables) -> PsaClient:
        """Build a client from a workspace group."""
        number = self._find_reference(row, tables, self.mapping.references.client)
        return PsaClient(**self._build_base(GROUPS, row, number), display_number=number, name=row.name, number=number)

    def build_user(self, row: wire.UserRow, tables: RecordTables) -> PsaUser:
        """Build a user."""
        number = self._find_reference(row, tables, self.mapping.references.user)
        custom = _read_custom_fields(row, tables)
        return PsaUser(
            **self._build_base(USERS, row, number),
            display_number=number,
            name=row.full_name,
            email=row.email_address,
            worker_number=number,
            type=custom.get(self.mapping.user.type or ""),
            practice=custom.get(self.mapping.user.practice or ""),
            bill_rate=self._read_money(row, tables, self.mapping.user.bill_rate),
            active=not row.disabled,
        )

    def build_project(self, row: wire.WorkspaceRow, tables: RecordTables) -> PsaProject:
        """Build a project from a workspace; without a reference, its id is its code."""
        fields, custom = self.mapping.project, _read_custom_fields(row, tables)
        reference = self._find_reference(row, tables, self.mapping.references.project)
        tags = tuple(
            DimensionTag(code, custom[field]) for code, field in fields.dimensions.items() if custom.get(field)
        )
        percent = row.percentage_complete
        return PsaProject(
            **self._build_base(WORKSPACES, row, reference),
            display_number=reference or str(row.id),
            code=reference or str(row.id),
            name=row.title,
            description=row.description,
            type=custom.get(fields.type or ""),
            status=None if row.status is None else str(row.status.key),
            start_date=parse_leading_day(row.start_date),
            end_date=parse_leading_day(row.due_date),
            percent_complete=None if percent is None else strip_zeros(percent / _HUNDRED),
            client_id=_find_company(row, tables),
            manager_id=_to_id(row.primary_maven_id),
            legal_entity=custom.get(fields.legal_entity or ""),
            service_line=custom.get(fields.service_line or ""),
            currency=None if row.currency is None else self.mapping.resolve_currency(row.currency),
            contract_number=custom.get(fields.contract_number or ""),
            opportunity_reference=custom.get(fields.opportunity_reference or ""),
            health=_build_health(custom.get(fields.health or ""), custom.get(fields.health_note or "")),
            dimensions=tags if fields.dimensions else None,
            member_ids=tuple(str(member) for member in row.participant_ids),
        )

    def build_task(self, row: wire.StoryRow, _tables: RecordTables) -> PsaTask:
        """Build a task from a story."""
        return PsaTask(
            **self._build_base(STORIES, row),
            project_id=str(row.workspace_id),
            parent_id=_to_id(row.parent_id),
            name=row.title,
            status=row.state,
            start_date=parse_leading_day(row.start_date),
            end_date=parse_leading_day(row.due_date),
            billable=row.billable,
            estimated_hours=convert_minutes_to_hours(row.time_estimate_in_minutes),
        )

    def build_milestone(self, row: wire.StoryRow, _tables: RecordTables) -> PsaMilestone:
        """Build a milestone from a story of that type."""
        return PsaMilestone(
            **self._build_base(STORIES, row),
            project_id=str(row.workspace_id),
            name=row.title,
            due_date=parse_leading_day(row.due_date),
            status=row.state,
        )

    def build_demand(self, row: wire.DemandRow, tables: RecordTables) -> PsaDemand:
        """Build a demand; the role is an included record."""
        custom = _read_custom_fields(row, tables)
        role = tables.get("roles", {}).get(str(row.role_id), {})
        return PsaDemand(
            **self._build_base(DEMANDS, row),
            project_id=str(row.workspace_id),
            role_name=str(role.get("name") or row.title or ""),
            skills=self._build_skills(row, tables, custom.get(self.mapping.demand.skill_level or "")),
            location=custom.get(self.mapping.demand.location or ""),
            target_bill_rate=self._read_money(row, tables, self.mapping.demand.bill_rate),
            start_date=parse_day(row.start_date),
            end_date=parse_day(row.end_date),
            hours=parse_number(custom.get(self.mapping.demand.hours or "")),
            priority=custom.get(self.mapping.demand.priority or ""),
            status=row.status,
            requested_by_id=_to_id(row.creator_id),
        )

    def build_assignment(
        self, row: wire.AllocationRow, resource: wire.ResourceRow | None, tables: wire.RecordTables
    ) -> PsaAssignment:
        """Build an assignment from an allocation and its resource; the included project has the currency."""
        workspace = tables.get(WORKSPACES, {}).get(str(row.workspace_id))
        project = None if workspace is None else convert_row(workspace, wire.WorkspaceRow)
        return PsaAssignment(
            **self._build_base(ALLOCATIONS, row),
            project_id=str(row.workspace_id),
            user_id=None if resource is None else _to_id(resource.user_id),
            role_name=None if resource is None else resource.role_name,
            start_date=parse_day(row.start_date),
            end_date=parse_day(row.end_date),
            planned_hours=convert_minutes_to_hours(row.minutes),
            allocation_percent=None if row.percentage is None else strip_zeros(row.percentage),
            booking=HARD if row.hard else SOFT,
            bill_rate=None
            if resource is None or project is None
            else self._build_money(resource.resource_bill_rate, project.currency, project.currency_base_unit),
        )

    def build_time_entry(self, row: wire.TimeEntryRow, tables: RecordTables) -> PsaTimeEntry:
        """Build a time entry; the included submission has the approval."""
        reference = self._find_reference(row, tables, self.mapping.references.time_entry)
        worked = convert_minutes_to_hours(row.time_in_minutes) or Decimal(0)
        return PsaTimeEntry(
            **self._build_base(TIME, row, reference),
            project_id=str(row.workspace_id),
            user_id=_to_id(row.user_id),
            task_id=_to_id(row.story_id),
            work_date=parse_day(row.date_performed),
            hours=worked,
            billable=row.billable,
            note=row.notes,
            approval=_classify_approval(
                row.active_submission_id, tables, "timesheet_submissions", approved=row.approved
            ),
            billing=INVOICED if row.is_invoiced else UNINVOICED if row.billable else NON_BILLABLE,
            bill_rate=self._build_money(row.rate_in_cents, row.currency, row.currency_base_unit),
        )

    def build_expense(self, row: wire.ExpenseRow, tables: RecordTables) -> PsaExpense:
        """Build an expense."""
        reference = self._find_reference(row, tables, self.mapping.references.expense)
        return PsaExpense(
            **self._build_base(EXPENSES, row, reference),
            project_id=str(row.workspace_id),
            user_id=_to_id(row.user_id),
            task_id=_to_id(row.story_id),
            category=row.category,
            incurred_on=parse_day(row.date),
            amount=to_money(row.amount_in_cents, self.mapping.resolve_currency(row.currency), row.currency_base_unit),
            billable=row.is_billable,
            reimbursable=row.reimbursable,
            approval=_classify_approval(row.active_submission_id, tables, "expense_report_submissions", approved=False),
        )

    def _build_base(self, resource: str, row: Row, reference: str | None = None) -> dict[str, Any]:
        return {
            "native": NativeId(self.connection, resource, str(row.id)),
            "modified_at": None if row.updated_at is None else parse_instant(row.updated_at),
            "references": (("external_references", reference),) if reference else (),
        }

    def _build_money(self, units: int | None, currency: str | None, base: int) -> Money | None:
        return (
            None
            if units is None or currency is None
            else to_money(units, self.mapping.resolve_currency(currency), base)
        )

    def _build_skills(self, row: wire.DemandRow, tables: RecordTables, level: str | None) -> tuple[PsaSkill, ...]:
        """Return the included skills of a demand, by name."""
        skills = (tables.get("skills", {}).get(str(identifier), {}) for identifier in row.skill_ids)
        names = (str(each["name"]) for each in skills if each.get("name"))
        return tuple(PsaSkill(self.mapping.skills.get(name, name), name, level) for name in names)

    def _read_money(self, row: Row, tables: RecordTables, field: str | None) -> Money | None:
        """Return a custom field of type currency, whose value is [minor units, currency]."""
        value = _find_custom_value(row, tables, field)
        if not isinstance(value, list) or len(value) != 2 or not isinstance(value[0], int):  # noqa: PLR2004 -- a pair
            return None
        currency = self.mapping.resolve_currency(str(value[1]))
        return to_money(value[0], currency, 10 ** get_minor_units(currency))

    def _find_reference(self, row: Row, tables: RecordTables, model: str) -> str | None:
        """Return the record's external reference of the firm's own service."""
        references = tables.get("external_references", {})
        for identifier in row.external_reference_ids:
            reference = references.get(str(identifier), {})
            if (reference.get("service_name"), reference.get("service_model")) == (
                self.mapping.references.service,
                model,
            ):
                return str(reference["service_model_ref"])
        return None


def _find_company(row: wire.WorkspaceRow, tables: RecordTables) -> str | None:
    """Return a project's client: the first of its groups that is a company."""
    groups = tables.get(GROUPS, {})
    return next((str(group) for group in row.workspace_group_ids if groups.get(str(group), {}).get("company")), None)


def _read_custom_fields(row: Row, tables: RecordTables) -> Mapping[str, str]:
    """Return the display values of a record's custom fields by name."""
    records = tables.get("custom_field_values", {})
    values = (records.get(str(identifier), {}) for identifier in row.custom_field_value_ids)
    return {
        str(each["custom_field_name"]): str(each["display_value"])
        for each in values
        if each.get("custom_field_name") and each.get("display_value") not in (None, "")
    }


def _find_custom_value(row: Row, tables: RecordTables, field: str | None) -> Any:
    records = tables.get("custom_field_values", {})
    values = (records.get(str(identifier), {}) for identifier in row.custom_field_value_ids)
    return next((each.get("value") for each in values if field and each.get("custom_field_name") == field), None)


def _build_health(overall: str | None, note: str | None) -> PsaHealth | None:
    return None if overall is None else PsaHealth(overall=overall, note=note)


def _classify_approval(submission: Id | None, tables: RecordTables, kind: str, *, approved: bool) -> str:
    record = tables.get(kind, {}).get(str(submission), {})
    return str(record["status"]) if record.get("status") else APPROVED if approved else NOT_SUBMITTED


def _to_id(value: Id | None) -> str | None:
    return None if value is None else str(value)

"""Builds records from rows and their included associations. Pure; codes stay source values of Kantata."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import msgspec

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
from subgraphs.kit.dates import parse_day, parse_leading_day, parse_optional_instant
from subgraphs.kit.failures import build_mismatch
from subgraphs.kit.numbers import convert_minutes_to_hours, parse_number, strip_zeros
from subgraphs.kit.record_mapping import note_unreadable, parse_value
from subgraphs.kit.texts import to_text
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
_RESOURCE_ATTRIBUTES = {"resource_bill_rate": "bill_rate"}
RESOURCE_FIELDS = ("user_id", "role_name", "resource_bill_rate")
"""What an assignment takes from its resource."""


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
            type=_read_text(custom, "type", USERS, self.mapping.user.type),
            practice=_read_text(custom, "practice", USERS, self.mapping.user.practice),
            bill_rate=self._read_money(row, tables, "bill_rate", USERS, self.mapping.user.bill_rate),
            active=not row.disabled,
        )

    def build_project(self, row: wire.WorkspaceRow, tables: RecordTables) -> PsaProject:
        """Build a project from a workspace; without a reference, its id is its code."""
        fields, custom = self.mapping.project, _read_custom_fields(row, tables)
        reference = self._find_reference(row, tables, self.mapping.references.project)
        values = {
            code: _read_text(custom, "dimensions", WORKSPACES, field) for code, field in fields.dimensions.items()
        }
        tags = tuple(DimensionTag(code, value) for code, value in values.items() if value)
        percent = row.percentage_complete
        return PsaProject(
            **self._build_base(WORKSPACES, row, reference),
            display_number=reference or str(row.id),
            code=reference or str(row.id),
            name=row.title,
            description=row.description,
            type=_read_text(custom, "type", WORKSPACES, fields.type),
            status=None if row.status is None else str(row.status.key),
            start_date=parse_leading_day(row.start_date),
            end_date=parse_leading_day(row.due_date),
            percent_complete=None if percent is None else strip_zeros(percent / _HUNDRED),
            client_id=_find_company(row, tables),
            manager_id=_to_id(row.primary_maven_id),
            legal_entity=_read_text(custom, "legal_entity", WORKSPACES, fields.legal_entity),
            service_line=_read_text(custom, "service_line", WORKSPACES, fields.service_line),
            currency=self.mapping.resolve_currency(row.currency) if row.currency else None,
            contract_number=_read_text(custom, "contract_number", WORKSPACES, fields.contract_number),
            opportunity_reference=_read_text(custom, "opportunity_reference", WORKSPACES, fields.opportunity_reference),
            health=_build_health(
                _read_text(custom, "health", WORKSPACES, fields.health),
                _read_text(custom, "health", WORKSPACES, fields.health_note),
            ),
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
        role = _find(tables, "roles", row.role_id)
        return PsaDemand(
            **self._build_base(DEMANDS, row),
            project_id=str(row.workspace_id),
            role_name=to_text(role.get("name")) or row.title or "",
            skills=self._build_skills(
                row, tables, _read_text(custom, "skills", DEMANDS, self.mapping.demand.skill_level)
            ),
            location=_read_text(custom, "location", DEMANDS, self.mapping.demand.location),
            target_bill_rate=self._read_money(row, tables, "target_bill_rate", DEMANDS, self.mapping.demand.bill_rate),
            start_date=parse_day(row.start_date),
            end_date=parse_day(row.end_date),
            hours=_read_number(custom, "hours", DEMANDS, self.mapping.demand.hours),
            priority=_read_text(custom, "priority", DEMANDS, self.mapping.demand.priority),
            status=row.status,
            requested_by_id=_to_id(row.creator_id),
        )

    def build_assignment(
        self,
        row: wire.AllocationRow,
        resource: wire.ResourceRow | None,
        tables: wire.RecordTables,
        unreadable: Collection[str],
    ) -> PsaAssignment:
        """Build an assignment from an allocation and its resource; the included project has the currency.

        `unreadable` are the attributes of the resource that could not be read.
        """
        for name in unreadable:
            note_unreadable(_RESOURCE_ATTRIBUTES.get(name, name), RESOURCES, name)
        workspace = tables.get(WORKSPACES, {}).get(str(row.workspace_id))
        project = parse_value(_parse_price, workspace, "bill_rate", WORKSPACES, "currency")
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
            "modified_at": parse_optional_instant(row.updated_at),
            "references": (("external_references", reference),) if reference else (),
        }

    def _build_money(self, units: int | None, currency: str | None, base: int) -> Money | None:
        return None if units is None or not currency else to_money(units, self.mapping.resolve_currency(currency), base)

    def _build_skills(self, row: wire.DemandRow, tables: RecordTables, level: str | None) -> tuple[PsaSkill, ...]:
        """Return the included skills of a demand, by name."""
        names = (to_text(_find(tables, "skills", identifier).get("name")) for identifier in row.skill_ids)
        return tuple(PsaSkill(self.mapping.skills.get(name, name), name, level) for name in names if name)

    def _read_money(
        self, row: Row, tables: RecordTables, attribute: str, resource: str, field: str | None
    ) -> Money | None:
        """Return a custom field of type currency, whose value is [minor units, currency]."""
        value = _find_custom_value(row, tables, field)
        return parse_value(self._parse_money, value, attribute, resource, field)

    def _parse_money(self, value: Any) -> Money:
        units, code = msgspec.convert(value, tuple[int, str])
        currency = self.mapping.resolve_currency(code)
        return to_money(units, currency, 10 ** get_minor_units(currency))

    def _find_reference(self, row: Row, tables: RecordTables, model: str) -> str | None:
        """Return the record's external reference of the firm's own service."""
        for identifier in row.external_reference_ids:
            reference = _find(tables, "external_references", identifier)
            if (reference.get("service_name"), reference.get("service_model")) == (
                self.mapping.references.service,
                model,
            ):
                return to_text(reference.get("service_model_ref"))
        return None


def _find(tables: RecordTables, resource: str, identifier: Id | None) -> Mapping[str, Any]:
    """Return an included record, empty if it is not included; raise SourceError(CONTRACT_MISMATCH) for no object."""
    record = tables.get(resource, {}).get(str(identifier), {})
    if not isinstance(record, dict):
        raise build_mismatch(f"{resource}: a record that is no object")
    return record


def _find_company(row: wire.WorkspaceRow, tables: RecordTables) -> str | None:
    """Return a project's client: the first of its groups that is a company."""
    for group in row.workspace_group_ids:
        company = _find(tables, GROUPS, group).get("company")
        if company not in (None, False, True):
            raise build_mismatch(f"{GROUPS}.company: a text or number")
        if company:
            return str(group)
    return None


def _read_custom_fields(row: Row, tables: RecordTables) -> Mapping[str, Any]:
    """Return the display values of a record's custom fields by name, in the form in which they were sent."""
    values = (_find(tables, "custom_field_values", identifier) for identifier in row.custom_field_value_ids)
    return {
        str(each["custom_field_name"]): each.get("display_value") for each in values if each.get("custom_field_name")
    }


def _read_text(custom: Mapping[str, Any], attribute: str, resource: str, field: str | None) -> str | None:
    return parse_value(to_text, custom.get(field or ""), attribute, resource, field)


def _read_number(custom: Mapping[str, Any], attribute: str, resource: str, field: str | None) -> Decimal | None:
    return parse_value(lambda value: parse_number(to_text(value)), custom.get(field or ""), attribute, resource, field)


def _parse_price(record: Any) -> wire.Price:
    values = {name: record[name] for name in ("currency", "currency_base_unit") if record.get(name) is not None}
    return msgspec.convert(values, wire.Price)


def _find_custom_value(row: Row, tables: RecordTables, field: str | None) -> Any:
    values = (_find(tables, "custom_field_values", identifier) for identifier in row.custom_field_value_ids)
    return next((each.get("value") for each in values if field and each.get("custom_field_name") == field), None)


def _build_health(overall: str | None, note: str | None) -> PsaHealth | None:
    return None if overall is None else PsaHealth(overall=overall, note=note)


def _classify_approval(submission: Id | None, tables: RecordTables, kind: str, *, approved: bool) -> str:
    status = to_text(_find(tables, kind, submission).get("status"))
    return status or (APPROVED if approved else NOT_SUBMITTED)


def _to_id(value: Id | None) -> str | None:
    return None if value in (None, "") else str(value)

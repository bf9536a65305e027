"""Inputs that refer to records and filter lists. A condition that a system cannot apply is rejected, never ignored."""

from __future__ import annotations

from datetime import date, datetime

import strawberry

from gateway.schema.enums import (
    ApprovalState,
    BillingState,
    BookingStatus,
    ContractStatus,
    ContractType,
    CustomerStatus,
    DataRegion,
    DemandStatus,
    EmploymentStatus,
    InvoiceKind,
    InvoiceStatus,
    OpportunityStage,
    ProjectStatus,
    ProjectType,
    ResourceType,
    SystemRole,
    TaskStatus,
)
from gateway.schema.kernel import declare_condition

UNSET = strawberry.UNSET


@strawberry.input
class ExternalKeyInput:
    """An id of a record in a source system."""

    system: SystemRole
    """System that issued the id."""
    object_type: str
    """Object type in the source system, as in ExternalReference.objectType."""
    external_id: str
    """The id in the source system."""
    connection: str | None = UNSET
    """Connection that issued the id, as in SourceSystem.name; needed if several connections have the id."""


@strawberry.input(one_of=True)
class EntityRef:
    """A reference to a record: by global id, by an id in a source system, or by business code. Give exactly one."""

    id: strawberry.ID | None = UNSET
    """Global id."""
    external: ExternalKeyInput | None = UNSET
    """Id in a source system."""
    code: str | None = UNSET
    """Business code or number, e.g. a project code, contract number or invoice number."""


@strawberry.input(one_of=True)
class StringFilter:
    """A condition on a text. Give exactly one."""

    eq: str | None = UNSET
    """Equal to the text."""
    in_: list[str] | None = strawberry.field(name="in", default=UNSET)
    """Equal to one of the texts."""
    contains: str | None = UNSET
    """Contains the text."""
    starts_with: str | None = UNSET
    """Starts with the text."""


@strawberry.input
class DateFilter:
    """Conditions on a date; all must hold."""

    gte: date | None = UNSET
    """On or after the day."""
    lte: date | None = UNSET
    """On or before the day."""
    is_null: bool | None = UNSET
    """True: without a date. False: with a date."""


@strawberry.input
class DateRangeInput:
    """A range of calendar days."""

    from_: date = strawberry.field(name="from")
    """First day."""
    to: date
    """Last day, included."""


@strawberry.input
class CustomerFilter:
    """Conditions on customers; all must hold."""

    name: StringFilter | None = UNSET
    """Condition on the name."""
    status: list[CustomerStatus] | None = UNSET
    """Any of these statuses."""
    legal_entity_id: list[strawberry.ID] | None = declare_condition("sellingEntities")
    """Any of these legal entities, by global id."""
    region: list[DataRegion] | None = declare_condition("primaryLegalEntity")
    """Any of these data regions."""
    updated_since: datetime | None = UNSET
    """Changed at or after this time."""


@strawberry.input
class OpportunityFilter:
    """Conditions on opportunities; all must hold."""

    stage: list[OpportunityStage] | None = UNSET
    """Any of these stages."""
    close_date: DateFilter | None = declare_condition("expectedCloseDate")
    """Condition on the expected close date."""
    without_project: bool | None = declare_condition("project")
    """True: only opportunities without a project. False: only those with one."""


@strawberry.input
class ContractFilter:
    """Conditions on contracts; all must hold."""

    type: list[ContractType] | None = UNSET
    """Any of these contract types."""
    status: list[ContractStatus] | None = UNSET
    """Any of these statuses."""
    expiring: DateFilter | None = declare_condition("expirationDate")
    """Condition on the expiration date."""


@strawberry.input
class ProjectFilter:
    """Conditions on projects; all must hold."""

    code: StringFilter | None = UNSET
    """Condition on the project code."""
    name: StringFilter | None = UNSET
    """Condition on the name."""
    status: list[ProjectStatus] | None = UNSET
    """Any of these statuses."""
    type: list[ProjectType] | None = UNSET
    """Any of these types."""
    customer_id: list[strawberry.ID] | None = UNSET
    """Any of these customers, by global id."""
    manager_id: list[strawberry.ID] | None = UNSET
    """Any of these project managers, by global id."""
    legal_entity_id: list[strawberry.ID] | None = UNSET
    """Any of these legal entities, by global id."""
    start_date: DateFilter | None = UNSET
    """Condition on the planned first day."""
    end_date: DateFilter | None = UNSET
    """Condition on the planned last day."""
    updated_since: datetime | None = UNSET
    """Changed at or after this time."""


@strawberry.input
class ResourceFilter:
    """Conditions on people; all must hold. There is no search by name: the card index holds no names of people."""

    type: list[ResourceType] | None = UNSET
    """Any of these types."""
    employment_status: list[EmploymentStatus] | None = UNSET
    """Any of these statuses."""
    legal_entity_id: list[strawberry.ID] | None = UNSET
    """Any of these legal entities, by global id."""


@strawberry.input
class InvoiceFilter:
    """Conditions on invoices; all must hold."""

    status: list[InvoiceStatus] | None = UNSET
    """Any of these statuses."""
    kind: list[InvoiceKind] | None = UNSET
    """Any of these kinds."""
    customer_id: list[strawberry.ID] | None = UNSET
    """Any of these customers, by global id."""
    project_id: list[strawberry.ID] | None = declare_condition("projects")
    """Any of these projects, by global id."""
    legal_entity_id: list[strawberry.ID] | None = UNSET
    """Any of these legal entities, by global id."""
    issue_date: DateFilter | None = UNSET
    """Condition on the issue date."""
    due_date: DateFilter | None = UNSET
    """Condition on the due date."""


@strawberry.input
class TaskFilter:
    """Conditions on tasks; all must hold."""

    status: list[TaskStatus] | None = UNSET
    """Any of these statuses."""
    billable: bool | None = UNSET
    """Only billable, or only non-billable tasks."""


@strawberry.input
class ResourceDemandFilter:
    """Conditions on resource demands; all must hold."""

    status: list[DemandStatus] | None = UNSET
    """Any of these statuses."""
    role: list[str] | None = UNSET
    """Any of these roles."""


@strawberry.input
class AssignmentFilter:
    """Conditions on assignments; all must hold."""

    booking: list[BookingStatus] | None = UNSET
    """Any of these booking statuses."""
    range: DateRangeInput | None = declare_condition("startDate")
    """Only assignments that overlap the range."""


@strawberry.input
class TimeEntryFilter:
    """Conditions on time entries; all must hold."""

    work_date: DateFilter | None = UNSET
    """Condition on the day of work."""
    approval: list[ApprovalState] | None = UNSET
    """Any of these approval states."""
    billing: list[BillingState] | None = UNSET
    """Any of these billing states."""
    billable: bool | None = UNSET
    """Only billable, or only non-billable entries."""


@strawberry.input
class ExpenseFilter:
    """Conditions on expenses; all must hold."""

    approval: list[ApprovalState] | None = UNSET
    """Any of these approval states."""
    incurred_on: DateFilter | None = UNSET
    """Condition on the day of the expense."""
    category: list[str] | None = UNSET
    """Any of these categories."""

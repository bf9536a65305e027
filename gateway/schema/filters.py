"""Inputs: how records are referred to, filtered and ordered. A condition that a system cannot apply is refused, never dropped."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

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

UNSET = strawberry.UNSET


@strawberry.input
class ExternalKeyInput:
    """An id in a source system."""

    system: SystemRole
    object_type: str
    external_id: str


@strawberry.input(
    one_of=True, description="Refer to a record by global id, by an id in any source system, or by business code."
)
class EntityRef:
    """One of three ways to name a record."""

    id: strawberry.ID | None = UNSET
    external: ExternalKeyInput | None = UNSET
    code: str | None = UNSET


@strawberry.input(one_of=True)
class StringFilter:
    """One condition on a text."""

    eq: str | None = UNSET
    in_: list[str] | None = strawberry.field(name="in", default=UNSET)
    contains: str | None = UNSET
    starts_with: str | None = UNSET


@strawberry.input
class DateFilter:
    """Bounds on a date, both included."""

    gte: date | None = UNSET
    lte: date | None = UNSET
    is_null: bool | None = UNSET


@strawberry.input
class DateRangeInput:
    """Calendar days, both included."""

    from_: date = strawberry.field(name="from")
    to: date


@strawberry.input
class CustomerFilter:
    """Conditions on customers; all must hold."""

    name: StringFilter | None = UNSET
    status: list[CustomerStatus] | None = UNSET
    legal_entity_id: list[strawberry.ID] | None = UNSET
    region: list[DataRegion] | None = UNSET
    updated_since: datetime | None = UNSET


@strawberry.input
class OpportunityFilter:
    """Conditions on opportunities; all must hold."""

    stage: list[OpportunityStage] | None = UNSET
    close_date: DateFilter | None = UNSET
    without_project: bool | None = UNSET


@strawberry.input
class ContractFilter:
    """Conditions on contracts; all must hold."""

    type: list[ContractType] | None = UNSET
    status: list[ContractStatus] | None = UNSET
    expiring: DateFilter | None = UNSET


@strawberry.input
class ProjectFilter:
    """Conditions on projects; all must hold."""

    code: StringFilter | None = UNSET
    name: StringFilter | None = UNSET
    status: list[ProjectStatus] | None = UNSET
    type: list[ProjectType] | None = UNSET
    customer_id: list[strawberry.ID] | None = UNSET
    manager_id: list[strawberry.ID] | None = UNSET
    legal_entity_id: list[strawberry.ID] | None = UNSET
    start_date: DateFilter | None = UNSET
    end_date: DateFilter | None = UNSET
    updated_since: datetime | None = UNSET


@strawberry.input
class ResourceFilter:
    """Conditions on people; all must hold. Nobody can be searched by name."""

    type: list[ResourceType] | None = UNSET
    employment_status: list[EmploymentStatus] | None = UNSET
    legal_entity_id: list[strawberry.ID] | None = UNSET


@strawberry.input
class InvoiceFilter:
    """Conditions on invoices; all must hold."""

    status: list[InvoiceStatus] | None = UNSET
    kind: list[InvoiceKind] | None = UNSET
    customer_id: list[strawberry.ID] | None = UNSET
    project_id: list[strawberry.ID] | None = UNSET
    legal_entity_id: list[strawberry.ID] | None = UNSET
    issue_date: DateFilter | None = UNSET
    due_date: DateFilter | None = UNSET


@strawberry.input
class TaskFilter:
    """Conditions on tasks."""

    status: list[TaskStatus] | None = UNSET
    billable: bool | None = UNSET


@strawberry.input
class ResourceDemandFilter:
    """Conditions on resource demands."""

    status: list[DemandStatus] | None = UNSET
    role: list[str] | None = UNSET


@strawberry.input
class AssignmentFilter:
    """Conditions on assignments; `range` keeps those that overlap it."""

    booking: list[BookingStatus] | None = UNSET
    range: DateRangeInput | None = UNSET


@strawberry.input
class TimeEntryFilter:
    """Conditions on time entries."""

    work_date: DateFilter | None = UNSET
    approval: list[ApprovalState] | None = UNSET
    billing: list[BillingState] | None = UNSET
    billable: bool | None = UNSET


@strawberry.input
class ExpenseFilter:
    """Conditions on expenses."""

    approval: list[ApprovalState] | None = UNSET
    incurred_on: DateFilter | None = UNSET
    category: list[str] | None = UNSET


@strawberry.enum
class SortDirection(StrEnum):
    """Which way a list runs."""

    ASC = "ASC"
    DESC = "DESC"


@strawberry.enum
class CustomerOrderField(StrEnum):
    """What customers can be ordered by."""

    NAME = "NAME"
    UPDATED_AT = "UPDATED_AT"


@strawberry.enum
class ProjectOrderField(StrEnum):
    """What projects can be ordered by."""

    CODE = "CODE"
    NAME = "NAME"
    START_DATE = "START_DATE"
    END_DATE = "END_DATE"
    UPDATED_AT = "UPDATED_AT"


@strawberry.enum
class ResourceOrderField(StrEnum):
    """What people can be ordered by; not by name: the index holds none."""

    HIRE_DATE = "HIRE_DATE"


@strawberry.enum
class InvoiceOrderField(StrEnum):
    """What invoices can be ordered by."""

    ISSUE_DATE = "ISSUE_DATE"
    DUE_DATE = "DUE_DATE"
    NUMBER = "NUMBER"


@strawberry.input
class CustomerOrder:
    """An order of customers."""

    field: CustomerOrderField
    direction: SortDirection


@strawberry.input
class ProjectOrder:
    """An order of projects."""

    field: ProjectOrderField
    direction: SortDirection


@strawberry.input
class ResourceOrder:
    """An order of people."""

    field: ResourceOrderField
    direction: SortDirection


@strawberry.input
class InvoiceOrder:
    """An order of invoices."""

    field: InvoiceOrderField
    direction: SortDirection

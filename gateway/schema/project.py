"""Projects: the start of the unified project view."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated

import strawberry

from gateway.canonical.records.card import Card
from gateway.canonical.records.erp import ErpExpense, ErpJob
from gateway.canonical.records.psa import (
    PsaAssignment,
    PsaDemand,
    PsaExpense,
    PsaMilestone,
    PsaProject,
    PsaTask,
    PsaTimeEntry,
)
from gateway.canonical.roles import ConflictPolicy as Policy
from gateway.canonical.roles import RowScopeKey as Rows
from gateway.canonical.roles import SystemRole as Role
from gateway.canonical.states import DimensionTarget, MappingDomain
from gateway.schema.canonical_entity import CanonicalEntity, get_canonical_id
from gateway.schema.contract import Contract
from gateway.schema.customer import Customer
from gateway.schema.dimension import DimensionAssignment, ServiceLine
from gateway.schema.dimension_fields import declare_dimensions, declare_service_line
from gateway.schema.enums import DataRegion, ProjectStatus, ProjectType, Rag, SystemRole
from gateway.schema.filters import (
    AssignmentFilter,
    ExpenseFilter,
    InvoiceFilter,
    ResourceDemandFilter,
    TaskFilter,
    TimeEntryFilter,
)
from gateway.schema.kernel import UNSET, Connection, CurrencyCode, derived, facet, noun, reference, related, sourced
from gateway.schema.legal_entity import LegalEntity
from gateway.schema.opportunity import Opportunity
from gateway.schema.project_fields import build_expense_key, resolve_health, resolve_status_by_system
from gateway.schema.task import Milestone, ProjectTask

if TYPE_CHECKING:
    from gateway.schema.assignment import Assignment, ResourceDemand
    from gateway.schema.expense import Expense
    from gateway.schema.invoice import Invoice
    from gateway.schema.resource import Resource
    from gateway.schema.time_entry import TimeEntry


@strawberry.type
class SystemProjectStatus:
    """The status of a project in one system."""

    system: SystemRole
    """The system."""
    raw_status: str
    """Status code exactly as the system stores it."""
    canonical: ProjectStatus | None
    """Canonical status; null if the code has no mapping."""
    last_synced_at: datetime | None
    """When the gateway last synchronised the project with the system (UTC)."""


@strawberry.type
class ProjectHealth:
    """Health of a project, as set by the project lead."""

    overall: Rag
    """Overall health."""
    note: str | None
    """Comment of the project lead."""


@noun(
    anchor=Role.PSA,
    keys=["id", "code"],
    facets={
        Role.PSA: facet(PsaProject, loader="psa_projects"),
        Role.ERP: facet(ErpJob, loader="erp_jobs"),
        Role.GATEWAY: facet(Card, loader="cards_by_id"),
    },
    scopes=[["projects:read"]],
    rows=[Rows.TENANT, Rows.LEGAL_ENTITY, Rows.REGION, Rows.CUSTOMER, Rows.PROJECT_MEMBER],
    coded_by="code",
)
class Project(CanonicalEntity):
    """A project, assembled from the PSA and the ERP."""

    code: str = sourced(record=Role.PSA, fallback=[Role.ERP, Role.GATEWAY], conflict=Policy.MANUAL)
    """Project code."""
    name: str = sourced(record=Role.PSA, fallback=[Role.ERP, Role.GATEWAY])
    """Name of the project."""
    description: str | None = sourced(record=Role.PSA)
    """Description of the project."""
    type: ProjectType | None = sourced(record=Role.PSA, maps=MappingDomain.PROJECT_TYPE, into=ProjectType)
    """Type of project."""
    status: ProjectStatus | None = sourced(
        record=Role.PSA,
        fallback=[Role.ERP, Role.GATEWAY],
        maps=MappingDomain.PROJECT_STATUS,
        into=ProjectStatus,
    )
    """Status of the project; see statusBySystem for each system's own status."""
    status_by_system: list[SystemProjectStatus] = derived(resolve_status_by_system, needs=[Role.PSA, Role.ERP])
    """Status in each system that holds the project; an error names each system that did not answer."""
    health: ProjectHealth | None = sourced(record=Role.PSA, of=resolve_health, origins={PsaProject: "health"})
    """Health as set by the project lead; null if the PSA does not record it."""
    start_date: date | None = sourced(record=Role.PSA, fallback=[Role.ERP])
    """Planned first day."""
    end_date: date | None = sourced(record=Role.PSA, fallback=[Role.ERP])
    """Planned last day, included."""
    actual_end_date: date | None = sourced(record=Role.PSA)
    """Day on which the project ended; null while it is running."""
    percent_complete: Decimal | None = sourced(record=Role.PSA)
    """Progress as a fraction, 0 to 1."""
    customer: Customer | None = reference("Customer", record=Role.GATEWAY, of="customer_id")
    """Customer of the project."""
    contract: Contract | None = reference(
        "Contract", record=Role.GATEWAY, of="contract_id", origins={PsaProject: "contract_number"}
    )
    """Contract under which the work is done."""
    opportunity: Opportunity | None = reference(
        "Opportunity", record=Role.GATEWAY, of="opportunity_id", origins={PsaProject: "opportunity_reference"}
    )
    """Opportunity that led to the project."""
    legal_entity: LegalEntity | None = reference(
        "LegalEntity",
        record=Role.ERP,
        fallback=[Role.PSA],
        conflict=Policy.MANUAL,
        of="legal_entity",
        by="code",
        maps=MappingDomain.LEGAL_ENTITY,
    )
    """Legal entity that delivers the project."""
    service_line: ServiceLine | None = declare_service_line(Role.ERP, fallback=[Role.PSA])
    """Service line of the project."""
    currency: CurrencyCode | None = sourced(record=Role.ERP, fallback=[Role.PSA], conflict=Policy.MANUAL)
    """Currency of the project."""
    region: DataRegion | None = sourced(record=Role.GATEWAY, into=DataRegion)
    """Region in which the project's data must stay."""
    manager: Annotated[Resource, strawberry.lazy("gateway.schema.resource")] | None = reference(
        "Resource", record=Role.PSA, of="manager_id"
    )
    """Project manager."""
    dimensions: list[DimensionAssignment] | None = declare_dimensions(
        Role.ERP, fallback=[Role.PSA], target=DimensionTarget.PROJECT
    )
    """Financial dimensions of the project, including required ones that are missing."""

    @related("psa_tasks_by_project", record=Role.PSA, origins={PsaTask: None})
    def tasks(
        self, filter: TaskFilter | None = UNSET, first: int | None = 50, after: str | None = UNSET
    ) -> Connection[ProjectTask] | None:
        """Tasks of the work breakdown structure."""

    @related("psa_milestones_by_project", record=Role.PSA, shape="list", origins={PsaMilestone: None})
    def milestones(self) -> list[Milestone] | None:
        """Milestones; at most 100."""

    @related("psa_demands_by_project", record=Role.PSA, origins={PsaDemand: None})
    def resource_demands(
        self, filter: ResourceDemandFilter | None = UNSET, first: int | None = 50, after: str | None = UNSET
    ) -> Connection[Annotated[ResourceDemand, strawberry.lazy("gateway.schema.assignment")]] | None:
        """Requests for people."""

    @related("psa_assignments_by_project", record=Role.PSA, origins={PsaAssignment: None})
    def assignments(
        self, filter: AssignmentFilter | None = UNSET, first: int | None = 50, after: str | None = UNSET
    ) -> Connection[Annotated[Assignment, strawberry.lazy("gateway.schema.assignment")]] | None:
        """Bookings of people."""

    @related("psa_time_entries_by_project", record=Role.PSA, origins={PsaTimeEntry: None}, scopes=[["time:read"]])
    def time_entries(
        self, filter: TimeEntryFilter | None = UNSET, first: int | None = 50, after: str | None = UNSET
    ) -> Connection[Annotated[TimeEntry, strawberry.lazy("gateway.schema.time_entry")]] | None:
        """Time entries, oldest first."""

    @related(
        "expenses_by_project",
        record=Role.PSA,
        fallback=[Role.ERP],
        key=build_expense_key,
        origins={PsaExpense: None, ErpExpense: None},
        scopes=[["expenses:read"]],
    )
    def expenses(
        self, filter: ExpenseFilter | None = UNSET, first: int | None = 50, after: str | None = UNSET
    ) -> Connection[Annotated[Expense, strawberry.lazy("gateway.schema.expense")]] | None:
        """Expenses, oldest first; from the ERP if the PSA holds no expenses."""

    @related("invoices_of_project", record=Role.ERP, key=get_canonical_id, scopes=[["invoices:read"]])
    def invoices(
        self, filter: InvoiceFilter | None = UNSET, first: int | None = 25, after: str | None = UNSET
    ) -> Connection[Annotated[Invoice, strawberry.lazy("gateway.schema.invoice")]] | None:
        """Invoices for the project."""

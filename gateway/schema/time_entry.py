"""Time entries: recorded in the PSA, billed and costed in the ERP."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated

import strawberry

from gateway.canonical.records.erp import ErpTimePosting
from gateway.canonical.records.psa import PsaTimeEntry
from gateway.canonical.roles import ConflictPolicy as Policy
from gateway.canonical.roles import DataClass
from gateway.canonical.roles import RowScopeKey as Rows
from gateway.canonical.roles import SystemRole as Role
from gateway.canonical.states import DimensionTarget, MappingDomain
from gateway.schema.canonical_entity import CanonicalEntity
from gateway.schema.dimension import DimensionAssignment
from gateway.schema.dimension_fields import declare_dimensions
from gateway.schema.enums import ApprovalState, BillingState
from gateway.schema.invoice import InvoiceLine
from gateway.schema.kernel import Sensitive, facet, noun, owned_by, reference, sourced
from gateway.schema.leaf_fields import build_posting_key
from gateway.schema.legal_entity import FiscalPeriod
from gateway.schema.money import Money
from gateway.schema.task import ProjectTask

if TYPE_CHECKING:
    from gateway.schema.project import Project
    from gateway.schema.resource import Resource


@noun(
    anchor=Role.PSA,
    keys=["id"],
    facets={
        Role.PSA: facet(PsaTimeEntry, loader="psa_time_entries"),
        Role.ERP: facet(ErpTimePosting, loader="erp_time_postings", key=build_posting_key),
    },
    scopes=[["time:read"]],
    rows=[
        Rows.TENANT,
        Rows.LEGAL_ENTITY,
        Rows.REGION,
        Rows.CUSTOMER,
        Rows.PROJECT_MEMBER,
        Rows.SELF,
        Rows.MANAGER_CHAIN,
    ],
    owner=owned_by("Project", "project_id"),
    dated={PsaTimeEntry: "work_date"},
)
class TimeEntry(CanonicalEntity):
    """Hours worked by one person on one day. Hours are decimal hours."""

    resource: Annotated[Resource, strawberry.lazy("gateway.schema.resource")] | None = reference(
        "Resource", record=Role.PSA, of="user_id"
    )
    """Person who worked."""
    project: Annotated[Project, strawberry.lazy("gateway.schema.project")] | None = reference(
        "Project", record=Role.PSA, of="project_id"
    )
    """Project on which the person worked."""
    task: ProjectTask | None = reference("ProjectTask", record=Role.PSA, of="task_id")
    """Task on which the person worked."""
    work_date: date = sourced(record=Role.PSA)
    """Day of work, in the calendar of the legal entity."""
    hours: Decimal = sourced(record=Role.PSA)
    """Hours worked."""
    billable: bool | None = sourced(record=Role.PSA)
    """Whether the time is billed to the customer."""
    note: str | None = sourced(record=Role.PSA, sensitive=Sensitive(DataClass.CONFIDENTIAL))
    """Note of the person."""
    approval: ApprovalState | None = sourced(record=Role.PSA, maps=MappingDomain.APPROVAL_STATE, into=ApprovalState)
    """Approval state."""
    billing: BillingState | None = sourced(
        record=Role.ERP, fallback=[Role.PSA], maps=MappingDomain.BILLING_STATE, into=BillingState
    )
    """Billing state."""
    bill_rate: Money | None = sourced(record=Role.PSA, fallback=[Role.ERP], scopes=[["resources.rates:read"]])
    """Bill rate per hour."""
    bill_amount: Money | None = sourced(
        record=Role.ERP,
        fallback=[Role.PSA],
        conflict=Policy.MANUAL,
        scopes=[["projects.financials:read", "resources.rates:read"]],
    )
    """Amount to bill."""
    cost_amount: Money | None = sourced(
        record=Role.ERP,
        scopes=[["resources.cost:read"]],
        sensitive=Sensitive(DataClass.FINANCIAL_RESTRICTED, residency_bound=True),
    )
    """Cost of the time."""
    dimensions: list[DimensionAssignment] | None = declare_dimensions(Role.ERP, target=DimensionTarget.TIME_ENTRY)
    """Financial dimensions with which the ERP posted the entry, including required ones that are missing."""
    posting_period: FiscalPeriod | None = sourced(record=Role.ERP, of="period")
    """Accounting period in which the ERP posted the time."""
    invoice_line: InvoiceLine | None = reference(
        "InvoiceLine", record=Role.ERP, of="invoice_line_id", scopes=[["invoices:read", "resources.rates:read"]]
    )
    """Invoice line that bills the time; null if it is not yet invoiced."""

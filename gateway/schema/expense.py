"""Expenses."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated

import strawberry

from gateway.canonical.records.erp import ErpExpense
from gateway.canonical.records.psa import PsaExpense
from gateway.canonical.roles import RowScopeKey as Rows
from gateway.canonical.roles import SystemRole as Role
from gateway.canonical.states import MappingDomain
from gateway.schema.canonical_entity import CanonicalEntity
from gateway.schema.enums import ApprovalState, BillingState, ReimbursementState
from gateway.schema.kernel import facet, noun, owned_by, reference, sourced
from gateway.schema.leaf_fields import build_expense_amount, build_posting_key
from gateway.schema.money import Money, MoneySet

if TYPE_CHECKING:
    from gateway.schema.project import Project
    from gateway.schema.resource import Resource

ERP_TOO = (Role.ERP,)


@noun(
    anchor=Role.PSA,
    keys=["id"],
    facets={
        Role.PSA: facet(PsaExpense, loader="psa_expenses"),
        Role.ERP: facet(ErpExpense, loader="erp_expenses", key=build_posting_key, joined="erp_expenses_by_reference"),
    },
    scopes=[["expenses:read"]],
    rows=[
        Rows.TENANT,
        Rows.LEGAL_ENTITY,
        Rows.REGION,
        Rows.CUSTOMER,
        Rows.PROJECT_MEMBER,
        Rows.SELF,
        Rows.MANAGER_CHAIN,
    ],
    owner=owned_by("Project", lambda record: record.project_id if isinstance(record, PsaExpense) else record.job_id),
    dated={PsaExpense: "incurred_on", ErpExpense: "incurred_on"},
)
class Expense(CanonicalEntity):
    """An expense of a person for a project, from the PSA, or from the ERP if the PSA holds no expenses."""

    resource: Annotated[Resource, strawberry.lazy("gateway.schema.resource")] | None = reference(
        "Resource", record=Role.PSA, fallback=ERP_TOO, of={Role.PSA: "user_id", Role.ERP: "employee_id"}
    )
    """Person who spent the money."""
    project: Annotated[Project, strawberry.lazy("gateway.schema.project")] | None = reference(
        "Project", record=Role.PSA, fallback=ERP_TOO, of={Role.PSA: "project_id", Role.ERP: "job_id"}
    )
    """Project for which the money was spent."""
    category: str = sourced(record=Role.PSA, fallback=ERP_TOO)
    """Expense category, as named in the source system."""
    incurred_on: date = sourced(record=Role.PSA, fallback=ERP_TOO)
    """Day on which the expense was incurred."""
    amount: MoneySet = sourced(record=Role.PSA, fallback=ERP_TOO, of=build_expense_amount)
    """Amount of the expense."""
    tax: Money | None = sourced(record=Role.PSA, fallback=ERP_TOO)
    """Tax on the expense."""
    billable: bool | None = sourced(record=Role.PSA, fallback=ERP_TOO)
    """Whether the expense is billed to the customer."""
    reimbursable: bool | None = sourced(record=Role.PSA, fallback=ERP_TOO)
    """Whether the expense is reimbursed to the person."""
    markup_percent: Decimal | None = sourced(record=Role.PSA)
    """Mark-up on the amount billed, in percent."""
    approval: ApprovalState | None = sourced(
        record=Role.PSA, fallback=ERP_TOO, maps=MappingDomain.APPROVAL_STATE, into=ApprovalState
    )
    """Approval state."""
    billing: BillingState | None = sourced(record=Role.ERP, maps=MappingDomain.BILLING_STATE, into=BillingState)
    """Billing state in the ERP."""
    reimbursement: ReimbursementState | None = sourced(record=Role.ERP, into=ReimbursementState)
    """Reimbursement state in the ERP."""

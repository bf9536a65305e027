"""Money spent for a project."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated

import strawberry

from gateway.canonical.records.erp import ErpExpense
from gateway.canonical.records.psa import PsaExpense
from gateway.canonical.roles import DataClass, MaskMode
from gateway.canonical.roles import RowScopeKey as Rows
from gateway.canonical.roles import SystemRole as Role
from gateway.canonical.states import MappingDomain
from gateway.schema.canonical_entity import CanonicalEntity
from gateway.schema.enums import ApprovalState, BillingState, ReimbursementState
from gateway.schema.kernel import URL, Sensitive, facet, noun, owned_by, reference, sourced
from gateway.schema.leaf_fields import build_expense_amount
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
        Role.ERP: facet(ErpExpense, loader="erp_expenses"),
    },
    scopes=[["expenses:read"]],
    rows=[Rows.TENANT, Rows.LEGAL_ENTITY, Rows.REGION, Rows.PROJECT_MEMBER, Rows.SELF, Rows.MANAGER_CHAIN],
    owner=owned_by("Project", lambda record: record.project_id if isinstance(record, PsaExpense) else record.job_id),
)
class Expense(CanonicalEntity):
    """An expense; it lives in the PSA, or in the ERP where the PSA keeps none."""

    resource: Annotated[Resource, strawberry.lazy("gateway.schema.resource")] | None = reference(
        "Resource", record=Role.PSA, fallback=ERP_TOO, of={Role.PSA: "user_id", Role.ERP: "employee_id"}
    )
    project: Annotated[Project, strawberry.lazy("gateway.schema.project")] | None = reference(
        "Project", record=Role.PSA, fallback=ERP_TOO, of={Role.PSA: "project_id", Role.ERP: "job_id"}
    )
    category: str = sourced(record=Role.PSA, fallback=ERP_TOO)
    incurred_on: date = sourced(record=Role.PSA, fallback=ERP_TOO)
    amount: MoneySet = sourced(record=Role.PSA, fallback=ERP_TOO, of=build_expense_amount)
    tax: Money | None = sourced(record=Role.PSA, fallback=ERP_TOO)
    billable: bool | None = sourced(record=Role.PSA, fallback=ERP_TOO)
    reimbursable: bool | None = sourced(record=Role.PSA, fallback=ERP_TOO)
    markup_percent: Decimal | None = sourced(record=Role.PSA)
    receipt_url: URL | None = sourced(
        record=Role.PSA, sensitive=Sensitive(DataClass.PERSONAL, MaskMode.NULLIFY, residency_bound=True)
    )
    approval: ApprovalState | None = sourced(
        record=Role.PSA, fallback=ERP_TOO, maps=MappingDomain.APPROVAL_STATE, into=ApprovalState
    )
    billing: BillingState | None = sourced(record=Role.ERP, maps=MappingDomain.BILLING_STATE, into=BillingState)
    reimbursement: ReimbursementState | None = sourced(record=Role.ERP, into=ReimbursementState)

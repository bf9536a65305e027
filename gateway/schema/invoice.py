"""Invoices, their lines and what was paid."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated

import strawberry

from gateway.canonical.records.card import Card
from gateway.canonical.records.erp import ErpInvoice, ErpInvoiceLine, ErpPayment
from gateway.canonical.roles import RowScopeKey as Rows
from gateway.canonical.roles import SystemRole as Role
from gateway.canonical.states import DimensionTarget, MappingDomain
from gateway.schema import invoice_facts as facts
from gateway.schema import lineage
from gateway.schema.canonical_entity import CanonicalEntity
from gateway.schema.contract import Contract
from gateway.schema.customer import Customer
from gateway.schema.dimension import DimensionAssignment
from gateway.schema.enums import InvoiceKind, InvoiceLineKind, InvoiceStatus, TaxType
from gateway.schema.identity import ExternalReference
from gateway.schema.kernel import (
    UNSET,
    Connection,
    CurrencyCode,
    Node,
    derived,
    facet,
    noun,
    owned_by,
    reference,
    related,
    sourced,
)
from gateway.schema.legal_entity import LegalEntity, TaxJurisdiction
from gateway.schema.money import Money, MoneySet
from gateway.schema.posting import dimensions

if TYPE_CHECKING:
    from gateway.schema.project import Project
    from gateway.schema.resource import Resource


@strawberry.type
class InvoiceTax:
    """Tax; `rate` is a fraction, 0.2 for 20 %."""

    jurisdiction: TaxJurisdiction | None
    tax_type: TaxType
    rate: Decimal
    taxable: Money
    amount: Money
    reverse_charge: bool


@noun(
    anchor=Role.ERP,
    keys=["id", "number"],
    facets={Role.ERP: facet(ErpInvoice, loader="erp_invoices"), Role.GATEWAY: facet(Card, loader="cards_by_id")},
    scopes=[["invoices:read"]],
    rows=[Rows.TENANT, Rows.LEGAL_ENTITY, Rows.REGION],
)
class Invoice(CanonicalEntity):
    """A claim on a customer; credit memos carry negative amounts."""

    number: str = sourced(record=Role.ERP, fallback=[Role.GATEWAY])
    kind: InvoiceKind | None = sourced(record=Role.ERP, maps=MappingDomain.INVOICE_KIND, into=InvoiceKind)
    status: InvoiceStatus | None = derived(facts.status, needs=[Role.ERP], record=Role.ERP)
    customer: Customer | None = reference(
        "Customer", record=Role.GATEWAY, of="customer_id", behind={ErpInvoice: "customer_id"}
    )
    contract: Contract | None = reference(
        "Contract", record=Role.GATEWAY, of="contract_id", behind={ErpInvoice: "contract_number"}
    )
    projects: list[Annotated[Project, strawberry.lazy("gateway.schema.project")]] | None = reference(
        "Project", record=Role.GATEWAY, of="project_ids", many=True, behind={ErpInvoice: "job_ids"}
    )
    legal_entity: LegalEntity | None = reference(
        "LegalEntity", record=Role.ERP, of="legal_entity", by="code", maps=MappingDomain.LEGAL_ENTITY
    )
    issue_date: date | None = sourced(record=Role.ERP)
    due_date: date | None = sourced(record=Role.ERP)
    period_start: date | None = sourced(record=Role.ERP)
    period_end: date | None = sourced(record=Role.ERP)
    currency: CurrencyCode = sourced(record=Role.ERP, fallback=[Role.GATEWAY])
    subtotal: MoneySet | None = sourced(record=Role.ERP, of=facts.subtotal, behind={ErpInvoice: "subtotal"})
    tax_total: MoneySet | None = sourced(record=Role.ERP, of=facts.tax_total, behind={ErpInvoice: "tax_total"})
    total: MoneySet = sourced(record=Role.ERP, of=facts.total)
    balance: Money | None = sourced(record=Role.ERP)
    taxes: list[InvoiceTax] | None = sourced(record=Role.ERP, of=facts.taxes)
    corrects: Annotated[Invoice, strawberry.lazy("gateway.schema.invoice")] | None = reference(
        "Invoice", record=Role.ERP, of="corrects_id"
    )
    purchase_order_number: str | None = sourced(record=Role.ERP)

    @related("erp_invoice_lines_by_invoice", record=Role.ERP)
    def lines(
        self, first: int | None = 50, after: str | None = UNSET
    ) -> Connection[Annotated[InvoiceLine, strawberry.lazy("gateway.schema.invoice")]] | None:
        """What was billed, in the order of the document."""

    @related("erp_payments_by_invoice", record=Role.ERP, shape="list")
    def payments(self) -> list[Annotated[Payment, strawberry.lazy("gateway.schema.invoice")]] | None:
        """What was paid, oldest first."""


@noun(
    anchor=Role.ERP,
    keys=["id"],
    facets={Role.ERP: facet(ErpInvoiceLine, loader="erp_invoice_lines")},
    scopes=[["invoices:read"]],
    owner=owned_by("Invoice", "invoice_id"),
)
class InvoiceLine(Node):
    """A line of an invoice."""

    invoice: Invoice | None = reference("Invoice", record=Role.ERP, of="invoice_id")
    sequence: int = sourced(record=Role.ERP)
    kind: InvoiceLineKind | None = sourced(record=Role.ERP, maps=MappingDomain.INVOICE_LINE_KIND, into=InvoiceLineKind)
    description: str = sourced(record=Role.ERP)
    project: Annotated[Project, strawberry.lazy("gateway.schema.project")] | None = reference(
        "Project", record=Role.ERP, of="job_id"
    )
    resource: Annotated[Resource, strawberry.lazy("gateway.schema.resource")] | None = reference(
        "Resource", record=Role.ERP, of="employee_id"
    )
    quantity: Decimal | None = sourced(record=Role.ERP)
    unit_rate: Money | None = sourced(record=Role.ERP)
    amount: MoneySet = sourced(record=Role.ERP, of=facts.line_amount)
    tax: list[InvoiceTax] | None = sourced(record=Role.ERP, of=facts.taxes)
    dimensions: list[DimensionAssignment] | None = dimensions(Role.ERP, target=DimensionTarget.INVOICE_LINE)


@strawberry.type
class PaymentApplication:
    """How much of a payment went to one invoice."""

    invoice: Invoice | None = reference("Invoice", of=lambda applied, _request: applied.invoice)
    amount: Money


@noun(
    anchor=Role.ERP,
    keys=["id"],
    facets={Role.ERP: facet(ErpPayment, loader="erp_payments")},
    scopes=[["invoices:read"]],
    owner=owned_by("Invoice", facts.paid_invoice),
)
class Payment(Node):
    """Money received."""

    external_references: list[ExternalReference] = derived(lineage.references)
    received_on: date = sourced(record=Role.ERP)
    amount: MoneySet = sourced(record=Role.ERP, of=facts.payment_amount)
    applied_to: list[PaymentApplication] = sourced(record=Role.ERP, of=facts.applications)
    reference: str | None = sourced(record=Role.ERP)
    method: str | None = sourced(record=Role.ERP)

"""Invoices, their lines and payments."""

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
from gateway.schema import invoice_fields as fields
from gateway.schema import lineage
from gateway.schema.canonical_entity import CanonicalEntity
from gateway.schema.contract import Contract
from gateway.schema.customer import Customer
from gateway.schema.dimension import DimensionAssignment
from gateway.schema.dimension_fields import declare_dimensions
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
from gateway.schema.money import ExchangeRate, Money, MoneySet

if TYPE_CHECKING:
    from gateway.schema.project import Project
    from gateway.schema.resource import Resource


@strawberry.type
class InvoiceTax:
    """Tax on an invoice or an invoice line."""

    jurisdiction: TaxJurisdiction | None
    """Jurisdiction that levies the tax."""
    tax_type: TaxType
    """Type of tax."""
    rate: Decimal
    """Tax rate as a fraction, e.g. 0.2 for 20 %."""
    taxable: Money
    """Amount on which the tax is calculated."""
    amount: Money
    """Tax amount."""
    reverse_charge: bool
    """Whether the customer accounts for the tax (reverse charge)."""


@noun(
    anchor=Role.ERP,
    keys=["id", "number"],
    facets={Role.ERP: facet(ErpInvoice, loader="erp_invoices"), Role.GATEWAY: facet(Card, loader="cards_by_id")},
    scopes=[["invoices:read"]],
    rows=[Rows.TENANT, Rows.LEGAL_ENTITY, Rows.REGION, Rows.CUSTOMER],
    dated={ErpInvoice: "issue_date"},
    coded_by="number",
)
class Invoice(CanonicalEntity):
    """An invoice or credit memo to a customer; amounts of credit memos are negative."""

    number: str = sourced(record=Role.ERP, fallback=[Role.GATEWAY])
    """Invoice number."""
    kind: InvoiceKind | None = sourced(record=Role.ERP, maps=MappingDomain.INVOICE_KIND, into=InvoiceKind)
    """Kind of document."""
    status: InvoiceStatus | None = derived(fields.resolve_status, needs=[Role.ERP], record=Role.ERP)
    """Status today. PARTIALLY_PAID, PAID and OVERDUE are derived from the balance and the due date."""
    customer: Customer | None = reference(
        "Customer", record=Role.GATEWAY, of="customer_id", origins={ErpInvoice: "customer_id"}
    )
    """Customer that is invoiced."""
    contract: Contract | None = reference(
        "Contract", record=Role.GATEWAY, of="contract_id", origins={ErpInvoice: "contract_number"}
    )
    """Contract under which the invoice was issued."""
    projects: list[Annotated[Project, strawberry.lazy("gateway.schema.project")]] | None = reference(
        "Project", record=Role.GATEWAY, of="project_ids", many=True, origins={ErpInvoice: "job_ids"}
    )
    """Projects that the invoice covers."""
    legal_entity: LegalEntity | None = reference(
        "LegalEntity", record=Role.ERP, of="legal_entity", by="code", maps=MappingDomain.LEGAL_ENTITY
    )
    """Legal entity that issued the invoice."""
    issue_date: date | None = sourced(record=Role.ERP)
    """Issue date."""
    due_date: date | None = sourced(record=Role.ERP)
    """Day on which payment is due."""
    period_start: date | None = sourced(record=Role.ERP)
    """First day of the billing period."""
    period_end: date | None = sourced(record=Role.ERP)
    """Last day of the billing period, included."""
    currency: CurrencyCode = sourced(record=Role.ERP, fallback=[Role.GATEWAY])
    """Currency of the invoice."""
    exchange_rate: ExchangeRate | None = sourced(
        record=Role.ERP, of=fields.build_exchange_rate, origins={ErpInvoice: "functional_rate"}
    )
    """Rate of the ERP's posting, from the invoice's currency to that of the legal entity."""
    subtotal: MoneySet | None = sourced(record=Role.ERP, of=fields.build_subtotal, origins={ErpInvoice: "subtotal"})
    """Sum of the lines, without tax."""
    tax_total: MoneySet | None = sourced(record=Role.ERP, of=fields.build_tax_total, origins={ErpInvoice: "tax_total"})
    """Sum of the taxes."""
    total: MoneySet = sourced(record=Role.ERP, of=fields.build_total)
    """Amount due including tax, before payments."""
    balance: Money | None = sourced(record=Role.ERP)
    """Amount still open, in the currency of the invoice."""
    taxes: list[InvoiceTax] | None = sourced(record=Role.ERP, of=fields.build_taxes)
    """Taxes by jurisdiction and rate."""
    corrects: Annotated[Invoice, strawberry.lazy("gateway.schema.invoice")] | None = reference(
        "Invoice", record=Role.ERP, of="corrects_id"
    )
    """Invoice that this document corrects."""
    purchase_order_number: str | None = sourced(record=Role.ERP)
    """The customer's purchase order number."""

    @related("erp_invoice_lines_by_invoice", record=Role.ERP)
    def lines(
        self, first: int | None = 50, after: str | None = UNSET
    ) -> Connection[Annotated[InvoiceLine, strawberry.lazy("gateway.schema.invoice")]] | None:
        """Lines of the invoice, in the order of the document."""

    @related("erp_payments_by_invoice", record=Role.ERP, shape="list")
    def payments(self) -> list[Annotated[Payment, strawberry.lazy("gateway.schema.invoice")]] | None:
        """Payments applied to the invoice, oldest first."""


@noun(
    anchor=Role.ERP,
    keys=["id"],
    facets={Role.ERP: facet(ErpInvoiceLine, loader="erp_invoice_lines")},
    scopes=[["invoices:read"]],
    owner=owned_by("Invoice", "invoice_id"),
    dated={ErpInvoiceLine: "issue_date"},
)
class InvoiceLine(Node):
    """A line of an invoice."""

    invoice: Invoice | None = reference("Invoice", record=Role.ERP, of="invoice_id")
    """Invoice that the line belongs to."""
    sequence: int = sourced(record=Role.ERP)
    """Position of the line in the document."""
    kind: InvoiceLineKind | None = sourced(record=Role.ERP, maps=MappingDomain.INVOICE_LINE_KIND, into=InvoiceLineKind)
    """What the line bills."""
    description: str = sourced(record=Role.ERP)
    """Text of the line."""
    project: Annotated[Project, strawberry.lazy("gateway.schema.project")] | None = reference(
        "Project", record=Role.ERP, of="job_id"
    )
    """Project that the line bills."""
    resource: Annotated[Resource, strawberry.lazy("gateway.schema.resource")] | None = reference(
        "Resource", record=Role.ERP, of="employee_id", scopes=[["resources.rates:read"]]
    )
    """Person whose time or expense the line bills; with the unit rate it shows the person's bill rate."""
    quantity: Decimal | None = sourced(record=Role.ERP)
    """Quantity, e.g. hours."""
    unit_rate: Money | None = sourced(record=Role.ERP)
    """Price per unit."""
    amount: MoneySet = sourced(record=Role.ERP, of=fields.build_line_amount)
    """Amount of the line, without tax."""
    tax: list[InvoiceTax] | None = sourced(record=Role.ERP, of=fields.build_taxes)
    """Taxes on the line."""
    dimensions: list[DimensionAssignment] | None = declare_dimensions(Role.ERP, target=DimensionTarget.INVOICE_LINE)
    """Financial dimensions of the line, including required ones that are missing."""


@strawberry.type
class PaymentApplication:
    """The part of a payment that was applied to one invoice."""

    invoice: Invoice | None = reference("Invoice", of=lambda applied, _request: applied.invoice)
    """The invoice; null if the caller may not see it."""
    amount: Money
    """Amount applied to the invoice."""


@noun(
    anchor=Role.ERP,
    keys=["id"],
    facets={Role.ERP: facet(ErpPayment, loader="erp_payments")},
    scopes=[["invoices:read"]],
    owner=owned_by("Invoice", fields.get_paid_invoice),
    dated={ErpPayment: "received_on"},
)
class Payment(Node):
    """A payment received from a customer."""

    external_references: list[ExternalReference] = derived(lineage.resolve_references)
    """Ids of the record in each system (the crosswalk)."""
    received_on: date = sourced(record=Role.ERP)
    """Day on which the payment was received."""
    amount: MoneySet = sourced(record=Role.ERP, of=fields.build_payment_amount)
    """Amount received."""
    applied_to: list[PaymentApplication] = sourced(record=Role.ERP, of=fields.list_applications)
    """Invoices to which the payment was applied."""
    reference: str | None = sourced(record=Role.ERP)
    """Payment reference, e.g. a cheque or transfer number."""
    method: str | None = sourced(record=Role.ERP)
    """Payment method, as named in the ERP."""

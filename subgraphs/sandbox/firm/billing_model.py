"""Invoices and payments of the firm as plain data."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True, kw_only=True)
class Tax:
    """`rate` is a fraction; `code` such as GB-VAT-20."""

    code: str
    tax_type: str
    country: str
    rate: Decimal
    taxable: Decimal
    amount: Decimal


@dataclass(frozen=True, kw_only=True)
class InvoiceLine:
    """`code` is unique in the firm; `amount` is net, in the invoice's currency."""

    code: str
    kind: str
    description: str
    quantity: Decimal
    unit_rate: Decimal
    amount: Decimal
    worker: str | None = None
    task: str | None = None


@dataclass(frozen=True, kw_only=True)
class Payment:
    """Applied in full to its invoice."""

    code: str
    day: date
    amount: Decimal
    method: str
    reference: str


@dataclass(frozen=True, kw_only=True)
class Invoice:
    """`number` such as INV-US-0003; `functional_rate` converts to the entity's currency at the issue date."""

    number: str
    customer: str
    project: str
    entity: str
    currency: str
    functional_rate: Decimal
    kind: str
    status: str
    issue_date: date | None
    due_date: date | None
    period_start: date
    period_end: date
    subtotal: Decimal
    tax_total: Decimal
    total: Decimal
    balance: Decimal
    lines: tuple[InvoiceLine, ...] = ()
    taxes: tuple[Tax, ...] = ()
    payments: tuple[Payment, ...] = ()
    purchase_order: str | None = None
    corrects: str | None = None

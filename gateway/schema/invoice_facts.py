"""What an invoice's composed fields are made of."""

from __future__ import annotations

from typing import Any

import msgspec

from gateway.canonical.fault import Fault
from gateway.canonical.native import NativeId
from gateway.canonical.records.erp import ErpInvoice, ErpInvoiceLine, ErpPayment
from gateway.canonical.roles import SystemRole as Role
from gateway.canonical.settlement import settled_status, status_on
from gateway.canonical.states import InvoiceStatus, MappingDomain, TaxType
from gateway.canonical.values import Money
from gateway.errors import MappingMissingError
from gateway.execution.facets import facet
from gateway.execution.request import Request
from gateway.execution.view import Needs, View
from gateway.insight.tax import InvoiceTax, invoice_taxes
from gateway.schema.money import MoneyFacts, booked


class ApplicationFacts(msgspec.Struct, frozen=True, kw_only=True):
    """How much of a payment went to one invoice."""

    invoice: NativeId
    amount: Money


def status(view: View, request: Request) -> InvoiceStatus | Needs | None:
    """Where the invoice stands today: paid, partly paid and overdue follow from balance and due date."""
    record = facet(view, Role.ERP, request)
    if isinstance(record, Needs):
        return record
    if record is None or isinstance(record, Fault):
        card = view.card
        if card is None or card.status is None:
            return None
        return status_on(InvoiceStatus(card.status), card.end_date, request.today)
    word = _mapped(record, MappingDomain.INVOICE_STATUS, record.status, request)
    return status_on(settled_status(InvoiceStatus(word), record.total, record.balance), record.due_date, request.today)


def subtotal(record: ErpInvoice, _request: Request) -> MoneyFacts | None:
    """Sum of the lines, without tax."""
    return None if record.subtotal is None else _head(record, record.subtotal)


def tax_total(record: ErpInvoice, _request: Request) -> MoneyFacts | None:
    """Sum of the taxes."""
    return None if record.tax_total is None else _head(record, record.tax_total)


def total(record: ErpInvoice, _request: Request) -> MoneyFacts:
    """What is to be paid."""
    return _head(record, record.total)


def _head(record: ErpInvoice, amount: Money) -> MoneyFacts:
    return booked(amount, record.functional_rate, record.functional_currency, record.issue_date)


def line_amount(record: ErpInvoiceLine, _request: Request) -> MoneyFacts:
    """Net amount of a line."""
    return booked(record.amount, record.functional_rate, record.functional_currency, None)


def payment_amount(record: ErpPayment, _request: Request) -> MoneyFacts:
    """Amount received, at the rate of the day it came."""
    return booked(record.amount, record.functional_rate, record.functional_currency, record.received_on)


def applications(record: ErpPayment, _request: Request) -> list[ApplicationFacts]:
    """Which invoices the payment was applied to."""
    return [
        ApplicationFacts(invoice=NativeId(record.native.connection, "", invoice), amount=amount)
        for invoice, amount in record.applied
    ]


def paid_invoice(record: ErpPayment) -> str | None:
    """Name the invoice whose scope and row rule a payment shares: the first that it was applied to."""
    return record.applied[0][0] if record.applied else None


def taxes(record: Any, request: Request) -> tuple[InvoiceTax, ...]:
    """Tax rows with their types as reference data maps them."""
    types = [TaxType(_mapped(record, MappingDomain.TAX_TYPE, row.tax_type, request)) for row in record.taxes]
    return invoice_taxes(record.taxes, types)


def _mapped(record: Any, domain: MappingDomain, raw: str, request: Request) -> str:
    word = request.codes.canonical(domain, record.native.connection, raw)
    if word is None:
        raise MappingMissingError(domain, record.native.connection, raw)
    return word

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
from gateway.execution.view import MissingKeys, View
from gateway.insight.tax import InvoiceTax, invoice_taxes
from gateway.schema.money import MoneySetData, build_money_set


class ApplicationData(msgspec.Struct, frozen=True, kw_only=True):
    """How much of a payment went to one invoice."""

    invoice: NativeId
    amount: Money


def resolve_status(view: View, request: Request) -> InvoiceStatus | MissingKeys | None:
    """Where the invoice stands today: paid, partly paid and overdue follow from balance and due date."""
    record = facet(view, Role.ERP, request)
    if isinstance(record, MissingKeys):
        return record
    if record is None or isinstance(record, Fault):
        card = view.card
        if card is None or card.status is None:
            return None
        return status_on(InvoiceStatus(card.status), card.end_date, request.today)
    word = _map_code(record, MappingDomain.INVOICE_STATUS, record.status, request)
    return status_on(settled_status(InvoiceStatus(word), record.total, record.balance), record.due_date, request.today)


def build_subtotal(record: ErpInvoice, _request: Request) -> MoneySetData:
    """Sum of the lines, without tax."""
    return _build_header_amount(record, record.subtotal)


def build_tax_total(record: ErpInvoice, _request: Request) -> MoneySetData:
    """Sum of the taxes."""
    return _build_header_amount(record, record.tax_total)


def build_total(record: ErpInvoice, _request: Request) -> MoneySetData:
    """What is to be paid."""
    return _build_header_amount(record, record.total)


def _build_header_amount(record: ErpInvoice, amount: Money) -> MoneySetData:
    return build_money_set(amount, record.functional_rate, record.functional_currency, record.issue_date)


def build_line_amount(record: ErpInvoiceLine, _request: Request) -> MoneySetData:
    """Net amount of a line."""
    return build_money_set(record.amount, record.functional_rate, record.functional_currency, None)


def build_payment_amount(record: ErpPayment, _request: Request) -> MoneySetData:
    """Amount received, at the rate of the day it came."""
    return build_money_set(record.amount, record.functional_rate, record.functional_currency, record.received_on)


def list_applications(record: ErpPayment, _request: Request) -> list[ApplicationData]:
    """Which invoices the payment was applied to."""
    return [
        ApplicationData(invoice=NativeId(record.native.connection, "", invoice), amount=amount)
        for invoice, amount in record.applied
    ]


def get_paid_invoice(record: ErpPayment) -> str | None:
    """Name the invoice whose scope and row rule a payment shares: the first that it was applied to."""
    return record.applied[0][0] if record.applied else None


def build_taxes(record: Any, request: Request) -> tuple[InvoiceTax, ...]:
    """Tax rows with their types as reference data maps them."""
    types = [TaxType(_map_code(record, MappingDomain.TAX_TYPE, row.tax_type, request)) for row in record.taxes]
    return invoice_taxes(record.taxes, types)


def _map_code(record: Any, domain: MappingDomain, raw: str, request: Request) -> str:
    word = request.codes.canonical(domain, record.native.connection, raw)
    if word is None:
        raise MappingMissingError(domain, record.native.connection, raw)
    return word

"""Resolvers of the invoice's composed fields."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import msgspec

from gateway.canonical.fault import Fault
from gateway.canonical.native import NativeId
from gateway.canonical.records.erp import ErpInvoice, ErpInvoiceLine, ErpPayment
from gateway.canonical.roles import SystemRole as Role
from gateway.canonical.settlement import compute_status_on, refine_status
from gateway.canonical.states import ExchangeRateType, InvoiceStatus, MappingDomain, TaxType
from gateway.canonical.values import Money
from gateway.errors import MappingMissingError
from gateway.execution.facets import get_facet
from gateway.execution.request import RequestState
from gateway.execution.view import MissingKeys, View
from gateway.insight.tax import InvoiceTax, build_invoice_taxes
from gateway.schema.money import MoneySetData, RateData, build_money_set


class ApplicationData(msgspec.Struct, frozen=True, kw_only=True):
    """The part of a payment that was applied to one invoice."""

    invoice: NativeId
    amount: Money


def resolve_status(view: View, request: RequestState) -> InvoiceStatus | MissingKeys | None:
    """Return the status on the day of the legal entity; paid, partially paid and overdue are derived.

    Without the ERP's record it is derived from the card.
    """
    record, card = get_facet(view, Role.ERP, request), view.card
    if isinstance(record, MissingKeys):
        return record
    today = request.days.get_today(card.legal_entity if card else None)
    if record is None or isinstance(record, Fault):
        if card is None or card.status is None:
            return None
        return compute_status_on(InvoiceStatus(card.status), card.end_date, today)
    code = _map_code(record, MappingDomain.INVOICE_STATUS, record.status, request)
    return compute_status_on(refine_status(InvoiceStatus(code), record.total, record.balance), record.due_date, today)


def build_exchange_rate(record: ErpInvoice, _request: RequestState) -> RateData | None:
    """Return the rate of the ERP's posting, from the invoice's currency to the legal entity's, on the issue date."""
    if record.functional_rate is None or record.functional_currency is None or record.issue_date is None:
        return None
    return RateData(
        from_=record.currency,
        to=record.functional_currency,
        rate=record.functional_rate,
        rate_type=ExchangeRateType.CORPORATE,
        effective_date=record.issue_date,
    )


def build_subtotal(record: ErpInvoice, _request: RequestState) -> MoneySetData | None:
    """Return the sum of the lines, without tax."""
    return None if record.subtotal is None else _build_header_amount(record, record.subtotal, _list_lines(record))


def build_tax_total(record: ErpInvoice, _request: RequestState) -> MoneySetData | None:
    """Return the sum of the taxes."""
    return None if record.tax_total is None else _build_header_amount(record, record.tax_total, _list_taxes(record))


def build_total(record: ErpInvoice, _request: RequestState) -> MoneySetData:
    """Return the total including tax."""
    return _build_header_amount(record, record.total, (*_list_lines(record), *_list_taxes(record)))


def _build_header_amount(record: ErpInvoice, amount: Money, parts: Sequence[Decimal]) -> MoneySetData:
    return build_money_set(amount, record.functional_rate, record.functional_currency, parts)


def _list_lines(record: ErpInvoice) -> tuple[Decimal, ...]:
    """Return the amounts that make up the subtotal: the lines, and what the ERP adds to them."""
    return _complete_parts(record.line_amounts or (), record.subtotal)


def _list_taxes(record: ErpInvoice) -> tuple[Decimal, ...]:
    return _complete_parts([tax.amount.amount for tax in record.taxes], record.tax_total)


def _complete_parts(parts: Sequence[Decimal], whole: Money | None) -> tuple[Decimal, ...]:
    rest = Decimal(0) if whole is None else whole.amount - sum(parts, Decimal(0))
    return (*parts, rest) if rest else tuple(parts)


def build_line_amount(record: ErpInvoiceLine, _request: RequestState) -> MoneySetData:
    """Return the net amount of a line."""
    return build_money_set(record.amount, record.functional_rate, record.functional_currency)


def build_payment_amount(record: ErpPayment, _request: RequestState) -> MoneySetData:
    """Return the amount received."""
    return build_money_set(record.amount, record.functional_rate, record.functional_currency)


def list_applications(record: ErpPayment, _request: RequestState) -> list[ApplicationData]:
    """Return the invoices to which a payment was applied, with the amounts."""
    return [
        ApplicationData(invoice=NativeId(record.native.connection, "", invoice), amount=amount)
        for invoice, amount in record.applied
    ]


def get_paid_invoice(record: ErpPayment) -> str | None:
    """Return the invoice whose row rule a payment shares: the first one that it was applied to."""
    return record.applied[0][0] if record.applied else None


def build_taxes(record: Any, request: RequestState) -> tuple[InvoiceTax, ...]:
    """Return the taxes, with their types mapped by reference data."""
    types = [TaxType(_map_code(record, MappingDomain.TAX_TYPE, row.tax_type, request)) for row in record.taxes]
    return build_invoice_taxes(record.taxes, types)


def _map_code(record: Any, domain: MappingDomain, raw: str, request: RequestState) -> str:
    code = request.code_mapping.map_code(domain, record.native.connection, raw)
    if code is None:
        raise MappingMissingError(domain, record.native.connection, raw)
    return code

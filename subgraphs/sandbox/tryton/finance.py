"""Seeds the firm's invoices and payments in the PSA database.

Invoices of time complete the drafts that Tryton created; fixed fees, milestones and credit notes are created here.
Tryton numbers invoices itself, by date, and refuses one that is older than the last.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from subgraphs.sandbox.firm.billing_model import Invoice, Payment
from subgraphs.sandbox.firm.model import Firm
from subgraphs.sandbox.tryton.books import Books, close_periods, create_payment_terms, create_products, open_books
from subgraphs.sandbox.tryton.organisation import SeededIds
from subgraphs.sandbox.tryton.rpc import Rpc

GROUPS = (
    "Accounting",
    "Company Administration",
    "Employee Administration",
    "Party Administration",
    "Project Administration",
    "Timesheet Administration",
)
"""The groups that reading the ledger needs: invoices refer to projects, their time and the employees."""


def post_invoices(
    rpc: Rpc, firm: Firm, seeded: SeededIds, parties: Mapping[str, int], drafts: Mapping[str, int]
) -> None:
    """Create each company's ledger, post the firm's invoices and payments, and close its closed periods.

    `drafts` are the invoices that Tryton has created, by project code.
    """
    terms, products = create_payment_terms(rpc, firm), create_products(rpc, seeded)
    for customer in firm.customers:
        rpc.write("party.party", [parties[customer.number]], {"customer_payment_term": terms[customer.terms_code]})
    for entity in firm.entities:
        billed = sorted((one for one in firm.invoices if one.entity == entity.code), key=_get_issue_date)
        books = open_books(rpc, entity, seeded, billed, terms, products)
        posted: dict[str, int] = {}
        for invoice in billed:
            made = _complete_draft(rpc, invoice, drafts.get(invoice.project), seeded, books)
            if made is None:
                made = _create_invoice(rpc, invoice, parties[invoice.customer], seeded, books, posted)
            rpc.press("account.invoice", "post", [made], company=books.company)
            for payment in invoice.payments:
                _pay(rpc, made, parties[invoice.customer], payment, seeded.currencies[invoice.currency], books)
            posted[invoice.number] = made
        close_periods(rpc, entity, books.company)


def _get_issue_date(invoice: Invoice) -> date:
    if invoice.issue_date is None:
        raise ValueError(f"{invoice.number} has no issue date")
    return invoice.issue_date


def _build_header(invoice: Invoice, seeded: SeededIds, terms: int) -> dict[str, Any]:
    return {
        "invoice_date": invoice.issue_date,
        "payment_term": terms,
        "currency": seeded.currencies[invoice.currency],
        "reference": invoice.purchase_order,
        # An invoice refers to the billed time, but not to the project: the description holds the project's number.
        "description": invoice.project,
    }


def _complete_draft(rpc: Rpc, invoice: Invoice, draft: int | None, seeded: SeededIds, books: Books) -> int | None:
    """Complete the draft of the project's time if this is its invoice; prices change to the customer's currency."""
    if draft is None or any(line.kind != "TIME" for line in invoice.lines):
        return None
    ((row,)) = rpc.read("account.invoice", [draft], ["lines"])
    currency = seeded.currencies[invoice.currency]
    changed: list[Any] = []
    for number, (line, made) in enumerate(zip(invoice.lines, sorted(row["lines"]), strict=True), start=1):
        values = {
            "sequence": number,
            "description": line.description,
            "unit_price": line.unit_rate,
            "currency": currency,
            "taxes": _build_taxes(invoice, books),
        }
        changed += [[made], values]
    head = _build_header(invoice, seeded, _find_terms(invoice, books))
    rpc.write("account.invoice", [draft], {**head, "lines": [["write", *changed]]}, company=books.company)
    return draft


def _create_invoice(
    rpc: Rpc,
    invoice: Invoice,
    party: int,
    seeded: SeededIds,
    books: Books,
    posted: Mapping[str, int],
) -> int:
    """Create an invoice. The lines of a credit note refer to the lines that they correct."""
    corrected = [] if invoice.corrects is None else _read_lines(rpc, posted[invoice.corrects])
    (address, *_) = rpc.search("party.address", [["party", "=", party]], ["party"])
    (journal,) = rpc.search("account.journal", [["type", "=", "revenue"]], ["name"])
    currency = seeded.currencies[invoice.currency]
    lines = [
        {
            "type": "line",
            "sequence": number,
            "product": books.products[line.kind],
            "unit": books.unit,
            "description": line.description,
            "quantity": float(line.quantity),
            "unit_price": line.unit_rate,
            "account": books.accounts["revenue"],
            "currency": currency,
            "company": books.company,
            "taxes": _build_taxes(invoice, books),
            "origin": f"account.invoice.line,{corrected[0]}" if corrected else None,
        }
        for number, line in enumerate(invoice.lines, start=1)
    ]
    values = {
        **_build_header(invoice, seeded, _find_terms(invoice, books)),
        "type": "out",
        "company": books.company,
        "party": party,
        "invoice_address": address["id"],
        "journal": journal["id"],
        "account": books.accounts["receivable"],
        "lines": [["create", lines]],
    }
    (made,) = rpc.create("account.invoice", values, company=books.company)
    return made


def _read_lines(rpc: Rpc, invoice: int) -> list[int]:
    ((row,)) = rpc.read("account.invoice", [invoice], ["lines"])
    lines: list[int] = row["lines"]
    return lines


def _build_taxes(invoice: Invoice, books: Books) -> list[Any]:
    return [["add", [books.taxes[tax.code] for tax in invoice.taxes]]] if invoice.taxes else []


def _find_terms(invoice: Invoice, books: Books) -> int:
    """Return the payment terms that give the invoice's due date."""
    if invoice.due_date is None:
        raise ValueError(f"{invoice.number} has no due date")
    days = (invoice.due_date - _get_issue_date(invoice)).days
    return books.terms[f"NET{days}"]


def _pay(rpc: Rpc, invoice: int, party: int, payment: Payment, currency: int, books: Books) -> None:
    start = {
        "payee": party,
        "amount": payment.amount,
        "currency": currency,
        "company": books.company,
        "invoice_account": books.accounts["receivable"],
        "payment_method": books.methods[payment.method],
        "date": payment.day,
        "description": payment.reference,
    }
    chosen = {"active_model": "account.invoice", "active_id": invoice, "active_ids": [invoice]}
    with rpc.run_wizard("account.invoice.pay", company=books.company, **chosen) as step:
        shown = step("choice", {"start": start})
        if "view" in shown:
            ask = {"type": "partial", "amount": payment.amount, "currency": currency, "company": books.company}
            step("pay", {"start": start, "ask": ask})

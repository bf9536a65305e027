"""Seeds what the firm has billed and been paid, in the professional-services database.

Invoices of time are the drafts that Tryton made of it; fixed fees, milestones and credits are written by hand, as a firm's finance does. Tryton numbers
them itself, in the order of their days, and refuses one that is older than the last.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from subgraphs.sandbox.firm.model import Firm, Invoice, Payment
from subgraphs.sandbox.tryton.books import Books, close_periods, open_books, products_of, terms_of
from subgraphs.sandbox.tryton.organisation import Seeded
from subgraphs.sandbox.tryton.rpc import Rpc

GROUPS = (
    "Accounting",
    "Company Administration",
    "Employee Administration",
    "Party Administration",
    "Project Administration",
    "Timesheet Administration",
)
"""What reading the books needs: invoices are of projects, their time and the people who worked it."""


def keep(rpc: Rpc, firm: Firm, seeded: Seeded, parties: Mapping[str, int], drafts: Mapping[str, int]) -> None:
    """Open each company's books, post every invoice of the firm and what was paid on it, and close the periods that the firm has closed.

    `drafts` are the invoices that Tryton has made, by the project's code.
    """
    terms, products = terms_of(rpc, firm), products_of(rpc, seeded)
    for customer in firm.customers:
        rpc.write("party.party", [parties[customer.number]], {"customer_payment_term": terms[customer.terms_code]})
    for entity in firm.entities:
        billed = sorted((one for one in firm.invoices if one.entity == entity.code), key=_issued)
        books = open_books(rpc, entity, seeded, billed, terms, products)
        posted: dict[str, int] = {}
        for invoice in billed:
            made = _adjusted(rpc, invoice, drafts.get(invoice.project), seeded, books)
            if made is None:
                made = _written(rpc, invoice, parties[invoice.customer], seeded, books, posted)
            rpc.press("account.invoice", "post", [made], company=books.company)
            for payment in invoice.payments:
                _pay(rpc, made, parties[invoice.customer], payment, seeded.currencies[invoice.currency], books)
            posted[invoice.number] = made
        close_periods(rpc, entity, books.company)


def _issued(invoice: Invoice) -> date:
    if invoice.issue_date is None:
        raise ValueError(f"{invoice.number} has not been issued")
    return invoice.issue_date


def _head(invoice: Invoice, seeded: Seeded, terms: int) -> dict[str, Any]:
    return {
        "invoice_date": invoice.issue_date,
        "payment_term": terms,
        "currency": seeded.currencies[invoice.currency],
        "reference": invoice.purchase_order,
        # Tryton leads from an invoice to the time that it bills, and not to the project: its number stands in the description.
        "description": invoice.project,
    }


def _adjusted(rpc: Rpc, invoice: Invoice, draft: int | None, seeded: Seeded, books: Books) -> int | None:
    """Complete the draft that Tryton has made of the project's time, where it is this invoice; prices turn into the currency that the customer pays in."""
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
            "taxes": _added(invoice, books),
        }
        changed += [[made], values]
    head = _head(invoice, seeded, _due(invoice, books))
    rpc.write("account.invoice", [draft], {**head, "lines": [["write", *changed]]}, company=books.company)
    return draft


def _written(
    rpc: Rpc,
    invoice: Invoice,
    party: int,
    seeded: Seeded,
    books: Books,
    posted: Mapping[str, int],
) -> int:
    """Write an invoice by hand. A credit's lines name those that it corrects."""
    corrected = [] if invoice.corrects is None else _lines(rpc, posted[invoice.corrects])
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
            "taxes": _added(invoice, books),
            "origin": f"account.invoice.line,{corrected[0]}" if corrected else None,
        }
        for number, line in enumerate(invoice.lines, start=1)
    ]
    values = {
        **_head(invoice, seeded, _due(invoice, books)),
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


def _lines(rpc: Rpc, invoice: int) -> list[int]:
    ((row,)) = rpc.read("account.invoice", [invoice], ["lines"])
    lines: list[int] = row["lines"]
    return lines


def _added(invoice: Invoice, books: Books) -> list[Any]:
    return [["add", [books.taxes[tax.code] for tax in invoice.taxes]]] if invoice.taxes else []


def _due(invoice: Invoice, books: Books) -> int:
    """Return the terms by which the invoice falls due on the firm's day."""
    if invoice.due_date is None:
        raise ValueError(f"{invoice.number} does not fall due")
    days = (invoice.due_date - _issued(invoice)).days
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
    with rpc.wizard("account.invoice.pay", company=books.company, **chosen) as step:
        shown = step("choice", {"start": start})
        if "view" in shown:
            ask = {"type": "partial", "amount": payment.amount, "currency": currency, "company": books.company}
            step("pay", {"start": start, "ask": ask})

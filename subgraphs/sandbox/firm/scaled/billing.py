"""Bills each month's approved time at the end of the month, to the cent; most invoices are paid.

Only projects with an ERP job are billed. Invoice numbers are consecutive per legal entity, by date.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import ROUND_HALF_EVEN, Decimal

from gateway.canonical.values import get_minor_units
from subgraphs.sandbox.firm.billing_model import Invoice, InvoiceLine, Payment, Tax
from subgraphs.sandbox.firm.model import Customer, Firm, Project, TimeEntry

_TAXES = {"UK01": ("GB", Decimal("0.2")), "NL01": ("NL", Decimal("0.21"))}
_PREFIXES = {"US01": "INV-US-", "UK01": "INV-UK-", "NL01": "INV-NL-"}
_FIRST_NUMBER, _FIRST_LINE = 1001, 20_001
_TERMS = timedelta(days=30)
_OPEN_MONTH = date(2026, 11, 1)
_PAID_UNTIL, _HALF_UNTIL = date(2026, 8, 31), date(2026, 9, 30)
_CREDITED_ON, _EVERY_CREDIT = date(2026, 11, 10), 60
_NOTHING = Decimal(0)


def bill_projects(
    projects: Sequence[Project], customers: Sequence[Customer], firm: Firm
) -> tuple[tuple[Project, ...], tuple[Invoice, ...]]:
    """Return the projects with billed entries, and the invoices; credit memos come last."""
    by_number = {customer.number: customer for customer in customers}
    drafts: list[tuple[date, Project, list[TimeEntry]]] = []
    for project in projects:
        if project.erp_status is not None:
            drafts += [(month, project, entries) for month, entries in _list_billed_months(project)]
    drafts.sort(key=lambda draft: (draft[0], draft[1].code))
    lines: dict[str, str] = {}
    invoices: list[Invoice] = []
    numbers: dict[str, int] = defaultdict(lambda: _FIRST_NUMBER)
    for place, (month, project, entries) in enumerate(drafts):
        number = numbers[project.entity]
        numbers[project.entity] += 1
        invoices.append(
            _build_invoice(place, number, month, project, entries, by_number[project.customer], firm, lines)
        )
    memos = [_build_credit_memo(invoice, numbers) for invoice in invoices[::_EVERY_CREDIT] if invoice.balance == 0]
    marked = tuple(
        replace(
            project,
            time_entries=tuple(replace(entry, invoice_line=lines.get(entry.code)) for entry in project.time_entries),
        )
        for project in projects
    )
    return marked, (*invoices, *memos)


def _list_billed_months(project: Project) -> Iterator[tuple[date, list[TimeEntry]]]:
    """Yield the last day of each closed month with the entries billed on it."""
    found: dict[date, list[TimeEntry]] = defaultdict(list)
    for entry in project.time_entries:
        if entry.billable and entry.approval == "APPROVED" and entry.day < _OPEN_MONTH:
            found[_get_end_of_month(entry.day)].append(entry)
    yield from sorted(found.items())


def _get_end_of_month(day: date) -> date:
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


def _build_invoice(
    place: int,
    number: int,
    month: date,
    project: Project,
    entries: Sequence[TimeEntry],
    customer: Customer,
    firm: Firm,
    lines: dict[str, str],
) -> Invoice:
    rates = {(booked.worker, booked.task): booked.bill_rate for booked in project.assignments}
    groups: dict[tuple[str, str], list[TimeEntry]] = defaultdict(list)
    for entry in entries:
        groups[entry.worker, entry.task].append(entry)
    made: list[InvoiceLine] = []
    for (worker, task), worked in groups.items():
        code = f"L-{_FIRST_LINE + len(lines)}-{place}"
        quantity = sum((entry.hours for entry in worked), _NOTHING)
        rate = rates[worker, task]
        amount = _round(quantity * rate, project.currency)
        made.append(
            InvoiceLine(
                code=code,
                kind="TIME",
                description=f"{worker}, {month:%B}",
                quantity=quantity,
                unit_rate=rate,
                amount=amount,
                worker=worker,
                task=task,
            )
        )
        lines.update({entry.code: code for entry in worked})
    subtotal = sum((line.amount for line in made), _NOTHING)
    taxes = _build_taxes(project.entity, customer, subtotal, project.currency)
    total = subtotal + sum((tax.amount for tax in taxes), _NOTHING)
    paid = _build_payments(place, month, total, project.currency)
    balance = total - sum((payment.amount for payment in paid), _NOTHING)
    return Invoice(
        number=f"{_PREFIXES[project.entity]}{number}",
        customer=project.customer,
        project=project.code,
        entity=project.entity,
        currency=project.currency,
        functional_rate=_find_rate(project, month, firm),
        kind="STANDARD",
        status=_classify_status(balance, total, month + _TERMS, firm.today),
        issue_date=month,
        due_date=month + _TERMS,
        period_start=month.replace(day=1),
        period_end=month,
        subtotal=subtotal,
        tax_total=total - subtotal,
        total=total,
        balance=balance,
        lines=tuple(made),
        taxes=taxes,
        payments=paid,
        purchase_order=f"PO-{project.code}",
    )


def _build_taxes(entity: str, customer: Customer, subtotal: Decimal, currency: str) -> tuple[Tax, ...]:
    """Return the taxes: VAT for domestic customers, zero-rated abroad, none in the United States."""
    if entity not in _TAXES:
        return ()
    country, rate = _TAXES[entity]
    rate = rate if customer.country == country else _NOTHING
    percent = int(rate * 100)
    amount = _round(subtotal * rate, currency)
    return (
        Tax(
            code=f"{country}-VAT-{percent}", tax_type="VAT", country=country, rate=rate, taxable=subtotal, amount=amount
        ),
    )


def _build_payments(place: int, month: date, total: Decimal, currency: str) -> tuple[Payment, ...]:
    """Return the payments: all until August, half of September's, and of October's every fifth is half paid."""
    day = month + timedelta(days=24 + place % 10)
    if month <= _PAID_UNTIL or (month <= _HALF_UNTIL and place % 2 == 0):
        amount = total
    elif month > _HALF_UNTIL and place % 5 == 0:
        amount, day = _round(total / 2, currency), date(2026, 11, 16)
    else:
        return ()
    return (Payment(code=f"P-{20_001 + place}", day=day, amount=amount, method="Wire", reference=f"PAY {place + 1}"),)


def _classify_status(balance: Decimal, total: Decimal, due: date, today: date) -> str:
    if balance == 0:
        return "PAID"
    if due < today:
        return "OVERDUE"
    return "ISSUED" if balance == total else "PARTIALLY_PAID"


def _build_credit_memo(invoice: Invoice, numbers: dict[str, int]) -> Invoice:
    """Return a credit memo over a tenth of a paid invoice's first line."""
    number = numbers[invoice.entity]
    numbers[invoice.entity] += 1
    amount = -_round(invoice.lines[0].amount / 10, invoice.currency)
    taxes = tuple(
        replace(tax, taxable=amount, amount=_round(amount * tax.rate, invoice.currency)) for tax in invoice.taxes
    )
    total = amount + sum((tax.amount for tax in taxes), _NOTHING)
    line = InvoiceLine(
        code=f"L-{invoice.number}-C",
        kind="ADJUSTMENT",
        description=f"Correction of {invoice.number}",
        quantity=Decimal(-1),
        unit_rate=-amount,
        amount=amount,
    )
    return replace(
        invoice,
        number=f"{_PREFIXES[invoice.entity]}{number}",
        kind="CREDIT_MEMO",
        status="ISSUED",
        issue_date=_CREDITED_ON,
        due_date=_CREDITED_ON + _TERMS,
        subtotal=amount,
        tax_total=total - amount,
        total=total,
        balance=total,
        lines=(line,),
        taxes=taxes,
        payments=(),
        corrects=invoice.number,
    )


def _find_rate(project: Project, on: date, firm: Firm) -> Decimal:
    """Return the rate from the project's currency to the entity's."""
    functional = next(entity.currency for entity in firm.entities if entity.code == project.entity)
    if functional == project.currency:
        return Decimal(1)
    known: Mapping[date, Decimal] = {
        rate.effective: rate.rate
        for rate in firm.rates
        if (rate.source, rate.target) == (project.currency, functional) and rate.effective <= on
    }
    return known[max(known)]


def _round(amount: Decimal, currency: str) -> Decimal:
    return amount.quantize(Decimal(1).scaleb(-get_minor_units(currency)), ROUND_HALF_EVEN)

"""What Tryton sends of a company's books, as structs like those of `wire`. Observed on 8.2.1."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal

from subgraphs.suite.tryton.wire import (
    AccountRow,
    Coded,
    Company,
    Day,
    Moment,
    Named,
    Nested,
    Number,
    Row,
    WorkedRow,
    plain,
)


class Identifier(Nested, frozen=True, kw_only=True):
    """party.identifier: a number and whose it is, such as us_ein."""

    type: str | None
    code: str


class Place(Nested, frozen=True, kw_only=True):
    """party.address, of which only the country matters."""

    country: Coded | None


class CompanyParty(Nested, frozen=True, kw_only=True):
    """party.party, as a company."""

    code: str
    name: str | None
    last_modified_at: Moment
    identifiers: tuple[Identifier, ...]
    addresses: tuple[Place, ...]


class CompanyRow(Row, frozen=True, kw_only=True):
    """company.company."""

    timezone: str | None
    currency: Coded
    party: CompanyParty

    def modified_at(self) -> datetime:
        """Return when the company or its party was last changed."""
        return max(self.last_modified_at.value(), self.party.last_modified_at.value())


class FiscalYear(Nested, frozen=True, kw_only=True):
    """account.fiscalyear."""

    company: int
    start_date: Day


class PeriodRow(Row, frozen=True, kw_only=True):
    """account.period."""

    name: str
    start_date: Day
    end_date: Day
    state: str
    fiscalyear: FiscalYear


class Delay(Nested, frozen=True, kw_only=True):
    """account.invoice.payment_term.line.delta. Months and weekdays make a day that no number of days gives."""

    days: int | None
    day: int | None
    weeks: int | None
    months: int | None
    month: int | None
    weekday: int | None


class TermLine(Nested, frozen=True, kw_only=True):
    """account.invoice.payment_term.line."""

    relativedeltas: tuple[Delay, ...]


class Term(Nested, frozen=True, kw_only=True):
    """account.invoice.payment_term."""

    name: str
    lines: tuple[TermLine, ...]


class DebtorRow(AccountRow, frozen=True, kw_only=True):
    """party.party, as somebody who is billed."""

    customer_payment_term: Term | None


class Posted(Nested, frozen=True, kw_only=True):
    """account.move.line: what an invoice claims, in the company's currency, and in its own where that is another."""

    debit: Number
    credit: Number
    amount_second_currency: Number | None
    maturity_date: Day | None

    @property
    def booked(self) -> Decimal:
        """Return the amount in the company's currency."""
        return self.debit.decimal - self.credit.decimal

    @property
    def stated(self) -> Decimal:
        """Return the amount in the invoice's currency."""
        return self.booked if self.amount_second_currency is None else self.amount_second_currency.decimal


def booked_rate(lines: Iterable[Posted]) -> Decimal | None:
    """Return what one unit of an invoice's currency was booked at, to twelve decimals; None while nothing is posted."""
    claims = tuple(lines)
    stated = sum((claim.stated for claim in claims), Decimal(0))
    return plain(round(sum((claim.booked for claim in claims), Decimal(0)) / stated, 12)) if stated else None


class TaxRule(Nested, frozen=True, kw_only=True):
    """account.tax. A tax of a fixed amount has no rate."""

    name: str
    rate: Number | None
    group: Named | None


class InvoiceTax(Nested, frozen=True, kw_only=True):
    """account.invoice.tax."""

    base: Number
    amount: Number
    tax: TaxRule | None


class Corrected(Nested, frozen=True, kw_only=True):
    """account.invoice.line: what a line was made from, such as account.invoice.line,17."""

    origin: str | None


class InvoiceRow(Row, frozen=True, kw_only=True):
    """account.invoice, to a customer. Amounts of a credit note are negative; `amount_to_pay` is 0 for what is not posted."""

    number: str | None
    state: str
    description: str | None
    reference: str | None
    party: int
    company: Company
    currency: Coded
    invoice_date: Day | None
    untaxed_amount: Number
    tax_amount: Number
    total_amount: Number
    amount_to_pay: Number
    lines_to_pay: tuple[Posted, ...]
    taxes: tuple[InvoiceTax, ...]
    lines: tuple[Corrected, ...]


class Paid(Posted, frozen=True, kw_only=True):
    """account.move.line: what was paid on an invoice; what a customer pays is a credit."""

    id: int
    date: Day
    last_modified_at: Moment
    move_description_used: str | None
    journal: Named


class PaidRow(Row, frozen=True, kw_only=True):
    """account.invoice, with what was paid on it."""

    number: str | None
    currency: Coded
    company: Company
    payment_lines: tuple[Paid, ...]


class ClaimRow(PaidRow, frozen=True, kw_only=True):
    """account.invoice, as a claim on a customer."""

    party: int
    invoice_date: Day
    total_amount: Number
    amount_to_pay: Number
    lines_to_pay: tuple[Posted, ...]


class Product(Nested, frozen=True, kw_only=True):
    """product.product: its name is its template's."""

    template: Named


class Head(Nested, frozen=True, kw_only=True):
    """account.invoice, as its lines show it."""

    id: int
    description: str | None
    currency: Coded
    company: Company
    lines_to_pay: tuple[Posted, ...]


class InvoiceLineRow(Row, frozen=True, kw_only=True):
    """account.invoice.line. `sequence` is null where nobody has moved a line."""

    sequence: int | None
    invoice: Head
    product: Product | None
    description: str | None
    quantity: Decimal | None
    unit_price: Number | None
    amount: Number


class LineOfRow(Row, frozen=True, kw_only=True):
    """account.invoice.line, of which only the invoice matters."""

    invoice: int | None


class NumberedRow(Row, frozen=True, kw_only=True):
    """project.work, of which only the number matters."""

    number: str


class Payer(Nested, frozen=True, kw_only=True):
    """company.company, as time sheets show it."""

    id: int
    currency: Coded


class BilledOn(Nested, frozen=True, kw_only=True):
    """account.invoice, as the time that it bills shows it."""

    id: int
    state: str


class BilledLine(Nested, frozen=True, kw_only=True):
    """account.invoice.line, as the time that it bills shows it."""

    id: int
    unit_price: Number | None
    currency: Coded
    invoice: BilledOn | None


class PostingRow(WorkedRow, frozen=True, kw_only=True):
    """timesheet.line, as finance needs it. `cost_price` is per hour, as it was on the day."""

    company: Payer
    cost_price: Number | None
    invoice_line: BilledLine | None


class RateRow(Row, frozen=True, kw_only=True):
    """currency.currency.rate: what one unit of the base currency is worth in this one, from the day on."""

    currency: Coded
    date: Day
    rate: Number

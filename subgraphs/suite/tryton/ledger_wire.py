"""Wire structs of the ERP role, like those of `wire`. Observed on 8.2.1."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal

from subgraphs.suite.tryton.wire import (
    AccountRow,
    CodeRef,
    Company,
    Day,
    Moment,
    NameRef,
    Nested,
    Number,
    Row,
    WorkedRow,
    normalize,
)


class Identifier(Nested, frozen=True, kw_only=True):
    """party.identifier: a number and its type, such as us_ein."""

    type: str | None
    code: str


class CompanyAddress(Nested, frozen=True, kw_only=True):
    """party.address: only the country."""

    country: CodeRef | None


class CompanyParty(Nested, frozen=True, kw_only=True):
    """party.party of a company."""

    code: str
    name: str | None
    last_modified_at: Moment
    identifiers: tuple[Identifier, ...]
    addresses: tuple[CompanyAddress, ...]


class CompanyRow(Row, frozen=True, kw_only=True):
    """company.company."""

    timezone: str | None
    currency: CodeRef
    party: CompanyParty

    def get_modified_at(self) -> datetime:
        """Return the last change of the company or its party."""
        return max(self.last_modified_at.to_datetime(), self.party.last_modified_at.to_datetime())


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


class TermDelay(Nested, frozen=True, kw_only=True):
    """account.invoice.payment_term.line.delta. Terms with months or weekdays are no fixed number of days."""

    days: int | None
    day: int | None
    weeks: int | None
    months: int | None
    month: int | None
    weekday: int | None


class TermLine(Nested, frozen=True, kw_only=True):
    """account.invoice.payment_term.line."""

    relativedeltas: tuple[TermDelay, ...]


class Term(Nested, frozen=True, kw_only=True):
    """account.invoice.payment_term."""

    name: str
    lines: tuple[TermLine, ...]


class DebtorRow(AccountRow, frozen=True, kw_only=True):
    """party.party of a customer with payment terms."""

    customer_payment_term: Term | None


class ClaimLine(Nested, frozen=True, kw_only=True):
    """account.move.line: a claim in company currency, and in the invoice's currency if that differs."""

    debit: Number
    credit: Number
    amount_second_currency: Number | None
    maturity_date: Day | None

    @property
    def booked_amount(self) -> Decimal:
        """Return the amount in the company's currency."""
        return self.debit.decimal - self.credit.decimal

    @property
    def invoice_amount(self) -> Decimal:
        """Return the amount in the invoice's currency."""
        return self.booked_amount if self.amount_second_currency is None else self.amount_second_currency.decimal


def compute_booked_rate(lines: Iterable[ClaimLine]) -> Decimal | None:
    """Return the booked rate from an invoice's to company currency, to twelve decimals; None if nothing is posted."""
    claims = tuple(lines)
    stated = sum((claim.invoice_amount for claim in claims), Decimal(0))
    return normalize(round(sum((claim.booked_amount for claim in claims), Decimal(0)) / stated, 12)) if stated else None


class TaxRule(Nested, frozen=True, kw_only=True):
    """account.tax. A tax of a fixed amount has no rate."""

    name: str
    rate: Number | None
    group: NameRef | None


class InvoiceTax(Nested, frozen=True, kw_only=True):
    """account.invoice.tax."""

    base: Number
    amount: Number
    tax: TaxRule | None


class LineAmount(Nested, frozen=True, kw_only=True):
    """account.invoice.line: its type, its amount and its origin, such as account.invoice.line,17."""

    type: str | None = None
    amount: Number | None = None
    origin: str | None


class InvoiceRow(Row, frozen=True, kw_only=True):
    """account.invoice to a customer. Amounts of a credit note are negative; `amount_to_pay` is 0 until it is posted."""

    number: str | None
    state: str
    description: str | None
    reference: str | None
    party: int
    company: Company
    currency: CodeRef
    invoice_date: Day | None
    untaxed_amount: Number
    tax_amount: Number
    total_amount: Number
    amount_to_pay: Number
    lines_to_pay: tuple[ClaimLine, ...]
    taxes: tuple[InvoiceTax, ...]
    lines: tuple[LineAmount, ...]


class PaymentLine(ClaimLine, frozen=True, kw_only=True):
    """account.move.line: a payment on an invoice; a customer's payment is a credit."""

    id: int
    date: Day
    last_modified_at: Moment
    move_description_used: str | None
    journal: NameRef


class PaidRow(Row, frozen=True, kw_only=True):
    """account.invoice with its payments."""

    number: str | None
    currency: CodeRef
    company: Company
    payment_lines: tuple[PaymentLine, ...]


class ClaimRow(PaidRow, frozen=True, kw_only=True):
    """account.invoice with its claims and payments."""

    party: int
    invoice_date: Day
    total_amount: Number
    amount_to_pay: Number
    lines_to_pay: tuple[ClaimLine, ...]


class Product(Nested, frozen=True, kw_only=True):
    """product.product: its template has the name."""

    template: NameRef


class InvoiceHeader(Nested, frozen=True, kw_only=True):
    """account.invoice, read through its lines."""

    id: int
    description: str | None
    invoice_date: Day | None
    currency: CodeRef
    company: Company
    lines_to_pay: tuple[ClaimLine, ...]


class InvoiceLineRow(Row, frozen=True, kw_only=True):
    """account.invoice.line. `sequence` is null unless a user has moved the line."""

    sequence: int | None
    invoice: InvoiceHeader
    product: Product | None
    description: str | None
    quantity: Decimal | None
    unit_price: Number | None
    amount: Number


class LineOfRow(Row, frozen=True, kw_only=True):
    """account.invoice.line: only the invoice."""

    invoice: int | None


class NumberedRow(Row, frozen=True, kw_only=True):
    """project.work: only the number."""

    number: str


class PayingCompany(Nested, frozen=True, kw_only=True):
    """company.company, read through timesheet lines."""

    id: int
    currency: CodeRef


class BillingInvoice(Nested, frozen=True, kw_only=True):
    """account.invoice, read through the time that it bills."""

    id: int
    state: str


class BillingLine(Nested, frozen=True, kw_only=True):
    """account.invoice.line, read through the time that it bills."""

    id: int
    unit_price: Number | None
    currency: CodeRef
    invoice: BillingInvoice | None


class PostingRow(WorkedRow, frozen=True, kw_only=True):
    """timesheet.line of the ERP role. `cost_price` is per hour, as of the day worked."""

    company: PayingCompany
    cost_price: Number | None
    invoice_line: BillingLine | None


class RateRow(Row, frozen=True, kw_only=True):
    """currency.currency.rate: the value of one unit of the base currency in this currency, from the day on."""

    currency: CodeRef
    date: Day
    rate: Number

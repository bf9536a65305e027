"""Wire structs of the ERP role, like those of `wire`. Observed on 8.2.1."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import ClassVar, Final

from gateway.ports.unreadable import UnreadableRecord, report_unreadable
from subgraphs.kit.failures import build_mismatch
from subgraphs.suite.tryton.wire import (
    AccountRow,
    CodeRef,
    Company,
    Country,
    Day,
    Id,
    Moment,
    NameRef,
    Nested,
    Number,
    Row,
    WorkedRow,
    find_latest,
    normalize,
)


class Identifier(Nested, frozen=True, kw_only=True):
    """party.identifier: a number and its type, such as us_ein."""

    type: str | None
    code: str


class CompanyAddress(Nested, frozen=True, kw_only=True):
    """party.address: only the country."""

    country: Country | None = None


class CompanyParty(Nested, frozen=True, kw_only=True):
    """party.party of a company."""

    code: str
    name: str | None
    last_modified_at: Moment | None = None
    identifiers: tuple[Identifier, ...] = ()
    addresses: tuple[CompanyAddress, ...]


class CompanyRow(Row, frozen=True, kw_only=True):
    """company.company."""

    affects: ClassVar[Mapping[str, Sequence[str]]] = {**Row.affects, "party.last_modified_at": ("modified_at",)}

    timezone: str | None = None
    currency: CodeRef
    party: CompanyParty

    def get_modified_at(self) -> datetime | None:
        """Return the last change of the company or its party."""
        return find_latest(self.last_modified_at, self.party.last_modified_at)


class FiscalYear(Nested, frozen=True, kw_only=True):
    """account.fiscalyear."""

    company: Id
    start_date: Day


class PeriodRow(Row, frozen=True, kw_only=True):
    """account.period."""

    name: str
    start_date: Day
    end_date: Day
    state: str
    fiscalyear: FiscalYear

    def is_readable(self) -> bool:
        """Return whether the days are dates; report the period if not."""
        try:
            self.start_date.to_date(), self.end_date.to_date(), self.fiscalyear.start_date.to_date()
        except (ValueError, OverflowError):
            report_unreadable(UnreadableRecord(object="account.period", id=str(self.id), field="start_date, end_date"))
            return False
        return True


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

    customer_payment_term: Term | None = None


class ClaimLine(Nested, frozen=True, kw_only=True):
    """account.move.line: a claim in company currency, and in the invoice's currency if that differs."""

    debit: Number | None = None
    credit: Number | None = None
    amount_second_currency: Number | None = None
    maturity_date: Day | None = None

    @property
    def booked_amount(self) -> Decimal:
        """Return the amount in the company's currency. Raise SourceError if it is unknown."""
        if self.debit is None or self.credit is None:
            raise build_mismatch("account.move.line: debit, credit")
        return self.debit.decimal - self.credit.decimal

    @property
    def invoice_amount(self) -> Decimal:
        """Return the amount in the invoice's currency. Raise SourceError if it is unknown."""
        if "amount_second_currency" in self.unread:
            raise build_mismatch("account.move.line: amount_second_currency")
        return self.booked_amount if self.amount_second_currency is None else self.amount_second_currency.decimal


AMOUNTS: Final = frozenset({"debit", "credit", "amount_second_currency"})


def compute_booked_rate(lines: Iterable[ClaimLine]) -> Decimal | None:
    """Return the booked rate from an invoice's to company currency, to twelve decimals.

    None if nothing is posted or an amount could not be read.
    """
    claims = tuple(lines)
    if any(AMOUNTS.intersection(claim.unread) for claim in claims):
        return None
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
    origin: str | None = None


class InvoiceRow(Row, frozen=True, kw_only=True):
    """account.invoice to a customer. Amounts of a credit note are negative; `amount_to_pay` is 0 until it is posted."""

    affects: ClassVar[Mapping[str, Sequence[str]]] = {**Row.affects, "number": ("display_number", "references")}

    number: str | None = None
    state: str
    description: str | None = None
    reference: str | None = None
    party: Id | None = None
    company: Company | None = None
    currency: CodeRef
    invoice_date: Day | None = None
    untaxed_amount: Number | None = None
    tax_amount: Number | None = None
    total_amount: Number
    amount_to_pay: Number | None = None
    lines_to_pay: tuple[ClaimLine, ...] = ()
    taxes: tuple[InvoiceTax, ...] = ()
    lines: tuple[LineAmount, ...] = ()


class PaymentLine(ClaimLine, frozen=True, kw_only=True):
    """account.move.line: a payment on an invoice; a customer's payment is a credit."""

    affects: ClassVar[Mapping[str, Sequence[str]]] = {"last_modified_at": ("modified_at",)}

    id: Id | None = None
    date: Day | None = None
    last_modified_at: Moment | None = None
    move_description_used: str | None = None
    journal: NameRef | None = None


class PaidRow(Row, frozen=True, kw_only=True):
    """account.invoice with its payments."""

    number: str | None = None
    currency: CodeRef
    company: Company | None = None
    payment_lines: tuple[PaymentLine, ...]


class ClaimRow(PaidRow, frozen=True, kw_only=True):
    """account.invoice with its claims and payments."""

    keys: ClassVar[Mapping[str, str]] = {"party": "customer_id"}

    party: Id
    invoice_date: Day
    total_amount: Number
    amount_to_pay: Number
    lines_to_pay: tuple[ClaimLine, ...]


class JournalRef(Nested, frozen=True, kw_only=True):
    """account.journal: only the type."""

    type: str


class Reconciliation(Nested, frozen=True, kw_only=True):
    """account.move.reconciliation: the day from which the lines settle each other."""

    date: Day


class OpenMove(Nested, frozen=True, kw_only=True):
    """account.move: the document of a line."""

    id: Id


class OpenLineRow(Row, frozen=True, kw_only=True):
    """account.move.line of a receivable account that belongs to no invoice.

    `amount_second_currency` is in `second_currency`, if there is one. The line ages from `maturity_date`, else `date`.
    """

    keys: ClassVar[Mapping[str, str]] = {"party": "customer_id"}

    party: Id
    company: Company
    date: Day
    maturity_date: Day | None
    debit: Number
    credit: Number
    amount_second_currency: Number | None
    second_currency: CodeRef | None
    journal: JournalRef
    move: OpenMove


class Product(Nested, frozen=True, kw_only=True):
    """product.product: its template has the name."""

    template: NameRef


class InvoiceHeader(Nested, frozen=True, kw_only=True):
    """account.invoice, read through its lines."""

    id: Id
    description: str | None = None
    invoice_date: Day | None = None
    currency: CodeRef
    company: Company | None = None
    lines_to_pay: tuple[ClaimLine, ...] = ()


class InvoiceLineRow(Row, frozen=True, kw_only=True):
    """account.invoice.line. `sequence` is null unless a user has moved the line."""

    sequence: int | None
    invoice: InvoiceHeader
    product: Product | None
    description: str | None
    quantity: Decimal | None = None
    unit_price: Number | None = None
    amount: Number


class LineOfRow(Row, frozen=True, kw_only=True):
    """account.invoice.line: only the invoice."""

    invoice: Id | None


class NumberedRow(Row, frozen=True, kw_only=True):
    """project.work: only the number."""

    number: str


class PayingCompany(Nested, frozen=True, kw_only=True):
    """company.company, read through timesheet lines."""

    id: Id
    currency: CodeRef


class BillingInvoice(Nested, frozen=True, kw_only=True):
    """account.invoice, read through the time that it bills."""

    id: Id
    state: str


class BillingLine(Nested, frozen=True, kw_only=True):
    """account.invoice.line, read through the time that it bills."""

    id: Id
    unit_price: Number | None = None
    currency: CodeRef
    invoice: BillingInvoice | None


class PostingRow(WorkedRow, frozen=True, kw_only=True):
    """timesheet.line of the ERP role. `cost_price` is per hour, as of the day worked."""

    affects: ClassVar[Mapping[str, Sequence[str]]] = {
        **WorkedRow.affects,
        "invoice_line.unit_price": ("bill_amount",),
    }

    company: PayingCompany
    cost_price: Number | None = None
    invoice_line: BillingLine | None = None


class RateRow(Row, frozen=True, kw_only=True):
    """currency.currency.rate: the value of one unit of the base currency in this currency, from the day on."""

    currency: CodeRef
    date: Day
    rate: Number

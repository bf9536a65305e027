"""Builds ERP records from rows, without I/O. Amounts have Tryton's sign: those of a credit note are negative."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import overload

from gateway.canonical.fault import FaultCode
from gateway.canonical.records.erp import (
    ErpCustomer,
    ErpEmployee,
    ErpInvoice,
    ErpInvoiceLine,
    ErpJob,
    ErpLegalEntity,
    ErpPayment,
    ErpPaymentTerms,
    ErpPeriod,
    ErpTax,
    ErpTaxRegistration,
    ErpTimePosting,
)
from gateway.canonical.states import PeriodStatus
from gateway.canonical.values import Money
from gateway.errors import SourceError
from subgraphs.kit.failures import build_mismatch
from subgraphs.kit.record_mapping import note_unreadable
from subgraphs.suite.tryton import ledger_wire as wire
from subgraphs.suite.tryton.ledger_wire import compute_booked_rate
from subgraphs.suite.tryton.records import (
    EMPLOYEE,
    INVOICED,
    LINE,
    OPEN,
    PARTY,
    UNPRICED,
    WORK,
    RecordBuilder,
    build_billing_address,
    build_person,
    classify_activity,
    find_country,
    require_text,
    to_money,
)
from subgraphs.suite.tryton.wire import (
    Day,
    EmployeeRow,
    Number,
    WorkRow,
    find_code,
    find_currency,
    find_entity,
    find_latest,
    find_name,
    normalize,
)

COMPANY, INVOICE, INVOICE_LINE, MOVE_LINE = (
    "company.company",
    "account.invoice",
    "account.invoice.line",
    "account.move.line",
)
BILLED, CREDITED, DRAFTED = "invoice", "credit_note", "drafted"
_PERIODS = {"open": PeriodStatus.OPEN, "closed": PeriodStatus.CLOSED, "locked": PeriodStatus.CLOSED}
_EUROPEAN = "eu_"


class LedgerBuilder(RecordBuilder):
    """Builds the ERP records of one connection."""

    def build_legal_entity(self, row: wire.CompanyRow, periods: Sequence[wire.PeriodRow]) -> ErpLegalEntity:
        """Build a legal entity from a company and its periods. Raise SourceError if no address has a country."""
        places = (find_country(place.country, self.countries) for place in row.party.addresses)
        country = next(filter(None, places), None)
        if country is None:
            raise SourceError(FaultCode.CONTRACT_MISMATCH, "a company without a country in its address")
        latest = max(periods, key=lambda period: period.start_date.to_date(), default=None)
        return ErpLegalEntity(
            **self._build_base(COMPANY, row),
            display_number=row.party.code,
            references=(("party.code", row.party.code),),
            code=row.party.code,
            name=row.party.name or row.party.code,
            country=country,
            functional_currency=row.currency.code,
            time_zone=row.timezone,
            tax_registrations=tuple(_build_registration(each) for each in row.party.identifiers if each.type),
            fiscal_year_start_month=None if latest is None else latest.fiscalyear.start_date.month,
            periods=tuple(build_period(each) for each in periods),
        )

    def build_customer(self, row: wire.DebtorRow) -> ErpCustomer:
        """Build a customer from a party."""
        return ErpCustomer(
            **self._build_base(PARTY, row),
            display_number=row.code,
            references=(("code", row.code),) if row.code else (),
            name=require_text(row.name or row.code, "name"),
            number=row.code,
            status=classify_activity(row.active),
            default_currency=find_code(row.customer_currency),
            payment_terms=_build_terms(row.customer_payment_term),
            billing_address=build_billing_address(row.addresses, self.countries),
        )

    def build_job(self, row: WorkRow) -> ErpJob:
        """Build a job from a work without a parent."""
        return ErpJob(
            **self._build_base(WORK, row),
            display_number=row.number,
            references=(("number", row.number),) if row.number else (),
            code=row.number,
            name=row.name,
            status=find_name(row.status),
            start_date=_to_date(row.timesheet_start_date),
            end_date=_to_date(row.timesheet_end_date),
            customer_id=None if row.party is None else str(row.party),
            legal_entity=find_entity(row.company),
            currency=find_currency(row.company),
        )

    def build_employee(self, row: EmployeeRow) -> ErpEmployee:
        """Build an employee."""
        return ErpEmployee(
            **self._build_base(EMPLOYEE, row),
            **build_person(row),
            legal_entity=find_entity(row.company),
            cost_rate=to_money(row.cost_price, find_currency(row.company)),
        )

    def build_invoice(self, row: wire.InvoiceRow, job: str | None, corrects: str | None) -> ErpInvoice:
        """Build an invoice or a credit note, given its job and the invoice that it corrects."""
        currency = row.currency.code
        due = [claim.maturity_date.to_date() for claim in row.lines_to_pay if claim.maturity_date]
        return ErpInvoice(
            **self._build_base(INVOICE, row),
            display_number=row.number,
            references=(("number", row.number),) if row.number else (),
            number=row.number or str(row.id),
            kind=CREDITED if row.total_amount.decimal < 0 else BILLED,
            status=row.state,
            customer_id=None if row.party is None else str(row.party),
            legal_entity=find_entity(row.company),
            job_ids=() if job is None else (job,),
            issue_date=_to_date(row.invoice_date),
            due_date=max(due, default=None),
            currency=currency,
            functional_currency=find_currency(row.company),
            functional_rate=compute_booked_rate(row.lines_to_pay),
            subtotal=_to_rounded_money(row.untaxed_amount, currency),
            tax_total=_to_rounded_money(row.tax_amount, currency),
            total=_to_rounded_money(row.total_amount, currency),
            balance=_to_rounded_money(row.amount_to_pay, currency),
            taxes=tuple(_build_tax(each, currency) for each in row.taxes),
            line_amounts=tuple(line.amount.decimal for line in row.lines if line.type == "line" and line.amount),
            corrects_id=corrects,
            purchase_order_number=row.reference,
        )

    def build_invoice_line(self, row: wire.InvoiceLineRow, job: str | None) -> ErpInvoiceLine:
        """Build a line; its source kind is the product's name."""
        currency, kind = row.invoice.currency.code, row.product.template.name if row.product else ""
        return ErpInvoiceLine(
            **self._build_base(INVOICE_LINE, row),
            invoice_id=str(row.invoice.id),
            issue_date=_to_date(row.invoice.invoice_date),
            sequence=row.sequence or 0,
            kind=kind,
            description=row.description or kind,
            job_id=job,
            quantity=None if row.quantity is None else normalize(row.quantity),
            unit_rate=to_money(row.unit_price, currency),
            amount=_to_rounded_money(row.amount, currency),
            functional_rate=compute_booked_rate(row.invoice.lines_to_pay),
            functional_currency=find_currency(row.invoice.company),
        )

    def build_payment(self, row: wire.PaidRow, line: wire.PaymentLine) -> ErpPayment:
        """Build a payment from a line that settles an invoice; the whole amount is applied to it.

        Raise SourceError for a line without id, day or amount.
        """
        if line.id is None or line.date is None:
            raise build_mismatch("account.move.line: id, date")
        if any(path.startswith("company") for path in row.unread):
            note_unreadable("functional_currency", INVOICE, "company.currency.code")
        amount = Money(-line.invoice_amount, row.currency.code)
        return ErpPayment(
            native=self._build_native_id(MOVE_LINE, line.id),
            modified_at=find_latest(line.last_modified_at),
            received_on=line.date.to_date(),
            amount=amount,
            functional_rate=compute_booked_rate((line,)),
            functional_currency=find_currency(row.company),
            applied=((str(row.id), amount),),
            reference=line.move_description_used or None,
            method=find_name(line.journal),
        )

    def build_posting(self, row: wire.PostingRow, work: WorkRow, within: wire.PeriodRow | None) -> ErpTimePosting:
        """Build a time posting.

        The rate is the invoice line's, or before billing the work's list price in company currency.
        """
        reference, _ = self._split_description(row.description)
        rate = to_money(work.list_price, row.company.currency.code)
        if row.invoice_line is None and "list_price" in work.unread:
            for attribute in ("billing", "bill_rate", "bill_amount"):
                note_unreadable(attribute, WORK, "list_price")
        if row.invoice_line is not None:
            rate = to_money(row.invoice_line.unit_price, row.invoice_line.currency.code)
        hours = row.duration.to_hours()
        cost = to_money(row.cost_price, row.company.currency.code)
        billed_on = row.invoice_line.invoice if row.invoice_line else None
        return ErpTimePosting(
            **self._build_base(LINE, row),
            references=(("description", reference),) if reference else (),
            entry_reference=reference or str(row.id),
            hours=hours,
            billing=_classify_billing(row, work),
            bill_rate=rate,
            bill_amount=_multiply(hours, rate),
            cost_amount=_multiply(hours, cost),
            period=None if within is None else build_period(within),
            invoice_id=None if billed_on is None else str(billed_on.id),
            invoice_line_id=None if row.invoice_line is None else str(row.invoice_line.id),
        )


def build_period(row: wire.PeriodRow) -> ErpPeriod:
    """Build a period; a locked one is closed."""
    return ErpPeriod(
        name=row.name,
        start_date=row.start_date.to_date(),
        end_date=row.end_date.to_date(),
        status=_PERIODS.get(row.state, PeriodStatus.CLOSED).value,
    )


def parse_project_number(description: str | None) -> str | None:
    """Return the project number at the start of an invoice's description."""
    return next(iter((description or "").split(maxsplit=1)), None)


def find_corrected_line(row: wire.InvoiceRow) -> str | None:
    """Return the id of the first invoice line that a credit note corrects."""
    if row.total_amount.decimal >= 0:
        return None
    origins = ((line.origin or "").partition(",") for line in row.lines)
    return next((identifier for model, _, identifier in origins if model == INVOICE_LINE), None)


def _classify_billing(row: wire.PostingRow, work: WorkRow) -> str:
    if row.invoice_line is not None:
        drafted = row.invoice_line.invoice is None or row.invoice_line.invoice.state == "draft"
        return DRAFTED if drafted else INVOICED
    return UNPRICED if work.list_price is None else OPEN


def _build_registration(identifier: wire.Identifier) -> ErpTaxRegistration:
    """Build a registration. The country starts the type of the number, or for `eu_` types the number itself."""
    kind = identifier.type or ""
    country = identifier.code if kind.startswith(_EUROPEAN) else kind
    return ErpTaxRegistration(jurisdiction=kind, country=country[:2].upper(), number=identifier.code)


def _build_terms(term: wire.Term | None) -> ErpPaymentTerms | None:
    """Build terms that are a number of days; return None for others."""
    delays = [delay for line in term.lines for delay in line.relativedeltas] if term else []
    if term is None or len(term.lines) != 1 or any(_uses_calendar(delay) for delay in delays):
        return None
    days = sum((delay.days or 0) + 7 * (delay.weeks or 0) for delay in delays)
    return ErpPaymentTerms(code=term.name, net_days=days)


def _uses_calendar(delay: wire.TermDelay) -> bool:
    return any(part is not None for part in (delay.day, delay.month, delay.weekday)) or bool(delay.months)


def _build_tax(row: wire.InvoiceTax, currency: str) -> ErpTax:
    rate = row.tax.rate.decimal if row.tax and row.tax.rate else None
    if rate is None:
        rate = round(row.amount.decimal / row.base.decimal, 6) if row.base.decimal else Decimal(0)
    kind = (row.tax.group.name if row.tax.group else row.tax.name) if row.tax else ""
    return ErpTax(
        tax_type=kind,
        rate=normalize(rate),
        taxable=_to_rounded_money(row.base, currency),
        amount=_to_rounded_money(row.amount, currency),
    )


def _multiply(hours: Decimal, rate: Money | None) -> Money | None:
    return None if rate is None else Money(hours * rate.amount, rate.currency).round()


@overload
def _to_rounded_money(value: Number, currency: str) -> Money: ...


@overload
def _to_rounded_money(value: Number | None, currency: str) -> Money | None: ...


def _to_rounded_money(value: Number | None, currency: str) -> Money | None:
    """Return an amount with its currency's decimals. Tryton rounds amounts itself, and writes zero without decimals."""
    return None if value is None else Money(value.decimal, currency).round()


def _to_date(value: Day | None) -> date | None:
    return None if value is None else value.to_date()

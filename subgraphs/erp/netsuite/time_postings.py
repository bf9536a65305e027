"""Pure functions from NetSuite's time records to postings. What an entry comes to is hours times rate, as NetSuite bills and costs it."""

import re
from decimal import Decimal
from fractions import Fraction

from gateway.canonical.records.erp import ErpPeriod, ErpTimePosting
from gateway.canonical.values import Money
from subgraphs.erp.netsuite import wire
from subgraphs.erp.netsuite.billing_mapping import build_billing_code, extract_reference_id
from subgraphs.erp.netsuite.mapping import AccountContext, build_references, classify_period_status
from subgraphs.kit.failures import mismatch
from subgraphs.kit.money import optional_money
from subgraphs.kit.numbers import plain

_DURATION = re.compile(r"(?P<sign>-?)(?P<hours>\d+(?:\.\d+)?|\.\d+)(?::(?P<minutes>\d+))?", re.ASCII)


def parse_duration(text: str) -> Fraction:
    """Read hours, told as a decimal number or as H:MM, exactly; raise SourceError(CONTRACT_MISMATCH) for another form."""
    told = _DURATION.fullmatch(text)
    if told is None:
        raise mismatch("a duration is neither a number nor H:MM")
    worked = Fraction(told["hours"]) + Fraction(told["minutes"] or 0) / 60
    return -worked if told["sign"] else worked


def round_hours(worked: Fraction) -> Decimal:
    """Return hours at four decimals."""
    return plain(round(_to_decimal(worked), 4))


def compute_amount(worked: Fraction | None, rate: Decimal | None, currency: str | None) -> Money | None:
    """Return what so much work comes to, rounded to the currency: a third of an hour is not 0.3333 of one."""
    if worked is None or rate is None or currency is None:
        return None
    return Money(_to_decimal(worked * Fraction(rate)), currency).rounded()


def _to_decimal(value: Fraction) -> Decimal:
    return Decimal(value.numerator) / value.denominator


def extract_entry_reference(row: wire.TimeRow, account: AccountContext) -> str:
    """Return the entry that a time record came from: the id inside its reference, or the reference where it is of another form."""
    return extract_reference_id(row.reference, account.mapping.time.pattern) or row.reference


def map_time_posting(row: wire.TimeRow, account: AccountContext) -> ErpTimePosting:
    """Map a time record."""
    worked = None if row.hours is None else parse_duration(row.hours)
    return ErpTimePosting(
        native=account.build_native_id("timebill", row.id),
        modified_at=account.parse_instant(row.modified),
        references=build_references(account.mapping.time.reference, row.reference),
        entry_reference=extract_entry_reference(row, account),
        hours=None if worked is None else round_hours(worked),
        billing=build_billing_code(row.billable, row.billed_type, row.billed_status),
        bill_rate=optional_money(row.rate, row.currency),
        bill_amount=compute_amount(worked, row.rate, row.currency),
        cost_amount=compute_amount(worked, row.labor_cost, row.base_currency),
        period=_map_period(row, account),
        invoice_id=row.billed_invoice,
        invoice_line_id=row.billed_line,
    )


def _map_period(row: wire.TimeRow, account: AccountContext) -> ErpPeriod | None:
    if row.period_name is None or row.period_start_date is None or row.period_end_date is None:
        return None
    return ErpPeriod(
        name=row.period_name,
        start_date=row.period_start_date,
        end_date=row.period_end_date,
        status=classify_period_status(
            closed=row.period_closed, locked=row.period_locked, ar_locked=row.period_ar_locked
        ),
        closed_at=account.parse_instant(row.period_closed_on),
    )

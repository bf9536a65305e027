"""Pure functions from NetSuite's time records to postings. What an entry comes to is hours times rate, as NetSuite bills and costs it."""

import re
from decimal import Decimal
from fractions import Fraction

from gateway.canonical.records.erp import ErpPeriod, ErpTimePosting
from gateway.canonical.values import Money
from subgraphs.erp.netsuite import wire
from subgraphs.erp.netsuite.ledger import billing_code, native_reference
from subgraphs.erp.netsuite.mapping import Account, period_status, references
from subgraphs.kit.failures import mismatch
from subgraphs.kit.money import optional_money
from subgraphs.kit.numbers import plain

_DURATION = re.compile(r"(?P<sign>-?)(?P<hours>\d+(?:\.\d+)?|\.\d+)(?::(?P<minutes>\d+))?", re.ASCII)


def duration(text: str) -> Fraction:
    """Read hours, told as a decimal number or as H:MM, exactly; raise SourceError(CONTRACT_MISMATCH) for another form."""
    told = _DURATION.fullmatch(text)
    if told is None:
        raise mismatch("a duration is neither a number nor H:MM")
    worked = Fraction(told["hours"]) + Fraction(told["minutes"] or 0) / 60
    return -worked if told["sign"] else worked


def shown_hours(worked: Fraction) -> Decimal:
    """Return hours at four decimals."""
    return plain(round(_decimal(worked), 4))


def product(worked: Fraction | None, rate: Decimal | None, currency: str | None) -> Money | None:
    """Return what so much work comes to, rounded to the currency: a third of an hour is not 0.3333 of one."""
    if worked is None or rate is None or currency is None:
        return None
    return Money(_decimal(worked * Fraction(rate)), currency).rounded()


def _decimal(value: Fraction) -> Decimal:
    return Decimal(value.numerator) / value.denominator


def entry(row: wire.TimeRow, account: Account) -> str:
    """Return the entry that a time record came from: the id inside its reference, or the reference where it is of another form."""
    return native_reference(row.reference, account.mapping.time.pattern) or row.reference


def time_posting(row: wire.TimeRow, account: Account) -> ErpTimePosting:
    """Map a time record."""
    worked = None if row.hours is None else duration(row.hours)
    return ErpTimePosting(
        native=account.native("timebill", row.id),
        modified_at=account.instant(row.modified),
        references=references(account.mapping.time.reference, row.reference),
        entry_reference=entry(row, account),
        hours=None if worked is None else shown_hours(worked),
        billing=billing_code(row.billable, row.billed_type, row.billed_status),
        bill_rate=optional_money(row.rate, row.currency),
        bill_amount=product(worked, row.rate, row.currency),
        cost_amount=product(worked, row.labor_cost, row.base_currency),
        period=_period(row, account),
        invoice_id=row.billed_invoice,
        invoice_line_id=row.billed_line,
    )


def _period(row: wire.TimeRow, account: Account) -> ErpPeriod | None:
    if row.period_name is None or row.period_start is None or row.period_end is None:
        return None
    return ErpPeriod(
        name=row.period_name,
        start_date=row.period_start,
        end_date=row.period_end,
        status=period_status(closed=row.period_closed, locked=row.period_locked, ar_locked=row.period_ar_locked),
        closed_at=account.instant(row.period_closed_on),
    )

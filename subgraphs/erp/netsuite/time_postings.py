"""Pure functions that map NetSuite time records to postings. Amounts are hours times rate, as in NetSuite."""

import re
from decimal import Decimal
from fractions import Fraction

from gateway.canonical.records.erp import ErpPeriod, ErpTimePosting
from gateway.canonical.values import Money
from subgraphs.erp.netsuite import wire
from subgraphs.erp.netsuite.billing_mapping import build_billing_code, extract_reference_id
from subgraphs.erp.netsuite.mapping import AccountContext, build_references, classify_period_status
from subgraphs.kit import numbers
from subgraphs.kit.failures import build_mismatch
from subgraphs.kit.money import build_optional_money

_DURATION = re.compile(r"(?P<sign>-?)(?P<hours>\d+(?:\.\d+)?|\.\d+)(?::(?P<minutes>\d+))?", re.ASCII)


def parse_duration(text: str) -> Fraction:
    """Parse a decimal number of hours or H:MM exactly; raise SourceError(CONTRACT_MISMATCH) for any other format."""
    match = _DURATION.fullmatch(text)
    if match is None:
        raise build_mismatch("a duration is neither a number nor H:MM")
    hours = Fraction(match["hours"]) + Fraction(match["minutes"] or 0) / 60
    return -hours if match["sign"] else hours


def round_hours(hours: Fraction) -> Decimal:
    """Round hours to ten decimals."""
    return numbers.round_hours(_to_decimal(hours))


def compute_amount(hours: Fraction | None, rate: Decimal | None, currency: str | None) -> Money | None:
    """Return exact hours times rate, rounded to the currency; 20 minutes are a third of an hour, not 0.3333."""
    if hours is None or rate is None or currency is None:
        return None
    return Money(_to_decimal(hours * Fraction(rate)), currency).round()


def _to_decimal(value: Fraction) -> Decimal:
    return Decimal(value.numerator) / value.denominator


def extract_entry_reference(row: wire.TimeRow, account: AccountContext) -> str:
    """Return the id of the source entry from the reference, or the whole reference if it does not match the pattern."""
    return extract_reference_id(row.reference, account.mapping_file.time.pattern) or row.reference


def map_time_posting(row: wire.TimeRow, account: AccountContext) -> ErpTimePosting:
    """Map a time record."""
    hours = None if row.hours is None else parse_duration(row.hours)
    return ErpTimePosting(
        native=account.build_native_id("timebill", row.id),
        modified_at=account.parse_instant(row.modified),
        references=build_references(account.mapping_file.time.reference, row.reference),
        entry_reference=extract_entry_reference(row, account),
        hours=None if hours is None else round_hours(hours),
        billing=build_billing_code(row.billable, row.billed_type, row.billed_status),
        bill_rate=build_optional_money(row.rate, row.currency),
        bill_amount=compute_amount(hours, row.rate, row.currency),
        cost_amount=compute_amount(hours, row.labor_cost, row.base_currency),
        period=_map_period(row, account),
        invoice_id=row.billed_invoice,
        invoice_line_id=row.billed_line,
        dimensions=account.build_tags(row, "on_time"),
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

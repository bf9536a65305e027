"""The status of an issued invoice on a given day: systems store "posted", callers ask whether it is overdue."""

from collections.abc import Collection
from datetime import date, timedelta

from gateway.canonical.states import InvoiceStatus
from gateway.canonical.values import Money

UNPAID = (InvoiceStatus.ISSUED, InvoiceStatus.PARTIALLY_PAID)
"""The statuses that become OVERDUE after the due date."""


def refine_status(status: InvoiceStatus, total: Money, balance: Money | None) -> InvoiceStatus:
    """Refine ISSUED by the open amount: PAID for zero, PARTIALLY_PAID for less than the total.

    An unknown balance (None) changes nothing.
    """
    if status is not InvoiceStatus.ISSUED or balance is None:
        return status
    if balance.amount == 0:
        return InvoiceStatus.PAID
    return InvoiceStatus.ISSUED if balance.amount == total.amount else InvoiceStatus.PARTIALLY_PAID


def compute_status_on(status: InvoiceStatus, due: date | None, today: date) -> InvoiceStatus:
    """Return OVERDUE for an issued or partly paid invoice after its due date; on that day it is not overdue.

    `today` is the day of the legal entity that issued it (`EntityDays.get_today`).
    """
    return InvoiceStatus.OVERDUE if status in UNPAID and due is not None and due < today else status


def find_stored_statuses(shown: Collection[str], *, overdue: bool) -> frozenset[str]:
    """Return the stored statuses that are shown as one of `shown`; `overdue`: on a day after the due date."""
    due = date(2000, 1, 1)
    today = due + timedelta(days=1) if overdue else due
    return frozenset(status for status in InvoiceStatus if compute_status_on(status, due, today) in shown)

"""What an issued invoice is worth calling on a given day: systems keep "posted", people ask whether it is overdue."""

from datetime import date

from gateway.canonical.states import InvoiceStatus
from gateway.canonical.values import Money


def settled_status(status: InvoiceStatus, total: Money, balance: Money) -> InvoiceStatus:
    """Refine ISSUED by what was paid: PAID when nothing is open, PARTIALLY_PAID when something is."""
    if status is not InvoiceStatus.ISSUED:
        return status
    if balance.amount == 0:
        return InvoiceStatus.PAID
    return InvoiceStatus.ISSUED if balance.amount == total.amount else InvoiceStatus.PARTIALLY_PAID


def status_on(status: InvoiceStatus, due: date | None, today: date) -> InvoiceStatus:
    """Return OVERDUE for an issued or partly paid invoice whose due date has passed; the due day itself is not late."""
    unpaid = status in (InvoiceStatus.ISSUED, InvoiceStatus.PARTIALLY_PAID)
    return InvoiceStatus.OVERDUE if unpaid and due is not None and due < today else status

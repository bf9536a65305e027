"""The status of an invoice follows from its open amount and its due date, and never from an amount that is unknown."""

from datetime import date
from decimal import Decimal

import pytest

from gateway.canonical.settlement import compute_status_on, refine_status
from gateway.canonical.states import InvoiceStatus
from gateway.canonical.values import Money

TOTAL = Money(Decimal(100), "EUR")
DUE = date(2026, 11, 20)


@pytest.mark.parametrize(
    ("balance", "expected"),
    [
        (Decimal(0), InvoiceStatus.PAID),
        (Decimal(40), InvoiceStatus.PARTIALLY_PAID),
        (Decimal(100), InvoiceStatus.ISSUED),
        (None, InvoiceStatus.ISSUED),
    ],
)
def test_an_issued_invoice_is_refined_by_its_balance_if_that_is_known(
    balance: Decimal | None, expected: InvoiceStatus
) -> None:
    open_amount = None if balance is None else Money(balance, "EUR")

    assert refine_status(InvoiceStatus.ISSUED, TOTAL, open_amount) is expected


def test_a_draft_stays_a_draft() -> None:
    assert refine_status(InvoiceStatus.DRAFT, TOTAL, Money(Decimal(0), "EUR")) is InvoiceStatus.DRAFT


def test_an_invoice_is_overdue_the_day_after_its_due_date() -> None:
    assert compute_status_on(InvoiceStatus.ISSUED, DUE, DUE) is InvoiceStatus.ISSUED
    assert compute_status_on(InvoiceStatus.ISSUED, DUE, date(2026, 11, 21)) is InvoiceStatus.OVERDUE

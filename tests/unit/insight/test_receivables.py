"""What a customer owes: aged by the day, in one currency, with days sales outstanding as the firm defines them."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.canonical.native import NativeId
from gateway.canonical.records.erp import ErpOpenItem, ErpReceivables
from gateway.canonical.values import CurrencyMismatchError, Money
from gateway.insight.receivables import accounts_receivable, rates_needed, statement_currency
from gateway.ports.erp import RateKey

TODAY = date(2026, 11, 20)


def item(amount: str, due: date, currency: str = "EUR", functional: str | None = None) -> ErpOpenItem:
    money = Money(Decimal(amount), currency)
    booked = money if functional is None else Money(Decimal(functional), "EUR")
    return ErpOpenItem(invoice_id=amount, legal_entity="NL01", due_date=due, open_amount=money, functional=booked)


def owed(*items: ErpOpenItem, billed: tuple[Money, ...] = ()) -> ErpReceivables:
    return ErpReceivables(
        native=NativeId("erp", "customer", "1"), customer_id="1", as_of=TODAY, items=items, billed_90_days=billed
    )


def test_the_vector_of_the_kpi_300k_over_450k_is_60_days() -> None:
    receivables = owed(item("300000", TODAY), billed=(Money(Decimal(450000), "EUR"),))

    stated = accounts_receivable(receivables, "EUR", "USD", {})

    assert stated is not None
    assert stated.dso == Decimal("60.00")


def test_buckets_begin_the_day_after_the_due_date() -> None:
    receivables = owed(
        item("1.00", TODAY),
        item("2.00", date(2026, 11, 19)),
        item("4.00", date(2026, 10, 21)),
        item("8.00", date(2026, 10, 20)),
        item("16.00", date(2026, 8, 21)),
    )

    stated = accounts_receivable(receivables, "EUR", "USD", {})

    assert stated is not None
    assert stated.current == Money(Decimal("1.00"), "EUR")
    assert [(bucket.label, bucket.amount.amount, bucket.invoice_count) for bucket in stated.buckets] == [
        ("1-30", Decimal("6.00"), 2),
        ("31-60", Decimal("8.00"), 1),
        ("61-90", Decimal("0.00"), 0),
        ("90+", Decimal("16.00"), 1),
    ]


def test_nothing_billed_in_the_window_has_no_days() -> None:
    stated = accounts_receivable(owed(item("5.00", TODAY)), "EUR", "USD", {})

    assert stated is not None
    assert stated.dso is None


def test_a_rate_that_is_missing_gives_no_figure_rather_than_a_wrong_one() -> None:
    receivables = owed(item("100", TODAY, "JPY", "0.51"))

    assert rates_needed(receivables, "USD", "USD") == (RateKey("JPY", "USD", TODAY),)
    assert accounts_receivable(receivables, "USD", "USD", {}) is None


def test_the_statement_is_in_the_currency_that_all_open_items_share() -> None:
    yen = owed(item("179000", TODAY, "JPY", "916.48"))
    mixed = owed(item("179000", TODAY, "JPY", "916.48"), item("5.00", TODAY))

    assert statement_currency(yen, "EUR", "USD") == "JPY"
    assert statement_currency(mixed, "GBP", "USD") == "EUR"
    assert statement_currency(owed(), "GBP", "USD") == "GBP"
    assert statement_currency(owed(), None, "USD") == "USD"


@given(
    amounts=st.lists(st.decimals(min_value=-(10**6), max_value=10**6, places=2), max_size=12),
    days=st.lists(st.integers(-60, 200), min_size=12, max_size=12),
)
def test_current_and_buckets_always_add_up_to_the_total(amounts: list[Decimal], days: list[int]) -> None:
    items = [
        item(str(amount), date.fromordinal(TODAY.toordinal() - age)) for amount, age in zip(amounts, days, strict=False)
    ]

    stated = accounts_receivable(owed(*items), "EUR", "USD", {})

    assert stated is not None
    parts = [stated.current, *(bucket.amount for bucket in stated.buckets)]
    assert sum((part.amount for part in parts), Decimal(0)) == stated.total.amount


def test_two_currencies_never_meet_in_one_sum() -> None:
    with pytest.raises(CurrencyMismatchError):
        Money(Decimal(1), "EUR") + Money(Decimal(1), "USD")


def test_the_yen_has_no_decimals() -> None:
    assert Money(Decimal("1428.5"), "JPY").rounded() == Money(Decimal(1428), "JPY")

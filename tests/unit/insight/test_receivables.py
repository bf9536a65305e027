"""A customer's receivables: aged by day, in one currency, with days sales outstanding as the KPI defines them."""

from datetime import date
from decimal import Decimal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.canonical.native import NativeId
from gateway.canonical.records.erp import ErpOpenItem, ErpReceivables
from gateway.canonical.values import CurrencyMismatchError, Money
from gateway.insight.receivables import choose_statement_currency, compute_receivables, list_required_rates
from gateway.ports.erp import RateKey

TODAY = date(2026, 11, 20)
ISSUED = date(2026, 9, 30)


def build_item(amount: str, due: date, currency: str = "EUR", functional: str | None = None) -> ErpOpenItem:
    money = Money(Decimal(amount), currency)
    booked = money if functional is None else Money(Decimal(functional), "EUR")
    return ErpOpenItem(
        invoice_id=amount,
        issue_date=ISSUED,
        legal_entity="NL01",
        due_date=due,
        open_amount=money,
        functional=booked,
    )


def build_receivables(*items: ErpOpenItem, billed: tuple[Money, ...] = ()) -> ErpReceivables:
    return ErpReceivables(
        native=NativeId("erp", "customer", "1"), customer_id="1", as_of=TODAY, items=items, billed_90_days=billed
    )


def test_dso_of_300k_open_and_450k_billed_is_60_days() -> None:
    receivables = build_receivables(build_item("300000", TODAY), billed=(Money(Decimal(450000), "EUR"),))

    stated = compute_receivables(receivables, "EUR", "USD", {})

    assert stated is not None
    assert stated.dso == Decimal("60.00")


def test_buckets_start_on_the_day_after_the_due_date() -> None:
    receivables = build_receivables(
        build_item("1.00", TODAY),
        build_item("2.00", date(2026, 11, 19)),
        build_item("4.00", date(2026, 10, 21)),
        build_item("8.00", date(2026, 10, 20)),
        build_item("16.00", date(2026, 8, 21)),
    )

    stated = compute_receivables(receivables, "EUR", "USD", {})

    assert stated is not None
    assert stated.current == Money(Decimal("1.00"), "EUR")
    assert [(bucket.label, bucket.amount.amount, bucket.invoice_count) for bucket in stated.buckets] == [
        ("1-30", Decimal("6.00"), 2),
        ("31-60", Decimal("8.00"), 1),
        ("61-90", Decimal("0.00"), 0),
        ("90+", Decimal("16.00"), 1),
    ]


def test_unknown_open_items_give_no_statement() -> None:
    unknown = msgspec.structs.replace(build_receivables(), items=None)

    assert compute_receivables(unknown, "EUR", "USD", {}) is None
    assert list_required_rates(unknown, "EUR", "USD") == ()
    assert choose_statement_currency(unknown, "GBP", "USD") == "GBP"


def test_unknown_billing_gives_a_statement_without_dso() -> None:
    stated = compute_receivables(
        msgspec.structs.replace(build_receivables(build_item("5.00", TODAY)), billed_90_days=None), "EUR", "USD", {}
    )

    assert stated is not None
    assert (stated.total.amount, stated.dso) == (Decimal("5.00"), None)


def test_without_billing_in_the_window_there_is_no_dso() -> None:
    stated = compute_receivables(build_receivables(build_item("5.00", TODAY)), "EUR", "USD", {})

    assert stated is not None
    assert stated.dso is None


def test_a_missing_exchange_rate_gives_no_statement() -> None:
    receivables = build_receivables(build_item("100", TODAY, "JPY", "0.51"))

    assert list_required_rates(receivables, "USD", "USD") == (RateKey("JPY", "USD", ISSUED),)
    assert compute_receivables(receivables, "USD", "USD", {}) is None


def test_the_statement_is_in_the_currency_that_all_open_items_share() -> None:
    yen = build_receivables(build_item("179000", TODAY, "JPY", "916.48"))
    mixed = build_receivables(build_item("179000", TODAY, "JPY", "916.48"), build_item("5.00", TODAY))

    assert choose_statement_currency(yen, "EUR", "USD") == "JPY"
    assert choose_statement_currency(mixed, "GBP", "USD") == "EUR"
    assert choose_statement_currency(build_receivables(), "GBP", "USD") == "GBP"
    assert choose_statement_currency(build_receivables(), None, "USD") == "USD"


def test_an_item_is_restated_at_the_rate_of_its_own_day_and_in_the_entitys_currency_as_posted() -> None:
    receivables = build_receivables(build_item("10000", TODAY, "JPY", "51.20"), build_item("8.00", TODAY))
    rates = {RateKey("JPY", "USD", ISSUED): Decimal("0.0064"), RateKey("EUR", "USD", ISSUED): Decimal("1.25")}

    in_dollars = compute_receivables(receivables, "USD", "USD", rates)
    in_euros = compute_receivables(receivables, "EUR", "USD", {})

    assert in_dollars is not None
    assert in_dollars.total == Money(Decimal("74.00"), "USD")
    assert in_euros is not None
    assert in_euros.total == Money(Decimal("59.20"), "EUR")


@given(
    amounts=st.lists(st.decimals(min_value=-(10**6), max_value=10**6, places=2), max_size=12),
    days=st.lists(st.integers(-60, 200), min_size=12, max_size=12),
)
def test_current_and_buckets_always_add_up_to_the_total(amounts: list[Decimal], days: list[int]) -> None:
    items = [
        build_item(str(amount), date.fromordinal(TODAY.toordinal() - age))
        for amount, age in zip(amounts, days, strict=False)
    ]

    stated = compute_receivables(build_receivables(*items), "EUR", "USD", {})

    assert stated is not None
    parts = [stated.current, *(bucket.amount for bucket in stated.buckets)]
    assert sum((part.amount for part in parts), Decimal(0)) == stated.total.amount


def test_amounts_in_different_currencies_cannot_be_added() -> None:
    with pytest.raises(CurrencyMismatchError):
        Money(Decimal(1), "EUR") + Money(Decimal(1), "USD")


def test_the_yen_has_no_decimals() -> None:
    assert Money(Decimal("1428.5"), "JPY").round() == Money(Decimal(1428), "JPY")

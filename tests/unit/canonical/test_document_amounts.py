"""The parts of a document add up to the whole, in its own currency and in every other."""

from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from gateway.canonical.values import DocumentMoney, Money, apportion, get_minor_units

CURRENCIES = st.sampled_from(["EUR", "JPY", "KWD", "CLF"])
RATES = st.decimals(min_value="0.0001", max_value="20000", places=6)


def test_a_tax_of_6859_712_under_a_total_of_6859_71_is_6859_71() -> None:
    assert apportion(Decimal("6859.71"), [Decimal("6859.712")], "GBP") == (Decimal("6859.71"),)


def test_the_largest_remainder_gets_the_missing_cent() -> None:
    thirds = [Decimal("33.333"), Decimal("33.334"), Decimal("33.333")]

    assert apportion(Decimal("100.00"), thirds, "EUR") == (Decimal("33.33"), Decimal("33.34"), Decimal("33.33"))
    assert apportion(Decimal(-100), [-each for each in thirds], "EUR")[1] == Decimal("-33.34")


def test_parts_that_differ_from_the_total_by_more_than_rounding_are_only_rounded() -> None:
    assert apportion(Decimal("12.00"), [Decimal("6.004"), Decimal("5.50")], "EUR") == (Decimal("6.00"), Decimal("5.50"))
    assert apportion(Decimal("12.00"), [], "EUR") == ()


@given(currency=CURRENCIES, weights=st.lists(st.decimals(-(10**6), 10**6, places=5), min_size=1, max_size=20))
def test_apportioned_amounts_have_the_currencys_decimals_and_add_up(currency: str, weights: list[Decimal]) -> None:
    total = Money(sum(weights, Decimal(0)), currency).round().amount

    shares = apportion(total, weights, currency)

    unit = Decimal(1).scaleb(-get_minor_units(currency))
    assert sum(shares, Decimal(0)) == total
    assert all(share.as_tuple().exponent == -get_minor_units(currency) for share in shares)
    assert all(abs(share - weight) <= unit for share, weight in zip(shares, weights, strict=True))


@given(
    rate=RATES,
    currency=CURRENCIES,
    lines=st.lists(st.decimals(-(10**7), 10**7, places=2), max_size=20),
    taxes=st.lists(st.decimals(-(10**6), 10**6, places=2), max_size=4),
)
def test_converted_lines_and_taxes_add_up_to_the_converted_total(
    rate: Decimal, currency: str, lines: list[Decimal], taxes: list[Decimal]
) -> None:
    parts = (*lines, *taxes)
    total = DocumentMoney(sum(parts, Decimal(0)), "EUR", date(2026, 9, 30), parts)

    converted = total.convert(rate, currency)

    assert converted.amount == sum((Money(part, "EUR").convert(rate, currency).amount for part in parts), Decimal(0))
    assert converted.on == date(2026, 9, 30)


def test_an_amount_whose_parts_are_incomplete_keeps_its_rest() -> None:
    """A discount on the whole document is in no line."""
    subtotal = DocumentMoney(Decimal("90.00"), "EUR", None, (Decimal("60.00"), Decimal("40.00")))

    assert subtotal.convert(Decimal("1.25"), "USD").amount == Decimal("112.50")

"""Amounts are exact, and rounded to the minor unit of their currency."""

from decimal import Decimal

import pytest

from gateway.canonical.values import Money, get_minor_units


@pytest.mark.parametrize(
    ("currency", "decimals"),
    [("JPY", 0), ("ISK", 0), ("USD", 2), ("HUF", 2), ("KWD", 3), ("CLF", 4), ("RSD", 2), ("ALL", 2), ("IQD", 3)],
)
def test_a_currency_has_the_decimals_of_iso_4217(currency: str, decimals: int) -> None:
    """CLDR gives fewer decimals for currencies whose coins are out of use; ISO 4217 counts."""
    assert get_minor_units(currency) == decimals


def test_an_amount_is_rounded_to_its_currency_half_to_even() -> None:
    rounded = [str(Money(Decimal("12.345"), currency).round().amount) for currency in ("RSD", "JPY", "KWD")]

    assert rounded == ["12.34", "12", "12.345"]

"""Money is exact, and rounded to what books keep."""

from decimal import Decimal

import pytest

from gateway.canonical.values import Money, minor_units


@pytest.mark.parametrize(
    ("currency", "decimals"),
    [("JPY", 0), ("ISK", 0), ("USD", 2), ("HUF", 2), ("KWD", 3), ("CLF", 4), ("RSD", 2), ("ALL", 2), ("IQD", 3)],
)
def test_a_currency_has_the_decimals_of_iso_4217(currency: str, decimals: int) -> None:
    """Nobody pays in para any more; a bank account in dinars has them all the same."""
    assert minor_units(currency) == decimals


def test_an_amount_is_rounded_to_its_currency_half_to_even() -> None:
    rounded = [str(Money(Decimal("12.345"), currency).rounded().amount) for currency in ("RSD", "JPY", "KWD")]

    assert rounded == ["12.34", "12", "12.345"]

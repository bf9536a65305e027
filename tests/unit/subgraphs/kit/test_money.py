"""Amounts get the decimals of their currency, and are None unless both are known."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.canonical.fault import FaultCode
from gateway.canonical.values import Money, get_minor_units
from gateway.errors import SourceError
from subgraphs.kit.money import build_money, build_optional_money
from subgraphs.kit.numbers import is_plausible


@pytest.mark.parametrize(
    ("_case", "amount", "currency", "expected"),
    [
        ("dollars get their cents back", "15000", "USD", "15000.00"),
        ("one decimal becomes two", "412.3", "USD", "412.30"),
        ("yen have none", "279000", "JPY", "279000"),
        ("a large power of ten is written out", "1E+5", "JPY", "100000"),
        ("more decimals than the currency has are kept", "0.125", "USD", "0.125"),
        ("nothing is nothing in cents", "0", "EUR", "0.00"),
        ("a dinar has three", "1.5", "KWD", "1.500"),
    ],
)
def test_amounts_get_the_currencys_decimals(_case: str, amount: str, currency: str, expected: str):
    assert str(build_money(Decimal(amount), currency).amount) == expected


@given(amount=st.decimals(allow_nan=False, allow_infinity=False), currency=st.sampled_from(["USD", "JPY", "KWD"]))
def test_added_decimals_do_not_change_the_value(amount: Decimal, currency: str):
    if not is_plausible(amount):
        return
    widened = build_money(amount, currency)
    assert widened == Money(amount, currency)
    assert -widened.amount.as_tuple().exponent >= get_minor_units(currency)  # type: ignore[operator]  # finite


@pytest.mark.parametrize("amount", ["-0.0", "0E+3", "-0"])
def test_zero_has_no_sign(amount: str) -> None:
    assert str(build_money(Decimal(amount), "EUR").amount) == "0.00"


@pytest.mark.parametrize("amount", ["1E+30", "-1E+18", "NaN", "sNaN", "Infinity"])
def test_an_implausible_amount_is_a_contract_mismatch(amount: str) -> None:
    with pytest.raises(SourceError) as raised:
        build_money(Decimal(amount), "EUR")

    assert raised.value.code is FaultCode.CONTRACT_MISMATCH


def test_zero_is_an_amount_and_an_unknown_amount_is_none() -> None:
    """A credit limit of zero is not the same as no limit."""
    assert build_optional_money(Decimal(0), "EUR") == Money(Decimal("0.00"), "EUR")
    assert build_optional_money(None, "EUR") is None
    assert build_optional_money(Decimal(5), None) is None

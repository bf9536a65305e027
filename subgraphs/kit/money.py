"""Builds money from vendors' amounts: numbers without a currency, often without trailing zeros."""

from decimal import Decimal

from gateway.canonical.values import Money, get_minor_units
from subgraphs.kit.failures import UnreadableValueError
from subgraphs.kit.numbers import is_plausible


def build_money(amount: Decimal, currency: str) -> Money:
    """Return an amount with at least the currency's decimals, never rounded; zero has no sign.

    Raises SourceError(CONTRACT_MISMATCH) for an amount that is not plausible.
    """
    if not is_plausible(amount):
        raise UnreadableValueError("an amount", amount)
    amount = amount or amount.copy_abs()
    exponent = amount.as_tuple().exponent
    short = isinstance(exponent, int) and -exponent < get_minor_units(currency)
    return Money(amount.quantize(Decimal(1).scaleb(-get_minor_units(currency))) if short else amount, currency)


def build_optional_money(amount: Decimal | None, currency: str | None) -> Money | None:
    """Return an amount, None unless both it and its currency are known."""
    return None if amount is None or currency is None else build_money(amount, currency)

"""Amounts in cents, as money."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from gateway.canonical.values import Money, get_minor_units
from subgraphs.kit.failures import UnreadableValueError
from subgraphs.kit.numbers import is_plausible

_DEFAULT_DECIMALS: Final = 2


def convert_cents_to_money(cents: Decimal, currency: str, decimals: Mapping[str, int]) -> Money:
    """Convert cents to an amount, finer than a cent if the cents have a fraction.

    The reference calls every amount "cents" and does not define that for currencies without two decimals: raises
    SourceError(CONTRACT_MISMATCH) until the mapping file does.
    """
    places = decimals.get(currency, _DEFAULT_DECIMALS if get_minor_units(currency) == _DEFAULT_DECIMALS else None)
    if places is None:
        raise UnreadableValueError("a currency with decimals under `decimals` of the mapping file", currency)
    if not is_plausible(cents):
        raise UnreadableValueError("an amount", cents)
    amount = cents.scaleb(-places)
    rounded = amount.quantize(Decimal(1).scaleb(-places))
    return Money((rounded if rounded == amount else amount.normalize()) if amount else rounded.copy_abs(), currency)

"""Amounts in cents, as money."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from gateway.canonical.values import Money, minor_units
from subgraphs.kit.failures import mismatch

_USUAL: Final = 2


def money(cents: Decimal, currency: str, decimals: Mapping[str, int]) -> Money:
    """Turn cents into an amount, to the cent or finer where cents have a fraction.

    The reference calls every amount "cents". For currencies that have not two decimals it does not say what that means: raises SourceError(CONTRACT_MISMATCH)
    until the mapping file says it.
    """
    places = decimals.get(currency, _USUAL if minor_units(currency) == _USUAL else None)
    if places is None:
        raise mismatch(f"an amount in {currency}: say under `decimals` of the mapping file how many decimals it has")
    amount = cents.scaleb(-places)
    rounded = amount.quantize(Decimal(1).scaleb(-places))
    return Money(rounded if rounded == amount else amount.normalize(), currency)

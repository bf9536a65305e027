"""Value types: exact money, calendar ranges, addresses."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal
from functools import cache

import msgspec
from babel.numbers import get_currency_precision

_ISO_4217_DECIMALS: Mapping[str, int] = {
    **dict.fromkeys(("AFN", "ALL", "IRR", "KPW", "LAK", "LBP", "MGA", "MMK", "RSD", "SOS", "SYP", "YER"), 2),
    "IQD": 3,
}
"""Currencies for which CLDR gives fewer decimals than ISO 4217 (List One), because their coins are out of use."""


@cache
def get_minor_units(currency: str) -> int:
    """Return the number of decimals of an ISO 4217 currency (JPY 0, USD 2, KWD 3)."""
    return _ISO_4217_DECIMALS.get(currency) or get_currency_precision(currency)


class CurrencyMismatchError(ArithmeticError):
    """Amounts in different currencies were added: a defect of the caller."""


class Money(msgspec.Struct, frozen=True):
    """An exact amount in one currency. `currency` is an ISO 4217 alphabetic code; amounts are never floats."""

    amount: Decimal
    currency: str

    def __add__(self, other: "Money") -> "Money":
        if other.currency != self.currency:
            raise CurrencyMismatchError(f"{self.currency} + {other.currency}")
        return Money(self.amount + other.amount, self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return self + Money(-other.amount, other.currency)

    def round(self) -> "Money":
        """Return the amount rounded to the currency's minor unit, half to even."""
        exponent = Decimal(1).scaleb(-get_minor_units(self.currency))
        return Money(self.amount.quantize(exponent, ROUND_HALF_EVEN), self.currency)

    def convert(self, rate: Decimal, currency: str) -> "Money":
        """Return the amount in another currency, rounded to its minor unit; `rate` is its price of one unit."""
        return Money(self.amount * rate, currency).round()


class DocumentMoney(Money, frozen=True):
    """An amount of a document.

    `on` is the day whose exchange rates apply; None if the document has no date yet. `parts` add up to the amount, such
    as the lines of a subtotal: a conversion rounds each part, as a ledger posts it, so that the converted parts add up
    to the converted amount. Without parts the amount itself is rounded.
    """

    on: date | None = None
    parts: tuple[Decimal, ...] = ()

    def convert(self, rate: Decimal, currency: str) -> "DocumentMoney":
        """Return the amount in another currency: the sum of its converted parts."""
        rest = self.amount - sum(self.parts, Decimal(0))
        parts = (*self.parts, rest) if rest else self.parts
        converted = tuple(Money(part * rate, currency).round().amount for part in parts)
        return DocumentMoney(sum(converted, Decimal(0)), currency, self.on, converted).round()

    def round(self) -> "DocumentMoney":
        """Return the amount rounded to the currency's minor unit; the parts stay."""
        return DocumentMoney(super().round().amount, self.currency, self.on, self.parts)


def apportion(total: Decimal, amounts: Sequence[Decimal], currency: str) -> tuple[Decimal, ...]:
    """Round amounts to the currency so that they add up to `total` (largest remainder).

    Amounts whose sum differs from the total by more than their rounding are only rounded: that is no rounding error.
    """
    unit = Decimal(1).scaleb(-get_minor_units(currency))
    rounded = [amount.quantize(unit, ROUND_HALF_EVEN) for amount in amounts]
    missing = int((total - sum(rounded, Decimal(0))) / unit)
    if abs(total - sum(amounts, Decimal(0))) > unit * len(rounded) / 2 or abs(missing) > len(rounded):
        return tuple(rounded)
    step = unit if missing > 0 else -unit
    by_remainder = sorted(range(len(rounded)), key=lambda place: (amounts[place] - rounded[place]) * step, reverse=True)
    for place in by_remainder[: abs(missing)]:
        rounded[place] += step
    return tuple(rounded)


class DateRange(msgspec.Struct, frozen=True):
    """Calendar days from `start` to `end`, both included."""

    start: date
    end: date


class Address(msgspec.Struct, frozen=True, kw_only=True):
    """A postal address; `country` is ISO 3166-1 alpha-2."""

    line1: str | None = None
    line2: str | None = None
    city: str | None = None
    region: str | None = None
    postal_code: str | None = None
    country: str

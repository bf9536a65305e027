"""Value types: exact money, calendar ranges, addresses."""

from collections.abc import Mapping
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

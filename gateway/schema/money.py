"""Money in the graph: exact amounts, conversion at the ERP's rates, and the three currencies that finance needs."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import msgspec
import strawberry

from gateway.canonical.records.erp import ErpExchangeRate
from gateway.canonical.roles import SystemRole as Role
from gateway.canonical.values import Money as MoneyValue
from gateway.ports.erp import RateKey
from gateway.schema.enums import ExchangeRateType, SystemRole
from gateway.schema.kernel import CurrencyCode, related


class RateFacts(msgspec.Struct, frozen=True, kw_only=True):
    """A rate as the graph shows it."""

    from_: str
    to: str
    rate: Decimal
    rate_type: ExchangeRateType
    effective_date: date
    source: Role = Role.ERP


class MoneyFacts(msgspec.Struct, frozen=True, kw_only=True):
    """An amount in its transaction currency, with what is needed to state it in two more.

    `functional` and `functional_rate` come from the ERP's own booking; `on` is the day whose corporate rate gives the reporting amount.
    """

    transaction: MoneyValue
    functional: MoneyValue | None = None
    functional_rate: Decimal | None = None
    on: date | None = None


class ConvertedFacts(msgspec.Struct, frozen=True, kw_only=True):
    """An amount after conversion, with the rate that was used."""

    amount: Decimal
    currency: str
    rate: RateFacts


def booked(amount: MoneyValue, rate: Decimal | None, functional_currency: str | None, on: date | None) -> MoneyFacts:
    """Build a MoneySet's facts from an ERP amount and the rate at which the ERP booked it."""
    functional = None
    if functional_currency is not None and rate is not None:
        functional = MoneyValue(amount.amount * rate, functional_currency).rounded()
    return MoneyFacts(transaction=amount, functional=functional, functional_rate=rate, on=on)


def rate_facts(rate: ErpExchangeRate) -> RateFacts:
    """Show a rate record."""
    return RateFacts(
        from_=rate.source,
        to=rate.target,
        rate=rate.rate,
        rate_type=ExchangeRateType(rate.rate_type),
        effective_date=rate.effective_date,
    )


def convert(money: MoneyValue, rate: ErpExchangeRate | None) -> ConvertedFacts | None:
    """State an amount in the rate's target currency, rounded to that currency; None without a rate."""
    if rate is None:
        return None
    stated = MoneyValue(money.amount * rate.rate, rate.target).rounded()
    return ConvertedFacts(amount=stated.amount, currency=stated.currency, rate=rate_facts(rate))


def _conversion_key(money: MoneyValue, request: Any, args: dict[str, Any]) -> RateKey:
    kind = args.get("rateType") or ExchangeRateType.CORPORATE
    return RateKey(money.currency, args["to"], args.get("asOf") or request.today, kind.value)


def _reporting_key(facts: MoneyFacts, request: Any, _args: dict[str, Any]) -> RateKey:
    return RateKey(facts.transaction.currency, request.group_currency, facts.on or request.today)


def _reported(
    rate: ErpExchangeRate | None, facts: MoneyFacts, _request: Any, _args: dict[str, Any]
) -> MoneyValue | None:
    converted = convert(facts.transaction, rate)
    return MoneyValue(converted.amount, converted.currency) if converted else None


@strawberry.type
class ExchangeRate:
    """One unit of `from` is `rate` units of `to`."""

    from_: CurrencyCode = strawberry.field(name="from")
    to: CurrencyCode
    rate: Decimal
    rate_type: ExchangeRateType
    effective_date: date
    source: SystemRole


@strawberry.type
class ConvertedMoney:
    """An amount in another currency, with the rate that was used."""

    amount: Decimal
    currency: CurrencyCode
    rate: ExchangeRate


@strawberry.federation.type(shareable=True)
class Money:
    """An exact amount in one currency."""

    amount: Decimal
    currency: CurrencyCode

    @related(
        "exchange_rates",
        record=Role.ERP,
        key=_conversion_key,
        shape="value",
        give=lambda rate, money, _request, _args: convert(money, rate),
    )
    def converted(
        self,
        to: CurrencyCode,
        rate_type: ExchangeRateType | None = ExchangeRateType.CORPORATE,
        as_of: date | None = strawberry.UNSET,
    ) -> ConvertedMoney | None:
        """Convert with the ERP's rate for the date; null where no rate exists."""


@strawberry.type
class MoneySet:
    """One amount in the three currencies that finance needs."""

    transaction: Money

    functional: Money | None = strawberry.field(description="Currency of the legal entity.")

    @related(
        "exchange_rates",
        record=Role.ERP,
        key=_reporting_key,
        shape="value",
        give=_reported,
    )
    def reporting(self) -> Money | None:
        """State it in the group's currency, at the corporate rate of the document's date."""

    @related(
        "exchange_rates",
        record=Role.ERP,
        key=_reporting_key,
        shape="value",
        give=lambda rate, _facts, _request, _args: rate_facts(rate) if rate else None,
    )
    def rate(self) -> ExchangeRate | None:
        """Tell the rate between the transaction currency and the group's."""

"""Money in the graph: exact amounts, conversion at the ERP's rates, and the three currencies that finance needs."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import msgspec
import strawberry

from gateway.canonical.fault import Fault
from gateway.canonical.records.erp import ErpExchangeRate
from gateway.canonical.roles import SystemRole as Role
from gateway.canonical.values import Money as MoneyValue
from gateway.errors import SourceUnavailableError
from gateway.execution.facets import get_loaded
from gateway.execution.request import Request
from gateway.execution.view import MissingKeys
from gateway.loaders.arguments import NO_ARGS
from gateway.ports.erp import RateKey
from gateway.schema.enums import ExchangeRateType, SystemRole
from gateway.schema.kernel import CurrencyCode, derived, derived_by


class RateData(msgspec.Struct, frozen=True, kw_only=True):
    """A rate as the graph shows it."""

    from_: str
    to: str
    rate: Decimal
    rate_type: ExchangeRateType
    effective_date: date
    source: Role = Role.ERP


class MoneySetData(msgspec.Struct, frozen=True, kw_only=True):
    """An amount in its transaction currency, with what is needed to state it in two more.

    `functional` and `functional_rate` come from the ERP's own booking; `on` is the day whose corporate rate gives the reporting amount.
    """

    transaction: MoneyValue
    functional: MoneyValue | None = None
    functional_rate: Decimal | None = None
    on: date | None = None


class ConvertedMoneyData(msgspec.Struct, frozen=True, kw_only=True):
    """An amount after conversion, with the rate that was used."""

    amount: Decimal
    currency: str
    rate: RateData


def build_money_set(
    amount: MoneyValue, rate: Decimal | None, functional_currency: str | None, on: date | None
) -> MoneySetData:
    """Build a MoneySet's facts from an ERP amount and the rate at which the ERP booked it."""
    functional = None
    if functional_currency is not None and rate is not None:
        functional = MoneyValue(amount.amount * rate, functional_currency).rounded()
    return MoneySetData(transaction=amount, functional=functional, functional_rate=rate, on=on)


def build_rate(rate: ErpExchangeRate) -> RateData:
    """Show a rate record."""
    return RateData(
        from_=rate.source,
        to=rate.target,
        rate=rate.rate,
        rate_type=ExchangeRateType(rate.rate_type),
        effective_date=rate.effective_date,
    )


def _build_identity_rate(currency: str, on: date) -> RateData:
    """The rate between a currency and itself, which no system keeps."""
    return RateData(
        from_=currency,
        to=currency,
        rate=Decimal(1),
        rate_type=ExchangeRateType.CORPORATE,
        effective_date=on,
        source=Role.GATEWAY,
    )


def _resolve_rate(key: RateKey, request: Request) -> RateData | MissingKeys | None:
    """Return the rate in force, Needs, or None where the ERP has none; raises SourceUnavailableError when it cannot be asked."""
    if key.source == key.target:
        return _build_identity_rate(key.source, key.on)
    found = get_loaded(request, ("exchange_rates", NO_ARGS, key))
    if isinstance(found, Fault):
        raise SourceUnavailableError(found)
    return found if found is None or isinstance(found, MissingKeys) else build_rate(found)


def _convert(money: MoneyValue, request: Request, **args: Any) -> ConvertedMoneyData | MissingKeys | None:
    """State an amount in another currency, rounded to it."""
    kind = args.get("rateType") or ExchangeRateType.CORPORATE
    key = RateKey(money.currency, args["to"], args.get("asOf") or request.today, kind.value)
    rate = _resolve_rate(key, request)
    if rate is None or isinstance(rate, MissingKeys):
        return rate
    stated = MoneyValue(money.amount * rate.rate, rate.to).rounded()
    return ConvertedMoneyData(amount=stated.amount, currency=stated.currency, rate=rate)


def _resolve_group_rate(facts: MoneySetData, request: Request) -> RateData | MissingKeys | None:
    """The rate between the transaction currency and the group's, on the document's day."""
    return _resolve_rate(
        RateKey(facts.transaction.currency, request.group_currency, facts.on or request.today), request
    )


def _resolve_reporting_amount(facts: MoneySetData, request: Request) -> MoneyValue | MissingKeys | None:
    """Currency of the group, at the corporate rate of the document's date."""
    rate = _resolve_group_rate(facts, request)
    if rate is None or isinstance(rate, MissingKeys):
        return rate
    return MoneyValue(facts.transaction.amount * rate.rate, rate.to).rounded()


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

    @derived_by(_convert)
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

    reporting: Money | None = derived(_resolve_reporting_amount)
    rate: ExchangeRate | None = derived(_resolve_group_rate)

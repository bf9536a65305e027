"""Money: exact amounts, conversion at the ERP's rates, and amounts in document, legal entity and group currency."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any, Protocol, runtime_checkable

import msgspec
import strawberry

from gateway.canonical.fault import Fault
from gateway.canonical.records.erp import ErpExchangeRate
from gateway.canonical.roles import SystemRole as Role
from gateway.canonical.values import DocumentMoney
from gateway.canonical.values import Money as MoneyValue
from gateway.errors import build_source_error
from gateway.execution.facets import get_loaded
from gateway.execution.request import RequestState
from gateway.execution.view import MissingKeys
from gateway.loaders.arguments import NO_ARGS
from gateway.ports.erp import RateKey
from gateway.schema.enums import ExchangeRateType, SystemRole
from gateway.schema.kernel import CurrencyCode, derived, derived_by


class RateData(msgspec.Struct, frozen=True, kw_only=True):
    """An exchange rate."""

    from_: str
    to: str
    rate: Decimal
    rate_type: ExchangeRateType
    effective_date: date
    source: Role = Role.ERP


@runtime_checkable
class DeferredAmount(Protocol):
    """An amount in another record, which is read only if the amount is selected."""

    def resolve(self, request: RequestState) -> MoneyValue | MissingKeys | None:
        """Return the amount, None with a recorded reason, or MissingKeys; raise SourceUnavailableError."""


class MoneySetData(msgspec.Struct, frozen=True, kw_only=True):
    """An amount in its transaction currency, and in the legal entity's as the ERP posts it."""

    transaction: MoneyValue
    functional: MoneyValue | DeferredAmount | None = None


class ReportingMoney(DocumentMoney, frozen=True):
    """An amount in the group's currency, with the rate used."""

    rate: RateData | None = None


class ConvertedMoneyData(msgspec.Struct, frozen=True, kw_only=True):
    """A converted amount and the rate used."""

    amount: Decimal
    currency: str
    rate: RateData


def build_money_set(
    amount: MoneyValue, rate: Decimal | None, functional_currency: str | None, parts: Iterable[Decimal] = ()
) -> MoneySetData:
    """Return an ERP amount with its functional amount at the rate of the ERP's posting.

    `parts` are the amounts that add up to it; they are converted and rounded one by one, as the ERP posts them.
    """
    transaction = DocumentMoney(amount.amount, amount.currency, None, tuple(parts))
    functional = None
    if functional_currency is not None and rate is not None:
        functional = transaction.convert(rate, functional_currency)
    return MoneySetData(transaction=transaction, functional=functional)


def build_rate(rate: ErpExchangeRate) -> RateData:
    """Return the exchange rate of a rate record."""
    return RateData(
        from_=rate.source,
        to=rate.target,
        rate=rate.rate,
        rate_type=ExchangeRateType(rate.rate_type),
        effective_date=rate.effective_date,
    )


def _build_identity_rate(currency: str, on: date) -> RateData:
    """Return the rate 1 between a currency and itself, which no system holds."""
    return RateData(
        from_=currency,
        to=currency,
        rate=Decimal(1),
        rate_type=ExchangeRateType.CORPORATE,
        effective_date=on,
        source=Role.GATEWAY,
    )


def _resolve_rate(key: RateKey, request: RequestState) -> RateData | MissingKeys | None:
    """Return the rate, None if the ERP has none, or MissingKeys. Raise SourceUnavailableError if it does not answer."""
    if key.source == key.target:
        return _build_identity_rate(key.source, key.on)
    rate = get_loaded(request, ("exchange_rates", NO_ARGS, key))
    if isinstance(rate, Fault):
        raise build_source_error(rate)
    return rate if rate is None or isinstance(rate, MissingKeys) else build_rate(rate)


def _choose_day(money: MoneyValue, request: RequestState) -> date:
    """Return the day whose rates apply: that of the amount's document, else today in UTC."""
    on = money.on if isinstance(money, DocumentMoney) else None
    return on or request.days.in_utc


def _convert(money: MoneyValue, request: RequestState, **args: Any) -> ConvertedMoneyData | MissingKeys | None:
    """Return an amount in another currency, rounded to its minor unit; None without a rate."""
    kind = args.get("rateType") or ExchangeRateType.CORPORATE
    key = RateKey(money.currency, args["to"], args.get("asOf") or _choose_day(money, request), kind.value)
    rate = _resolve_rate(key, request)
    if rate is None or isinstance(rate, MissingKeys):
        return rate
    converted = money.convert(rate.rate, rate.to)
    return ConvertedMoneyData(amount=converted.amount, currency=converted.currency, rate=rate)


def _resolve_group_rate(money: MoneySetData, request: RequestState) -> RateData | MissingKeys | None:
    """Return the corporate rate from the transaction currency to the group's on the document's day."""
    amount = money.transaction
    return _resolve_rate(RateKey(amount.currency, request.group_currency, _choose_day(amount, request)), request)


def _resolve_reporting_amount(money: MoneySetData, request: RequestState) -> ReportingMoney | MissingKeys | None:
    """Return the amount in the group's currency, rounded to its minor unit; None without a rate."""
    rate = _resolve_group_rate(money, request)
    if rate is None or isinstance(rate, MissingKeys):
        return rate
    converted = money.transaction.convert(rate.rate, rate.to)
    parts = converted.parts if isinstance(converted, DocumentMoney) else ()
    return ReportingMoney(converted.amount, converted.currency, _choose_day(money.transaction, request), parts, rate)


def _resolve_functional_amount(money: MoneySetData, request: RequestState) -> MoneyValue | MissingKeys | None:
    """Return the amount in the currency of the legal entity, with the day of its document."""
    if not isinstance(money.functional, DeferredAmount):
        return money.functional
    amount = money.functional.resolve(request)
    on = money.transaction.on if isinstance(money.transaction, DocumentMoney) else None
    return DocumentMoney(amount.amount, amount.currency, on) if isinstance(amount, MoneyValue) else amount


def _get_rate(money: MoneyValue, _request: RequestState) -> RateData | None:
    return money.rate if isinstance(money, ReportingMoney) else None


@strawberry.type
class ExchangeRate:
    """An exchange rate: one unit of `from` is `rate` units of `to`."""

    from_: CurrencyCode = strawberry.field(name="from")
    """Source currency."""
    to: CurrencyCode
    """Target currency."""
    rate: Decimal
    """Units of the target currency for one unit of the source currency."""
    rate_type: ExchangeRateType
    """Type of rate."""
    effective_date: date
    """Day from which the rate applies."""
    source: SystemRole
    """System that supplied the rate; GATEWAY for the rate 1 between equal currencies."""


@strawberry.type
class ConvertedMoney:
    """A converted amount, with the rate used."""

    amount: Decimal
    """Amount, rounded to the minor unit of its currency."""
    currency: CurrencyCode
    """Currency of the amount."""
    rate: ExchangeRate
    """Rate used for the conversion."""


@strawberry.federation.type(shareable=True)
class Money:
    """An exact amount in one currency."""

    amount: Decimal
    """Exact amount, in major units (e.g. euros, not cents)."""
    currency: CurrencyCode
    """Currency of the amount."""

    @derived_by(_convert)
    def converted(
        self,
        to: CurrencyCode,
        rate_type: ExchangeRateType | None = ExchangeRateType.CORPORATE,
        as_of: date | None = strawberry.UNSET,
    ) -> ConvertedMoney | None:
        """The amount in another currency, at the ERP's rate; null if there is no rate.

        Without asOf, the rate is that of the day of the amount's document, else that of today (UTC).
        """

    rate: ExchangeRate | None = derived(
        _get_rate, description="Rate of a reporting amount; null for an amount that is not converted."
    )


@strawberry.type
class MoneySet:
    """One amount in the currencies of the document, of the legal entity and of the group."""

    transaction: Money
    """Amount in the currency of the document."""
    functional: Money | None = derived(_resolve_functional_amount)
    """Amount in the currency of the legal entity, as posted by the ERP; null if the ERP does not give it."""
    reporting: Money | None = derived(_resolve_reporting_amount)
    """Amount in the group's reporting currency, at the corporate rate of the document's date; null without a rate."""
    rate: ExchangeRate | None = derived(_resolve_group_rate)
    """Rate from the document's currency to the group's, on the document's date; null without a rate."""

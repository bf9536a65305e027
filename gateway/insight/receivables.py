"""A customer's receivables by age, and days sales outstanding."""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal

import msgspec

from gateway.canonical.records.erp import ErpOpenItem, ErpReceivables, OpenItemKind
from gateway.canonical.values import Money
from gateway.ports.erp import RateKey

DSO_WINDOW_DAYS = 90

_BUCKETS: tuple[tuple[str, int, int | None], ...] = (
    ("1-30", 1, 30),
    ("31-60", 31, 60),
    ("61-90", 61, 90),
    ("90+", 91, None),
)


class AgingBucket(msgspec.Struct, frozen=True, kw_only=True):
    """Open amounts that are `from_days` to `to_days` past due, both included; `to_days` None is open-ended.

    `invoice_count` counts invoices and credit memos, not payments and journals.
    """

    label: str
    from_days: int
    to_days: int | None
    amount: Money
    invoice_count: int


class AccountsReceivable(msgspec.Struct, frozen=True, kw_only=True):
    """One customer's open items on a day, in one currency.

    `total` is net of `unapplied`, the payments that are not applied to an invoice yet (positive). `dso` is None if
    nothing was billed in the window or billing is unknown.
    """

    as_of: date
    total: Money
    current: Money
    buckets: tuple[AgingBucket, ...]
    dso: Decimal | None
    unapplied: Money


def choose_statement_currency(receivables: ErpReceivables, default: str | None, group_currency: str) -> str:
    """Return the currency of the statement when the caller names none.

    The currency that all open items share; else the only functional currency; else the only currency billed; else the
    customer's default; else the group currency.
    """
    for currencies in (
        {item.open_amount.currency for item in receivables.items or ()},
        {item.functional.currency for item in receivables.items or ()},
        {billed.currency for billed in receivables.billed_90_days or ()},
    ):
        if len(currencies) == 1:
            return currencies.pop()
    return default or group_currency


def list_required_rates(receivables: ErpReceivables, currency: str, group_currency: str) -> tuple[RateKey, ...]:
    """Return the exchange rates that `compute_receivables` needs, without duplicates."""
    keys = {
        RateKey(item.open_amount.currency, currency, item.issue_date)
        for item in receivables.items or ()
        if currency not in (item.open_amount.currency, item.functional.currency)
    }
    functional = _list_functional_currencies(receivables)
    if len(functional) > 1:
        keys |= {RateKey(source, group_currency, receivables.as_of) for source in functional - {group_currency}}
    return tuple(sorted(keys))


def compute_receivables(
    receivables: ErpReceivables, currency: str, group_currency: str, rates: Mapping[RateKey, Decimal]
) -> AccountsReceivable | None:
    """Return a customer's receivables in `currency`; None if open items or a necessary rate are unknown.

    An item is restated at the rate of its own day, as its invoice is; in the entity's currency it is what the ERP
    posted.
    """
    if receivables.items is None:
        return None
    needed = list_required_rates(receivables, currency, group_currency)
    if any(key not in rates for key in needed):
        return None
    as_of = receivables.as_of

    def sum_items(items: Iterable[ErpOpenItem]) -> Money:
        return _sum((_restate(item, currency, rates) for item in items), currency)

    def count_days_overdue(item: ErpOpenItem) -> int:
        return (as_of - item.due_date).days

    buckets = []
    for label, low, high in _BUCKETS:
        items = [
            item
            for item in receivables.items
            if low <= count_days_overdue(item) and (high is None or count_days_overdue(item) <= high)
        ]
        buckets.append(
            AgingBucket(
                label=label, from_days=low, to_days=high, amount=sum_items(items), invoice_count=_count_invoices(items)
            )
        )
    payments = [item for item in receivables.items if item.kind is OpenItemKind.PAYMENT]
    return AccountsReceivable(
        as_of=as_of,
        total=sum_items(receivables.items),
        current=sum_items(item for item in receivables.items if count_days_overdue(item) <= 0),
        buckets=tuple(buckets),
        dso=_compute_days_sales_outstanding(receivables, group_currency, rates),
        unapplied=Money(Decimal(0), currency).round() - sum_items(payments),
    )


def _count_invoices(items: Iterable[ErpOpenItem]) -> int:
    return sum(item.kind in (OpenItemKind.INVOICE, OpenItemKind.CREDIT_MEMO) for item in items)


def _compute_days_sales_outstanding(
    receivables: ErpReceivables, group_currency: str, rates: Mapping[RateKey, Decimal]
) -> Decimal | None:
    """Return open amount / amount billed in the last 90 days * 90, both in functional currency."""
    if receivables.items is None or receivables.billed_90_days is None:
        return None
    functional = _list_functional_currencies(receivables)
    if not functional:
        return None
    currency = functional.pop() if len(functional) == 1 else group_currency
    on = receivables.as_of
    open_amounts = [item.functional for item in receivables.items]
    owed = _sum((_convert(money, currency, on, rates) for money in open_amounts), currency)
    billed = _sum((_convert(money, currency, on, rates) for money in receivables.billed_90_days), currency)
    if billed.amount <= 0:
        return None
    return (owed.amount / billed.amount * DSO_WINDOW_DAYS).quantize(Decimal("0.01"), ROUND_HALF_EVEN)


def _list_functional_currencies(receivables: ErpReceivables) -> set[str]:
    items = {item.functional.currency for item in receivables.items or ()}
    return items | {billed.currency for billed in receivables.billed_90_days or ()}


def _restate(item: ErpOpenItem, currency: str, rates: Mapping[RateKey, Decimal]) -> Money:
    for amount in (item.open_amount, item.functional):
        if amount.currency == currency:
            return amount
    return _convert(item.open_amount, currency, item.issue_date, rates)


def _convert(money: Money, currency: str, on: date, rates: Mapping[RateKey, Decimal]) -> Money:
    if money.currency == currency:
        return money
    return money.convert(rates[RateKey(money.currency, currency, on)], currency)


def _sum(amounts: Iterable[Money], currency: str) -> Money:
    return sum(amounts, Money(Decimal(0), currency)).round()

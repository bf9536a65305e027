"""Pure functions that compute a customer's receivables on a day, as the account's A/R ageing counts them."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from itertools import groupby

from gateway.canonical.records.erp import ErpOpenItem, ErpReceivables, OpenItemKind
from gateway.errors import SourceError
from subgraphs.erp.netsuite import wire
from subgraphs.erp.netsuite.billing_mapping import CREDIT_MEMO, JOURNAL, PAYMENT, ZERO, compute_open_amount
from subgraphs.erp.netsuite.mapping import AccountContext
from subgraphs.kit.failures import build_mismatch
from subgraphs.kit.money import build_money

BILLED_WINDOW = timedelta(days=90)
_KINDS = {
    "CustInvc": OpenItemKind.INVOICE,
    CREDIT_MEMO: OpenItemKind.CREDIT_MEMO,
    PAYMENT: OpenItemKind.PAYMENT,
    JOURNAL: OpenItemKind.JOURNAL,
}
_BILLED = ("CustInvc", CREDIT_MEMO)


def compute_receivables(
    customer_id: str, as_of: date, since: date, rows: Iterable[wire.OpenItemRow], account: AccountContext
) -> ErpReceivables | SourceError:
    """Compute the receivables of a customer on a day.

    The open amount of an invoice is the amount open now plus the payments after the day; that of a credit memo, of an
    unapplied payment and of a journal's credit is the amount open now. Return SourceError(CONTRACT_MISMATCH) if the
    functional currency of a document is unknown, or an amount is no amount.
    """
    try:
        return _compute(customer_id, as_of, since, rows, account)
    except (ArithmeticError, LookupError):
        return build_mismatch("transaction: an open item")
    except SourceError as error:
        return error


def _compute(
    customer_id: str, as_of: date, since: date, rows: Iterable[wire.OpenItemRow], account: AccountContext
) -> ErpReceivables:
    items: list[ErpOpenItem] = []
    billed: dict[str, Decimal] = {}
    for _, group in groupby(rows, lambda row: (row.id, row.line)):
        settlements = list(group)
        head = settlements[0]
        base = head.base_currency
        if base is None:
            raise build_mismatch("an invoice whose subsidiary the role cannot see")
        item = _build_open_item(settlements, as_of, base)
        if item is not None:
            items.append(item)
        if head.issued >= since and head.type in _BILLED:
            billed[base] = billed.get(base, ZERO) + build_money(head.total * head.rate, base).round().amount
    return ErpReceivables(
        native=account.build_native_id("customer", customer_id),
        customer_id=customer_id,
        as_of=as_of,
        items=tuple(items),
        billed_90_days=tuple(build_money(amount, currency) for currency, amount in billed.items()),
    )


def _build_open_item(rows: Sequence[wire.OpenItemRow], as_of: date, base: str) -> ErpOpenItem | None:
    head = rows[0]
    later = sum(
        (row.settled_amount or ZERO for row in rows if row.settled_on is not None and row.settled_on > as_of), ZERO
    )
    amount = compute_open_amount(head) + (later if head.type in ("CustInvc", JOURNAL) else ZERO)
    if amount == 0:
        return None
    return ErpOpenItem(
        kind=_KINDS[head.type],
        invoice_id=head.id,
        issue_date=head.issued,
        legal_entity=head.subsidiary,
        due_date=head.due or head.issued,
        open_amount=build_money(amount, head.currency),
        functional=build_money(amount * head.rate, base).round(),
    )

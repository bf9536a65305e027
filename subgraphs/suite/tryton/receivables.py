"""What customers owe on a day, as Tryton's aged balance counts it: every open line of a receivable account."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from gateway.canonical.native import NativeId
from gateway.canonical.records.erp import ErpOpenItem, ErpReceivables, OpenItemKind
from gateway.canonical.values import Money
from gateway.errors import SourceError
from gateway.ports.unreadable import UnreadableRecord, collect_unreadable
from subgraphs.kit.failures import build_mismatch
from subgraphs.kit.money import build_money
from subgraphs.suite.tryton.domain import Domain, match_any, match_ids
from subgraphs.suite.tryton.erp_kinds import TO_CUSTOMERS
from subgraphs.suite.tryton.ledger import INVOICE, MOVE_LINE, LedgerBuilder
from subgraphs.suite.tryton.ledger_wire import AMOUNTS, ClaimRow, OpenLineRow, compute_booked_rate
from subgraphs.suite.tryton.records import PARTY
from subgraphs.suite.tryton.rest import RestClient
from subgraphs.suite.tryton.wire import PartyRow, find_currency, find_entity

_BILLED_WINDOW: Final = timedelta(days=90)
_POSTED_OR_PAID: Final[Domain] = (["state", "in", ["posted", "paid"]],)
_CASH: Final = "cash"
"""The type of the journals that hold payments."""
_WITHOUT_INVOICE: Final[Domain] = (
    ["account.type.receivable", "=", True],
    ["move.state", "=", "posted"],
    ["OR", ["move.origin", "=", None], ["move.origin", "not like", f"{INVOICE},%"]],
    ["invoice_payments", "=", None],
)


class Receivables:
    """Reads the open items of a connection's customers."""

    def __init__(self, rest: RestClient, builder: LedgerBuilder, customers: Domain) -> None:
        self._rest = rest
        self._builder = builder
        self._customers = customers

    async def read_receivables(
        self, customers: Sequence[str], as_of: date
    ) -> Mapping[str, ErpReceivables | SourceError]:
        """Read what each customer owes on a day: one call for the customers, one per 500 relevant invoices or lines.

        A customer with an item that cannot be read has SourceError(CONTRACT_MISMATCH): the sum of the others is wrong.
        """
        domain = (*self._customers, match_ids("id", customers))
        known = await self._rest.search_all(PARTY, PartyRow, domain) if customers else []
        claims: dict[int, list[ClaimRow]] = {row.id: [] for row in known}
        others: dict[int, list[OpenLineRow]] = {row.id: [] for row in known}
        if not claims:
            return {}
        since = as_of - _BILLED_WINDOW
        with collect_unreadable() as lost:
            for claim in await self._read_claims(sorted(claims), as_of, since):
                if claim.party in claims:
                    claims[claim.party].append(claim)
            for line in await self._read_lines(sorted(others), as_of):
                if line.party in others:
                    others[line.party].append(line)
        return {
            str(party): _find_loss(party, lost) or self._build(party, rows, others[party], as_of, since)
            for party, rows in claims.items()
        }

    async def _read_claims(self, parties: Sequence[int], as_of: date, since: date) -> Sequence[ClaimRow]:
        """Read invoices that are open now, were issued in the window, or were paid after the day."""
        matters = match_any(
            (["state", "=", "posted"], ["invoice_date", ">=", since], ["payment_lines.date", ">", as_of])
        )
        domain = (*TO_CUSTOMERS, *_POSTED_OR_PAID, ["party", "in", parties], ["invoice_date", "<=", as_of], matters)
        return await self._rest.search_all(INVOICE, ClaimRow, domain)

    async def _read_lines(self, parties: Sequence[int], as_of: date) -> Sequence[OpenLineRow]:
        """Read the receivable lines of no invoice that were open at the end of the day.

        A reconciled line is open before the day of its reconciliation, as in Tryton's aged balance.
        """
        is_open = match_any((["reconciliation", "=", None], ["reconciliation.date", ">", as_of]))
        domain = (*_WITHOUT_INVOICE, ["party", "in", parties], ["date", "<=", as_of], is_open)
        return await self._rest.search_all(MOVE_LINE, OpenLineRow, domain)

    def _build(
        self, party: int, rows: Sequence[ClaimRow], lines: Sequence[OpenLineRow], as_of: date, since: date
    ) -> ErpReceivables | SourceError:
        try:
            items = [item for row in rows if (item := build_open_item(row, as_of))]
            items += [build_line_item(line) for line in lines]
            billed = _sum_billed(row for row in rows if row.invoice_date.to_date() >= since)
        except (ArithmeticError, ValueError):
            return build_mismatch(f"{INVOICE}: a date or an amount")
        except SourceError as error:
            return error
        return ErpReceivables(
            native=NativeId(self._builder.connection, PARTY, str(party)),
            customer_id=str(party),
            as_of=as_of,
            items=tuple(items),
            billed_90_days=billed,
        )


def _find_loss(party: int, lost: Sequence[UnreadableRecord]) -> SourceError | None:
    """Return the error of a customer to whom an unreadable record belongs, or may belong."""
    loss = next((each for each in lost if each.is_below("customer_id", str(party))), None)
    return None if loss is None else build_mismatch(f"{loss.object}: {loss.field or 'a record'}")


def _sum_billed(rows: Iterable[ClaimRow]) -> tuple[Money, ...]:
    """Return the sums of invoices, one per company currency."""
    billed: dict[str, Money] = {}
    for row in rows:
        amount = to_functional(row, row.total_amount.decimal)
        billed[amount.currency] = billed.get(amount.currency, Money(Decimal(0), amount.currency)) + amount
    return tuple(billed.values())


def build_open_item(row: ClaimRow, as_of: date) -> ErpOpenItem | None:
    """Return the open amount of an invoice at the end of a day: open now plus paid later; None if zero.

    Raise SourceError(CONTRACT_MISMATCH) if a value that the item needs could not be read.
    """
    paid = [(line.date, line) for line in row.payment_lines if "date" not in line.unread]
    if len(paid) < len(row.payment_lines):
        raise build_mismatch(f"{MOVE_LINE}: date")
    later = sum((line.invoice_amount for day, line in paid if day and day.to_date() > as_of), Decimal(0))
    amount = row.amount_to_pay.decimal - later
    if not amount:
        return None
    if any({"maturity_date", *AMOUNTS}.intersection(claim.unread) for claim in row.lines_to_pay):
        raise build_mismatch(f"{INVOICE}: lines_to_pay")
    due = [claim.maturity_date.to_date() for claim in row.lines_to_pay if claim.maturity_date]
    return ErpOpenItem(
        kind=OpenItemKind.CREDIT_MEMO if row.total_amount.decimal < 0 else OpenItemKind.INVOICE,
        invoice_id=str(row.id),
        issue_date=row.invoice_date.to_date(),
        legal_entity=_require_entity(row),
        due_date=max(due, default=row.invoice_date.to_date()),
        open_amount=build_money(amount, row.currency.code),
        functional=to_functional(row, amount),
    )


def build_line_item(row: OpenLineRow) -> ErpOpenItem:
    """Return a line of no invoice as an open item: a credit in a payment journal is a payment, all else a journal.

    Raise SourceError(CONTRACT_MISMATCH) if a value that the item needs could not be read.
    """
    booked = row.debit.decimal - row.credit.decimal
    day = row.date.to_date()
    functional = build_money(booked, _require_currency(row))
    stated = functional
    if row.amount_second_currency is not None and row.second_currency is not None:
        stated = build_money(row.amount_second_currency.decimal, row.second_currency.code)
    return ErpOpenItem(
        kind=OpenItemKind.PAYMENT if row.journal.type == _CASH and booked < 0 else OpenItemKind.JOURNAL,
        invoice_id=str(row.move.id),
        issue_date=day,
        legal_entity=_require_entity(row),
        due_date=row.maturity_date.to_date() if row.maturity_date else day,
        open_amount=stated,
        functional=functional,
    )


def to_functional(row: ClaimRow, amount: Decimal) -> Money:
    """Convert an invoice amount to company currency at the booked rate.

    Raise SourceError(CONTRACT_MISMATCH) if the rate or the currency could not be read.
    """
    if any(AMOUNTS.intersection(claim.unread) for claim in row.lines_to_pay):
        raise build_mismatch(f"{INVOICE}: lines_to_pay")
    rate = compute_booked_rate(row.lines_to_pay) or Decimal(1)
    return build_money(amount * rate, _require_currency(row)).round()


def _require_currency(row: ClaimRow | OpenLineRow) -> str:
    currency = find_currency(row.company)
    if currency is None:
        raise build_mismatch("a company without a currency")
    return currency


def _require_entity(row: ClaimRow | OpenLineRow) -> str:
    code = find_entity(row.company)
    if code is None:
        raise build_mismatch("a company without a code")
    return code

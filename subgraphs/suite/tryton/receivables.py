"""Payments, and what customers owe on a day."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal

from gateway.canonical.native import NativeId
from gateway.canonical.records.erp import ErpOpenItem, ErpPayment, ErpReceivables, OpenItemKind
from gateway.canonical.values import Money
from subgraphs.suite.tryton.domain import Domain, is_id, match_any, match_ids
from subgraphs.suite.tryton.erp_kinds import TO_CUSTOMERS
from subgraphs.suite.tryton.ledger import INVOICE, LedgerBuilder
from subgraphs.suite.tryton.ledger_wire import ClaimRow, PaidRow, compute_booked_rate
from subgraphs.suite.tryton.records import PARTY
from subgraphs.suite.tryton.rest import RestClient
from subgraphs.suite.tryton.wire import PartyRow

_BILLED_WINDOW = timedelta(days=90)
_POSTED_OR_PAID = (["state", "in", ["posted", "paid"]],)


class Receivables:
    """Reads the payments and open items of a connection's invoices."""

    def __init__(self, rest: RestClient, builder: LedgerBuilder, customers: Domain) -> None:
        self._rest = rest
        self._builder = builder
        self._customers = customers

    async def read_payments(self, ids: Sequence[str]) -> Mapping[str, ErpPayment]:
        """Read payments by the ids of their move lines: one call per 500 invoices."""
        wanted = {identifier for identifier in ids if is_id(identifier)}
        rows = await self._read_paid_invoices(match_ids("payment_lines", sorted(wanted))) if wanted else []
        built = {str(line.id): self._builder.build_payment(row, line) for row in rows for line in row.payment_lines}
        return {identifier: payment for identifier, payment in built.items() if identifier in wanted}

    async def read_payments_by_invoice(self, invoices: Sequence[str]) -> Mapping[str, tuple[ErpPayment, ...]]:
        """Read the payments of each invoice, oldest first: one call per 500 invoices."""
        wanted = sorted({identifier for identifier in invoices if is_id(identifier)})
        rows = await self._read_paid_invoices(match_ids("id", wanted)) if wanted else []
        return {
            str(row.id): tuple(
                self._builder.build_payment(row, line)
                for line in sorted(row.payment_lines, key=lambda line: (line.date.to_date(), line.id))
            )
            for row in rows
        }

    async def read_receivables(self, customers: Sequence[str], as_of: date) -> Mapping[str, ErpReceivables]:
        """Read what each customer owes on a day: one call for the customers, one per 500 relevant invoices."""
        known = (
            await self._rest.search_all(PARTY, PartyRow, (*self._customers, match_ids("id", customers)))
            if customers
            else []
        )
        parties = {row.id for row in known}
        claims: dict[int, list[ClaimRow]] = {party: [] for party in parties}
        since = as_of - _BILLED_WINDOW
        for row in await self._read_claims(sorted(parties), as_of, since) if parties else ():
            claims[row.party].append(row)
        return {str(party): self._build_receivables(party, rows, as_of, since) for party, rows in claims.items()}

    async def _read_paid_invoices(self, condition: Sequence[object]) -> Sequence[PaidRow]:
        return await self._rest.search_all(INVOICE, PaidRow, (*TO_CUSTOMERS, condition))

    async def _read_claims(self, parties: Sequence[int], as_of: date, since: date) -> Sequence[ClaimRow]:
        """Read invoices that are open now, were issued in the window, or were paid after the day."""
        matters = match_any(
            (["state", "=", "posted"], ["invoice_date", ">=", since], ["payment_lines.date", ">", as_of])
        )
        domain = (*TO_CUSTOMERS, *_POSTED_OR_PAID, ["party", "in", parties], ["invoice_date", "<=", as_of], matters)
        return await self._rest.search_all(INVOICE, ClaimRow, domain)

    def _build_receivables(self, party: int, rows: Sequence[ClaimRow], as_of: date, since: date) -> ErpReceivables:
        billed: dict[str, Money] = {}
        for row in rows:
            if row.invoice_date.to_date() >= since:
                amount = to_functional(row, row.total_amount.decimal)
                billed[amount.currency] = billed.get(amount.currency, Money(Decimal(0), amount.currency)) + amount
        return ErpReceivables(
            native=NativeId(self._builder.connection, PARTY, str(party)),
            customer_id=str(party),
            as_of=as_of,
            items=tuple(item for row in rows if (item := build_open_item(row, as_of))),
            billed_90_days=tuple(billed.values()),
        )


def build_open_item(row: ClaimRow, as_of: date) -> ErpOpenItem | None:
    """Return the open amount of an invoice at the end of a day: open now plus paid later; None if zero."""
    later = sum((line.invoice_amount for line in row.payment_lines if line.date.to_date() > as_of), Decimal(0))
    amount = row.amount_to_pay.decimal - later
    if not amount:
        return None
    due = [claim.maturity_date.to_date() for claim in row.lines_to_pay if claim.maturity_date]
    return ErpOpenItem(
        kind=OpenItemKind.CREDIT_MEMO if row.total_amount.decimal < 0 else OpenItemKind.INVOICE,
        invoice_id=str(row.id),
        issue_date=row.invoice_date.to_date(),
        legal_entity=row.company.party.code,
        due_date=max(due, default=row.invoice_date.to_date()),
        open_amount=Money(amount, row.currency.code),
        functional=to_functional(row, amount),
    )


def to_functional(row: ClaimRow, amount: Decimal) -> Money:
    """Convert an invoice amount to company currency at the booked rate."""
    rate = compute_booked_rate(row.lines_to_pay) or Decimal(1)
    return Money(amount * rate, row.company.currency.code).round()

"""What customers have paid, and what they owe on a day."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal

from gateway.canonical.native import NativeId
from gateway.canonical.records.erp import ErpOpenItem, ErpPayment, ErpReceivables
from gateway.canonical.values import Money
from subgraphs.suite.tryton.domain import Domain, among, any_of, is_id
from subgraphs.suite.tryton.erp_kinds import TO_CUSTOMERS
from subgraphs.suite.tryton.ledger import INVOICE, LedgerBuilder
from subgraphs.suite.tryton.ledger_wire import ClaimRow, PaidRow, booked_rate
from subgraphs.suite.tryton.records import PARTY
from subgraphs.suite.tryton.rest import Rest
from subgraphs.suite.tryton.wire import PartyRow

_BILLED_WINDOW = timedelta(days=90)
_CLAIMED = (["state", "in", ["posted", "paid"]],)


class Receivables:
    """Reads payments and open items of one connection's invoices."""

    def __init__(self, rest: Rest, builder: LedgerBuilder, customers: Domain) -> None:
        self._rest = rest
        self._builder = builder
        self._customers = customers

    async def payments(self, ids: Sequence[str]) -> Mapping[str, ErpPayment]:
        """Read payments by the ids of the lines that book them: one call per 500 invoices."""
        wanted = {identifier for identifier in ids if is_id(identifier)}
        rows = await self._paid(among("payment_lines", sorted(wanted))) if wanted else []
        built = {str(line.id): self._builder.payment(row, line) for row in rows for line in row.payment_lines}
        return {identifier: payment for identifier, payment in built.items() if identifier in wanted}

    async def payments_of(self, invoices: Sequence[str]) -> Mapping[str, tuple[ErpPayment, ...]]:
        """Read the payments of each invoice, oldest first: one call per 500 invoices."""
        wanted = sorted({identifier for identifier in invoices if is_id(identifier)})
        rows = await self._paid(among("id", wanted)) if wanted else []
        return {
            str(row.id): tuple(
                self._builder.payment(row, line)
                for line in sorted(row.payment_lines, key=lambda line: (line.date.value(), line.id))
            )
            for row in rows
        }

    async def on(self, customers: Sequence[str], as_of: date) -> Mapping[str, ErpReceivables]:
        """State what each customer owes at the end of a day: one call for the customers, one per 500 invoices that matter."""
        known = await self._rest.every(PARTY, PartyRow, (*self._customers, among("id", customers))) if customers else []
        parties = {row.id for row in known}
        claims: dict[int, list[ClaimRow]] = {party: [] for party in parties}
        since = as_of - _BILLED_WINDOW
        for row in await self._claims(sorted(parties), as_of, since) if parties else ():
            claims[row.party].append(row)
        return {str(party): self._stated(party, rows, as_of, since) for party, rows in claims.items()}

    async def _paid(self, condition: Sequence[object]) -> Sequence[PaidRow]:
        return await self._rest.every(INVOICE, PaidRow, (*TO_CUSTOMERS, condition))

    async def _claims(self, parties: Sequence[int], as_of: date, since: date) -> Sequence[ClaimRow]:
        """Read what is open now, was billed lately, or was paid after the day."""
        matters = any_of((["state", "=", "posted"], ["invoice_date", ">=", since], ["payment_lines.date", ">", as_of]))
        domain = (*TO_CUSTOMERS, *_CLAIMED, ["party", "in", parties], ["invoice_date", "<=", as_of], matters)
        return await self._rest.every(INVOICE, ClaimRow, domain)

    def _stated(self, party: int, rows: Sequence[ClaimRow], as_of: date, since: date) -> ErpReceivables:
        billed: dict[str, Money] = {}
        for row in rows:
            if row.invoice_date.value() >= since:
                amount = functional(row, row.total_amount.decimal)
                billed[amount.currency] = billed.get(amount.currency, Money(Decimal(0), amount.currency)) + amount
        return ErpReceivables(
            native=NativeId(self._builder.connection, PARTY, str(party)),
            customer_id=str(party),
            as_of=as_of,
            items=tuple(item for row in rows if (item := open_item(row, as_of))),
            billed_90_days=tuple(billed.values()),
        )


def open_item(row: ClaimRow, as_of: date) -> ErpOpenItem | None:
    """State what was open of an invoice at the end of a day: what is open now, and what was paid later. None for nothing."""
    later = sum((line.stated for line in row.payment_lines if line.date.value() > as_of), Decimal(0))
    amount = row.amount_to_pay.decimal - later
    if not amount:
        return None
    due = [claim.maturity_date.value() for claim in row.lines_to_pay if claim.maturity_date]
    return ErpOpenItem(
        invoice_id=str(row.id),
        legal_entity=row.company.party.code,
        due_date=max(due, default=row.invoice_date.value()),
        open_amount=Money(amount, row.currency.code),
        functional=functional(row, amount),
    )


def functional(row: ClaimRow, amount: Decimal) -> Money:
    """Turn an amount of an invoice into the company's currency, at the rate at which it was booked."""
    rate = booked_rate(row.lines_to_pay) or Decimal(1)
    return Money(amount * rate, row.company.currency.code).rounded()

"""Payments: the move lines that settle invoices. Each is read through its invoice."""

from collections.abc import Mapping, Sequence

from gateway.canonical.records.erp import ErpPayment
from gateway.errors import SourceError
from gateway.ports.unreadable import UnreadableRecord, collect_unreadable
from subgraphs.kit.failures import build_mismatch
from subgraphs.kit.record_mapping import RecordMapper
from subgraphs.suite.tryton.domain import is_id, match_ids
from subgraphs.suite.tryton.erp_kinds import TO_CUSTOMERS
from subgraphs.suite.tryton.ledger import INVOICE, LedgerBuilder
from subgraphs.suite.tryton.ledger_wire import PaidRow
from subgraphs.suite.tryton.rest import RestClient


class Payments:
    """Reads the payments of a connection's invoices."""

    def __init__(self, rest: RestClient, builder: LedgerBuilder, mapper: RecordMapper[ErpPayment]) -> None:
        self._rest = rest
        self._builder = builder
        self._mapper = mapper

    async def read_payments(self, ids: Sequence[str]) -> Mapping[str, ErpPayment]:
        """Read payments by the ids of their move lines: one call per 500 invoices."""
        wanted = {identifier for identifier in ids if is_id(identifier)}
        rows = await self._read_paid_invoices(match_ids("payment_lines", sorted(wanted))) if wanted else []
        built = {payment.native.id: payment for row in rows for payment in self._build(row)}
        return {identifier: payment for identifier, payment in built.items() if identifier in wanted}

    async def read_payments_by_invoice(
        self, invoices: Sequence[str]
    ) -> Mapping[str, tuple[ErpPayment, ...] | SourceError]:
        """Read the payments of each invoice, oldest first: one call per 500 invoices.

        An invoice with a payment that cannot be read has SourceError(CONTRACT_MISMATCH): its payments are incomplete.
        """
        wanted = sorted({identifier for identifier in invoices if is_id(identifier)})
        with collect_unreadable() as lost:
            rows = await self._read_paid_invoices(match_ids("id", wanted)) if wanted else []
        found: dict[str, tuple[ErpPayment, ...] | SourceError] = {}
        for each in lost:
            ids = wanted if each.id is None else [each.id]
            found |= {identifier: _build_error(each) for identifier in ids}
        for row in rows:
            with collect_unreadable() as unread:
                payments = sorted(self._build(row), key=lambda payment: (payment.received_on, int(payment.native.id)))
            found[str(row.id)] = _build_error(unread[0]) if unread else tuple(payments)
        return found

    def _build(self, row: PaidRow) -> Sequence[ErpPayment]:
        return self._mapper.map_rows(row.payment_lines, lambda line: self._builder.build_payment(row, line))

    async def _read_paid_invoices(self, condition: Sequence[object]) -> Sequence[PaidRow]:
        return await self._rest.search_all(INVOICE, PaidRow, (*TO_CUSTOMERS, condition))


def _build_error(lost: UnreadableRecord) -> SourceError:
    return build_mismatch(f"{lost.object}: {lost.field or 'a record'}")

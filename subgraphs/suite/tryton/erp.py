"""The ERP port: legal entities are companies, jobs are projects, invoices are those to customers. Tryton keeps no contracts and no expenses."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from gateway.canonical.records.base import Record
from gateway.canonical.records.erp import (
    ErpCustomer,
    ErpEmployee,
    ErpExchangeRate,
    ErpInvoice,
    ErpInvoiceLine,
    ErpJob,
    ErpLegalEntity,
    ErpPayment,
    ErpReceivables,
    ErpTimePosting,
)
from gateway.ports.base import Children, PageRequest, Read
from gateway.ports.connection import Connection, Upstream
from gateway.ports.erp import RateKey
from subgraphs.kit.unsupported.erp import UnsupportedErp
from subgraphs.suite.tryton.children import lines_of_invoices, pages
from subgraphs.suite.tryton.erp_kinds import erp_kinds, referenced
from subgraphs.suite.tryton.erp_lineage import erp_lineage
from subgraphs.suite.tryton.kinds import customers_of
from subgraphs.suite.tryton.ledger import LedgerBuilder
from subgraphs.suite.tryton.mapping import TrytonMapping
from subgraphs.suite.tryton.options import TrytonOptions
from subgraphs.suite.tryton.rates import exchange_rates
from subgraphs.suite.tryton.reads import READ_BATCH
from subgraphs.suite.tryton.receivables import Receivables
from subgraphs.suite.tryton.rest import Rest
from subgraphs.suite.tryton.system import TrytonSystem


class TrytonErp(TrytonSystem, UnsupportedErp):
    """Reads by id cost one call per 200 ids; the methods say where it is more."""

    feeds: Sequence[type[Record]] = (ErpLegalEntity, ErpCustomer, ErpEmployee, ErpJob, ErpInvoice)

    def __init__(
        self, connection: Connection, mapping: TrytonMapping, options: TrytonOptions, upstream: Upstream, rest: Rest
    ) -> None:
        builder = LedgerBuilder(connection.name, mapping.bracketed_references)
        super().__init__(connection, mapping, options, upstream, rest, erp_kinds(rest, builder, mapping), {})
        self.lineage = erp_lineage(mapping)
        self._receivables = Receivables(rest, builder, customers_of(mapping))

    async def legal_entities(self, ids: Sequence[str]) -> Read[ErpLegalEntity]:
        """Read companies; one call more for their periods."""
        return await self._reads.by_ids(self._kinds[ErpLegalEntity], ids)

    async def customers(self, ids: Sequence[str]) -> Read[ErpCustomer]:
        """Read parties of the category of customers."""
        return await self._reads.by_ids(self._kinds[ErpCustomer], ids)

    async def jobs(self, ids: Sequence[str]) -> Read[ErpJob]:
        """Read works at the top."""
        return await self._reads.by_ids(self._kinds[ErpJob], ids)

    async def employees(self, ids: Sequence[str]) -> Read[ErpEmployee]:
        """Read employees, archived ones included."""
        return await self._reads.by_ids(self._kinds[ErpEmployee], ids)

    async def invoices(self, ids: Sequence[str]) -> Read[ErpInvoice]:
        """Read invoices and credit notes; one call more for their jobs, and one where credit notes are among them."""
        return await self._reads.by_ids(self._kinds[ErpInvoice], ids)

    async def invoice_lines(self, ids: Sequence[str]) -> Read[ErpInvoiceLine]:
        """Read lines; one call more for their jobs."""
        return await self._reads.by_ids(self._kinds[ErpInvoiceLine], ids)

    async def invoice_lines_by_invoice(self, invoice_ids: Sequence[str], page: PageRequest) -> Children[ErpInvoiceLine]:
        """Read each invoice's lines, ordered by sequence, then id; those without a sequence come first, as Tryton shows them."""
        return await pages(self._rest, lines_of_invoices(self._kinds[ErpInvoiceLine]), invoice_ids, page, ())

    async def payments(self, ids: Sequence[str]) -> Read[ErpPayment]:
        """Read the move lines that settle invoices."""
        return await self._receivables.payments(ids)

    async def payments_by_invoice(self, invoice_ids: Sequence[str]) -> Read[tuple[ErpPayment, ...]]:
        """Read the payments of each invoice, oldest first."""
        return await self._receivables.payments_of(invoice_ids)

    async def time_postings(self, entry_references: Sequence[str]) -> Read[ErpTimePosting]:
        """Read time by the reference in its description, where the mapping file says so, else by id: one call per 200, two more for works and periods."""
        kind, wanted = self._kinds[ErpTimePosting], list(dict.fromkeys(entry_references))
        found: dict[str, Any] = {}
        for start in range(0, len(wanted), READ_BATCH):
            chunk = wanted[start : start + READ_BATCH]
            for posting in await self._reads.where(kind, (referenced(chunk, self._mapping),)):
                found[posting.entry_reference] = posting
        return {reference: found[reference] for reference in wanted if reference in found}

    async def receivables(self, customer_ids: Sequence[str], as_of: date) -> Read[ErpReceivables]:
        """State what each customer owes at the end of a day: one call for the customers, one per 500 invoices that matter."""
        return await self._receivables.on(customer_ids, as_of)

    async def exchange_rates(self, keys: Sequence[RateKey]) -> Mapping[RateKey, ErpExchangeRate]:
        """Read the rates in force: one call per currency, and one per 500 rates between the first and the last day."""
        return await exchange_rates(self._rest, keys)

"""The ERP port: legal entities are companies, jobs are projects, invoices are customer invoices."""

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
from subgraphs.kit.record_mapping import build_mappers
from subgraphs.kit.unsupported.erp import UnsupportedErp
from subgraphs.suite.tryton.children import read_pages, relate_lines_to_invoices
from subgraphs.suite.tryton.erp_kinds import build_erp_kinds, match_references
from subgraphs.suite.tryton.erp_lineage import build_erp_lineage
from subgraphs.suite.tryton.kinds import build_customer_domain
from subgraphs.suite.tryton.ledger import LedgerBuilder
from subgraphs.suite.tryton.mapping import TrytonMapping
from subgraphs.suite.tryton.options import TrytonOptions
from subgraphs.suite.tryton.payments import Payments
from subgraphs.suite.tryton.rates import read_exchange_rates
from subgraphs.suite.tryton.reads import READ_BATCH
from subgraphs.suite.tryton.receivables import Receivables
from subgraphs.suite.tryton.rest import RestClient
from subgraphs.suite.tryton.system import TrytonSystem


class TrytonErp(TrytonSystem, UnsupportedErp):
    """Reads by id cost one call per 200 ids unless a method says more.

    Dimensions, contracts and expenses are unsupported.
    """

    feeds: Sequence[type[Record]] = (ErpLegalEntity, ErpCustomer, ErpEmployee, ErpJob, ErpInvoice)

    def __init__(
        self,
        connection: Connection,
        mapping: TrytonMapping,
        options: TrytonOptions,
        upstream: Upstream,
        rest: RestClient,
    ) -> None:
        builder = LedgerBuilder(connection.name, mapping.bracketed_references, mapping.countries)
        super().__init__(connection, mapping, options, upstream, rest, build_erp_kinds(rest, builder, mapping), {})
        self.lineage = build_erp_lineage(mapping)
        self._payments = Payments(rest, builder, build_mappers(self.lineage)[ErpPayment])
        self._receivables = Receivables(rest, builder, build_customer_domain(mapping))

    async def get_legal_entities(self, ids: Sequence[str]) -> Read[ErpLegalEntity]:
        """Read companies; one more call for their periods."""
        return await self._reads.read_by_ids(self._kinds[ErpLegalEntity], ids)

    async def get_customers(self, ids: Sequence[str]) -> Read[ErpCustomer]:
        """Read parties of the customer category."""
        return await self._reads.read_by_ids(self._kinds[ErpCustomer], ids)

    async def get_jobs(self, ids: Sequence[str]) -> Read[ErpJob]:
        """Read works without a parent."""
        return await self._reads.read_by_ids(self._kinds[ErpJob], ids)

    async def get_employees(self, ids: Sequence[str]) -> Read[ErpEmployee]:
        """Read employees, archived ones included."""
        return await self._reads.read_by_ids(self._kinds[ErpEmployee], ids)

    async def get_invoices(self, ids: Sequence[str]) -> Read[ErpInvoice]:
        """Read invoices and credit notes; one more call for their jobs, and one if there are credit notes."""
        return await self._reads.read_by_ids(self._kinds[ErpInvoice], ids)

    async def get_invoice_lines(self, ids: Sequence[str]) -> Read[ErpInvoiceLine]:
        """Read lines; one more call for their jobs."""
        return await self._reads.read_by_ids(self._kinds[ErpInvoiceLine], ids)

    async def list_invoice_lines_by_invoice(
        self, invoice_ids: Sequence[str], page: PageRequest
    ) -> Children[ErpInvoiceLine]:
        """Read each invoice's lines, ordered by sequence, then id; lines without a sequence come first."""
        return await read_pages(
            self._rest, relate_lines_to_invoices(self._kinds[ErpInvoiceLine]), invoice_ids, page, ()
        )

    async def get_payments(self, ids: Sequence[str]) -> Read[ErpPayment]:
        """Read the move lines that settle invoices."""
        return await self._payments.read_payments(ids)

    async def list_payments_by_invoice(self, invoice_ids: Sequence[str]) -> Read[tuple[ErpPayment, ...]]:
        """Read the payments of each invoice, oldest first."""
        return await self._payments.read_payments_by_invoice(invoice_ids)

    async def get_time_postings(self, entry_references: Sequence[str]) -> Read[ErpTimePosting]:
        """Read time by the reference in its description if the mapping file says so, else by id.

        Costs one call per 200 references, and two more for works and periods.
        """
        kind, wanted = self._kinds[ErpTimePosting], list(dict.fromkeys(entry_references))
        found: dict[str, Any] = {}
        for start in range(0, len(wanted), READ_BATCH):
            chunk = wanted[start : start + READ_BATCH]
            for posting in await self._reads.read_domain(kind, (match_references(chunk, self._mapping),)):
                found[posting.entry_reference] = posting
        return {reference: found[reference] for reference in wanted if reference in found}

    async def get_receivables(self, customer_ids: Sequence[str], as_of: date) -> Read[ErpReceivables]:
        """Read what each customer owes on a day: one call for the customers, one per 500 relevant invoices or lines."""
        return await self._receivables.read_receivables(customer_ids, as_of)

    async def get_exchange_rates(self, keys: Sequence[RateKey]) -> Mapping[RateKey, ErpExchangeRate]:
        """Read the rates in force: one call per currency, one per 500 rates between the first and the last day."""
        return await read_exchange_rates(self._rest, keys)

"""The ERP port over SuiteQL.

A read by id costs one call per 100 ids while the rows fit a page of 1,000; a method that costs more says so.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import date, timedelta
from functools import partial
from typing import Any, TypeVar, cast

from gateway.canonical.records.base import Record, UnreadableValue
from gateway.canonical.records.erp import (
    ErpContract,
    ErpCustomer,
    ErpDimension,
    ErpEmployee,
    ErpExchangeRate,
    ErpExpense,
    ErpInvoice,
    ErpInvoiceLine,
    ErpJob,
    ErpLegalEntity,
    ErpPayment,
    ErpReceivables,
    ErpTimePosting,
)
from gateway.canonical.roles import SystemRole
from gateway.errors import SourceError
from gateway.net.auth import ClientAssertion
from gateway.ports.base import Capabilities, Changes, Children, Finding, PageRequest, Read
from gateway.ports.connection import Connection, Upstream
from gateway.ports.erp import ErpPort, RateKey
from gateway.ports.lineage import Lineage
from gateway.ports.unreadable import collect_unreadable
from gateway.ports.where import ExpenseWhere
from subgraphs.erp.netsuite import (
    billing_mapping,
    billing_statements,
    change_feed,
    child_pages,
    exchange_rates,
    mapping,
    statements,
    wire,
)
from subgraphs.erp.netsuite.account_shape import adapt_statement
from subgraphs.erp.netsuite.checks import check_connection
from subgraphs.erp.netsuite.client import PAGE_SIZE, NetSuiteClient, split_distinct
from subgraphs.erp.netsuite.failures import classify_response
from subgraphs.erp.netsuite.line_relations import build_expense_conditions, build_line_relations
from subgraphs.erp.netsuite.lineage import build_lineage
from subgraphs.erp.netsuite.mapping_file import Company, DimensionSource
from subgraphs.erp.netsuite.options import (
    SCOPE,
    TOKEN_PATH,
    NetSuiteOptions,
    parse_mapping,
    parse_options,
    read_time_zone,
    resolve_application_url,
)
from subgraphs.erp.netsuite.receivables import BILLED_WINDOW, compute_receivables
from subgraphs.erp.netsuite.record_reader import READ_BATCH, RecordReader, build_record_kinds, find_feed_statement
from subgraphs.erp.netsuite.suiteql import ALL_ROWS, match_texts
from subgraphs.kit.concurrent_calls import gather_all
from subgraphs.kit.failures import build_mismatch
from subgraphs.kit.lost_records import report_if_unreadable
from subgraphs.kit.record_mapping import mark_unreadable
from subgraphs.kit.snapshot_feed import list_snapshot_changes, require_digest

RecordT = TypeVar("RecordT", bound=Record)

CONSISTENCY_DELAY = timedelta(minutes=15)
"""How long NetSuite may work on a request (concurrency pages of the NetSuite help)."""

_EXPENSE_FILTERS = frozenset({"approval", "category", "incurred_on_from", "incurred_on_to"})


class NetSuiteAdapter:
    """The ERP port of one NetSuite account."""

    role = SystemRole.ERP
    vendor = "netsuite"
    api_version = "REST v1, SuiteQL v1"

    def __init__(
        self, connection: Connection, account: mapping.AccountContext, options: NetSuiteOptions, upstream: Upstream
    ) -> None:
        self.connection = connection.name
        self.capabilities = Capabilities(
            read_batch=READ_BATCH,
            parent_batch=READ_BATCH,
            page_cap=PAGE_SIZE,
            concurrency=options.concurrency,
            upsert_by_external_id=True,
            search_by_external_id=True,
            consistency_delay=CONSISTENCY_DELAY,
            filters={"expenses": _EXPENSE_FILTERS},
        )
        self.lineage: Lineage = build_lineage(account.mapping_file)
        self._account = account
        self._options = options
        self._upstream = upstream
        self._client = NetSuiteClient(upstream)
        self._reader = RecordReader(self._client, account)
        self._kinds = build_record_kinds(account)
        self._lines = build_line_relations(account)

    @property
    def feeds(self) -> Sequence[type[Record]]:
        """The record types with a change feed, legal entities first; contracts only if the mapping file has them."""
        kinds = (ErpLegalEntity, ErpCustomer, ErpEmployee, ErpContract, ErpJob, ErpInvoice)
        mapping_file = self._account.mapping_file
        return tuple(
            kind for kind in kinds if kind is ErpLegalEntity or find_feed_statement(kind, self._kinds, mapping_file)
        )

    async def get_legal_entities(self, ids: Sequence[str]) -> Read[ErpLegalEntity]:
        """Read subsidiaries, with one extra call for the fiscal calendar that they share."""
        if not ids:
            return {}
        return await self._reader.read_legal_entities(ids)

    async def list_dimensions(self) -> Sequence[ErpDimension]:
        """Read the dimensions that the mapping file names, one call per dimension."""
        return await gather_all(self._read_dimension(source) for source in self._account.mapping_file.dimensions)

    async def _read_dimension(self, source: DimensionSource) -> ErpDimension:
        statement = statements.build_dimension_statement(source)
        with collect_unreadable() as lost:
            rows = await self._client.fetch_rows(statement.row_type, statement.select(ALL_ROWS))
        dimension = mapping.map_dimension(source, rows, self._account)
        values = (UnreadableValue("values", each.object, each.field or "id") for each in lost)
        return mark_unreadable(dimension, values) if lost else dimension

    async def get_customers(self, ids: Sequence[str]) -> Read[ErpCustomer]:
        """Read customers and the subsidiaries that sell to them."""
        return await self._reader.read_by_ids(self._kinds[ErpCustomer], ids)

    async def get_contracts(self, ids: Sequence[str]) -> Read[ErpContract]:
        """Read contracts; return none, without a call, if the mapping file names no record type for them."""
        kind = self._kinds.get(ErpContract)
        return await self._reader.read_by_ids(kind, ids) if kind else {}

    async def get_jobs(self, ids: Sequence[str]) -> Read[ErpJob]:
        """Read projects."""
        return await self._reader.read_by_ids(self._kinds[ErpJob], ids)

    async def get_employees(self, ids: Sequence[str]) -> Read[ErpEmployee]:
        """Read employees."""
        return await self._reader.read_by_ids(self._kinds[ErpEmployee], ids)

    async def get_invoices(self, ids: Sequence[str]) -> Read[ErpInvoice]:
        """Read invoices and credit memos; each line is a row of the answer."""
        return await self._reader.read_by_ids(self._kinds[ErpInvoice], ids)

    async def get_invoice_lines(self, ids: Sequence[str]) -> Read[ErpInvoiceLine]:
        """Read item lines by their unique key."""
        return await self._reader.read_by_ids(self._lines.invoice_lines.kind, ids)

    async def get_payments(self, ids: Sequence[str]) -> Read[ErpPayment]:
        """Read customer payments."""
        return await self._reader.read_by_ids(self._kinds[ErpPayment], ids)

    async def get_expenses(self, ids: Sequence[str]) -> Read[ErpExpense]:
        """Read expense report lines by their unique key."""
        return await self._reader.read_by_ids(self._lines.expenses.kind, ids)

    async def list_invoice_lines_by_invoice(
        self, invoice_ids: Sequence[str], page: PageRequest
    ) -> Children[ErpInvoiceLine]:
        """Read each invoice's item lines, ordered by sequence, then unique key."""
        return await child_pages.read_child_pages(self._client, self._lines.invoice_lines, invoice_ids, page)

    async def list_expenses_by_job(
        self, job_ids: Sequence[str], where: ExpenseWhere, page: PageRequest
    ) -> Children[ErpExpense]:
        """Read each project's expense report lines, ordered by the day of the expense, then unique key."""
        conditions = build_expense_conditions(where)
        return await child_pages.read_child_pages(self._client, self._lines.expenses, job_ids, page, *conditions)

    async def list_payments_by_invoice(self, invoice_ids: Sequence[str]) -> Read[tuple[ErpPayment, ...]]:
        """Read the customer payments applied to each invoice, oldest first; applied credit memos are not payments."""
        by_invoice: dict[str, list[ErpPayment]] = {}
        for chunk in split_distinct(invoice_ids, READ_BATCH):
            payments = await self._reader.read_records(
                self._kinds[ErpPayment], billing_statements.build_applied_condition(chunk)
            )
            readable = [each for each in payments if not report_if_unreadable(each, {"applied"})]
            for payment in sorted(readable, key=lambda payment: payment.received_on):
                for invoice in {invoice for invoice, _ in payment.applied}.intersection(chunk):
                    by_invoice.setdefault(invoice, []).append(payment)
        return {invoice: tuple(payments) for invoice, payments in by_invoice.items()}

    async def get_expenses_by_reference(self, expense_references: Sequence[str]) -> Read[ErpExpense]:
        """Read expense report lines by the references that the mapping file's pattern builds from the expenses' ids.

        Returns none, without a call, if the mapping file names no reference field. Of two lines with one reference,
        such as a corrected report, the later one counts.
        """
        kind, pattern = self._lines.expenses.kind, self._account.mapping_file.expense.pattern
        if kind.statement.reference_column is None:
            return {}
        expenses: dict[str, ErpExpense] = {}
        for chunk in split_distinct(expense_references, READ_BATCH):
            wanted = [pattern.replace("{id}", reference) for reference in chunk]
            with collect_unreadable() as lost:
                found = await self._reader.read_records(kind, match_texts(kind.statement.reference_column, wanted))
            billing_mapping.report_by_reference(lost, "expense_reference", pattern)
            for expense in found:
                if not report_if_unreadable(expense, {"expense_reference"}) and expense.expense_reference is not None:
                    expenses[expense.expense_reference] = expense
        return expenses

    async def get_time_postings(self, entry_references: Sequence[str]) -> Read[ErpTimePosting]:
        """Read time records by the references that the mapping file's pattern builds from the entries' ids."""
        kind, pattern = self._kinds[ErpTimePosting], self._account.mapping_file.time.pattern
        postings: dict[str, ErpTimePosting] = {}
        for chunk in split_distinct(entry_references, READ_BATCH):
            wanted = [pattern.replace("{id}", reference) for reference in chunk]
            with collect_unreadable() as lost:
                found = await self._reader.read_records(
                    kind, match_texts(kind.statement.reference_column or "", wanted)
                )
            billing_mapping.report_by_reference(lost, "entry_reference", pattern)
            postings |= {posting.entry_reference: posting for posting in found}
        return postings

    async def get_receivables(self, customer_ids: Sequence[str], as_of: date) -> Read[ErpReceivables]:
        """Read what each customer owes.

        Customers with neither open items nor billing cost one extra call, which distinguishes them from unknown ids.
        """
        since = as_of - BILLED_WINDOW
        statement = adapt_statement(billing_statements.build_open_item_statement(), self._account.mapping_file)
        by_customer: dict[str, list[wire.OpenItemRow]] = {}
        unknown: dict[str, SourceError] = {}
        for chunk in split_distinct(customer_ids, READ_BATCH):
            select = statement.select(*billing_statements.build_open_item_conditions(chunk, as_of, since))
            with collect_unreadable() as lost:
                rows = await self._client.fetch_rows(statement.row_type, select)
            for row in rows:
                by_customer.setdefault(row.customer, []).append(row)
            unknown |= {
                customer: build_mismatch(f"{each.object}: {each.field or 'a row'}")
                for each in lost
                for customer in chunk
                if each.is_below("customer_id", customer)
            }
        idle = [customer for customer in customer_ids if customer not in by_customer and customer not in unknown]
        by_customer |= {customer: [] for customer in await self.get_customers(idle)} if idle else {}
        return {
            customer: compute_receivables(customer, as_of, since, by_customer[customer], self._account)
            for customer in customer_ids
            if customer in by_customer
        } | unknown

    async def get_exchange_rates(self, keys: Sequence[RateKey]) -> Mapping[RateKey, ErpExchangeRate]:
        """Read rates with one statement; NetSuite has one rate type, which is returned as CORPORATE."""
        select = exchange_rates.build_rate_query(keys)
        if select is None or not self._account.mapping_file.features.multi_currency:
            return {}
        return exchange_rates.select_effective_rates(keys, await self._client.fetch_rows(wire.RateRow, select))

    async def list_changes(self, kind: type[RecordT], watermark: str | None) -> AsyncIterator[Changes[RecordT]]:
        """Yield changed records, oldest first, in batches of 100, and periodically all ids.

        A record class without a feed yields nothing.
        """
        company = self._account.mapping_file.company
        if kind is ErpLegalEntity and company is not None:
            async for each in self._list_company_changes(company, watermark):
                yield cast("Changes[RecordT]", each)
            return
        statement = find_feed_statement(kind, self._kinds, self._account.mapping_file)
        if statement is None:
            return
        record_type: Any = kind
        reader: Any = (
            self.get_legal_entities
            if kind is ErpLegalEntity
            else partial(self._reader.read_by_ids, self._kinds[record_type])
        )
        start = change_feed.FeedStart(
            watermark, self._account.zone, self._options.overlap, self._options.full_read_interval
        )
        async for page in change_feed.read_changes(self._client, statement, reader, start, READ_BATCH):
            yield page

    async def _list_company_changes(
        self, company: Company, watermark: str | None
    ) -> AsyncIterator[Changes[ErpLegalEntity]]:
        """Yield the company of an account without OneWorld if its entry in the mapping file has changed."""
        require_digest(watermark)

        async def build(_: Sequence[Company]) -> Sequence[ErpLegalEntity]:
            return await self._reader.read_company(company)

        async for page in list_snapshot_changes((company,), watermark, build, READ_BATCH):
            yield page

    async def find_by_reference(self, kind: type[RecordT], reference: str) -> Sequence[RecordT]:
        """Return the records whose reference field, named in the mapping file, equals `reference`."""
        wanted: Any = kind
        if wanted is ErpLegalEntity and self._account.mapping_file.company is not None:
            return cast("Sequence[RecordT]", tuple((await self._reader.read_legal_entities([reference])).values()))
        record_kind = (
            await self._reader.load_legal_entity_kind() if wanted is ErpLegalEntity else self._kinds.get(wanted)
        )
        if record_kind is None or record_kind.statement.reference_column is None:
            return ()
        condition = match_texts(record_kind.statement.reference_column, [reference])
        return await self._reader.read_records(record_kind, condition)

    async def check(self) -> Sequence[Finding]:
        """Check the login, the concurrency limit, the right to query, every statement and every mapped field."""
        return await check_connection(self._client, self._account.mapping_file, self._options.concurrency)

    async def aclose(self) -> None:
        """Release connections."""
        await self._upstream.aclose()


def connect(connection: Connection) -> ErpPort:
    """Build the port of one connection; raise ConfigurationError if its options or its mapping file are invalid."""
    options = parse_options(connection)
    auth = ClientAssertion(
        token_url=connection.base_url.rstrip("/") + TOKEN_PATH,
        client_id=connection.read_secret("client_id"),
        key_id=options.certificate_id,
        private_key=partial(connection.read_secret, "private_key"),
        algorithm=options.algorithm,
        scopes=(SCOPE,),
    )
    account = mapping.AccountContext(
        connection=connection.name,
        zone=read_time_zone(connection),
        mapping_file=parse_mapping(connection),
        application=resolve_application_url(connection, options),
    )
    return NetSuiteAdapter(
        connection, account, options, connection.open_upstream(auth, classify_response, options.concurrency)
    )

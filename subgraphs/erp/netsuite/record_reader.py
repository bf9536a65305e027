"""Batched reads: runs statements in chunks of ids and maps their rows to records."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Generic, TypeVar

import msgspec

from gateway.canonical.records.base import Record
from gateway.canonical.records.erp import (
    ErpContract,
    ErpCustomer,
    ErpEmployee,
    ErpInvoice,
    ErpJob,
    ErpLegalEntity,
    ErpPayment,
    ErpPeriod,
    ErpRecord,
    ErpTimePosting,
)
from gateway.errors import SourceError
from gateway.ports.base import Read
from gateway.ports.projection import is_needed
from gateway.ports.unreadable import collect_unreadable
from subgraphs.erp.netsuite import billing_mapping, billing_statements, mapping, statements, time_postings, wire
from subgraphs.erp.netsuite.account_shape import adapt_statement
from subgraphs.erp.netsuite.client import NetSuiteClient, split_distinct
from subgraphs.erp.netsuite.lineage import build_lineage
from subgraphs.erp.netsuite.mapping import AccountContext, group_rows
from subgraphs.erp.netsuite.mapping_file import Company, NetSuiteMapping
from subgraphs.erp.netsuite.statements import Statement
from subgraphs.erp.netsuite.suiteql import ALL_ROWS, Fragment, match_ids
from subgraphs.kit.concurrent_calls import gather_all
from subgraphs.kit.record_mapping import RecordMapper, build_mappers

RowT = TypeVar("RowT", bound=wire.Row)
RecordT = TypeVar("RecordT", bound=ErpRecord)

TAX_COLUMNS = (
    "tax_id",
    "tax_complete",
    "tax_treatment",
    "exempt_until",
    "reverse_charge",
    "tax_nexus",
    "tax_country",
)
_ADDRESS_PARTS = ("line1", "line2", "city", "state", "zip", "country")
CUSTOMER_COLUMNS: Mapping[str, str] = {
    "legal_name": "legal_name",
    "parent": "parent_id",
    "credit_limit": "credit_limit",
    "credit_hold": "credit_hold",
    **dict.fromkeys(("terms", "net_days", "discount_percent", "discount_days"), "payment_terms"),
    **dict.fromkeys(TAX_COLUMNS, "tax_profile"),
    **{f"{of}_{part}": f"{of}_address" for of in ("billing", "shipping") for part in _ADDRESS_PARTS},
}
JOB_COLUMNS: Mapping[str, str] = {"status": "status", "start_date": "start_date", "end_date": "end_date"}
EMPLOYEE_COLUMNS: Mapping[str, str] = {"email": "email", "labor_cost": "cost_rate"}
CONTRACT_COLUMNS: Mapping[str, str] = {
    "type": "type",
    "status": "status",
    "total": "total_value",
    "purchase_order": "purchase_order_number",
}
"""Optional columns by record, each with the attribute that needs it. Invoices, payments and time postings have none:
their amounts are computed from several columns."""
READ_BATCH = 100
"""Ids per statement: far below the 1,000 of an IN list, so that 100 invoices of ten lines still fit one page."""


@dataclass(frozen=True)
class RecordKind(Generic[RowT, RecordT]):
    """How one type of record is read: its statement, and the function that maps the rows of one record.

    `optional_columns` maps each column that only some requests need to the attribute of `record_type` that needs it.
    """

    statement: Statement[RowT]
    build: Callable[[Sequence[RowT]], RecordT]
    mapper: RecordMapper[RecordT]
    record_type: type[ErpRecord] = ErpRecord
    optional_columns: Mapping[str, str] = field(default_factory=dict)

    def map_rows(self, rows: Iterable[RowT]) -> list[RecordT]:
        """Return the records of adjacent rows; those that cannot be read are reported and left out.

        What is unreadable in one row of a record is unreadable in the record.
        """
        groups = dict(group_rows(rows))
        firsts = [_join_unread(group) for group in groups.values()]
        return self.mapper.map_rows(firsts, lambda first: self.build([first, *groups[first.id][1:]]))

    def project_columns(self) -> "RecordKind[RowT, RecordT]":
        """Return a copy whose statement selects only the columns that the request needs."""
        columns = self.statement.columns
        kept = {
            name: column
            for name, column in columns.items()
            if name not in self.optional_columns or is_needed(self.record_type, self.optional_columns[name])
        }
        return replace(self, statement=msgspec.structs.replace(self.statement, columns=kept))


class RecordReader:
    """Reads records of one account."""

    def __init__(self, client: NetSuiteClient, account: AccountContext) -> None:
        self.client = client
        self.account = account
        self.mappers = build_mappers(build_lineage(account.mapping_file))

    async def read_by_ids(self, kind: RecordKind[RowT, RecordT], ids: Sequence[str]) -> Read[RecordT]:
        """Return a record for each id that exists; unreadable ones are reported and left out.

        Costs ceil(ids / 100) statements of ceil(rows / 1,000) calls each.
        """
        key, projected = kind.statement.key, kind.project_columns()
        reads = (self.read_records(projected, match_ids(key, chunk)) for chunk in split_distinct(ids, READ_BATCH))
        requested = frozenset(ids)
        records = [record for chunk in await gather_all(reads) for record in chunk]
        return {record.native.id: record for record in records if record.native.id in requested}

    async def read_records(self, kind: RecordKind[RowT, RecordT], *conditions: Fragment) -> list[RecordT]:
        """Return the records that meet all conditions; unreadable ones are reported and left out."""
        return kind.map_rows(await self.client.fetch_rows(kind.statement.row_type, kind.statement.select(*conditions)))

    async def load_periods(self) -> tuple[ErpPeriod, ...] | None:
        """Return the fiscal calendar, oldest period first, in one call; None if a period cannot be read."""
        calendar = statements.build_period_statement()
        with collect_unreadable() as lost:
            rows = await self.client.fetch_rows(calendar.row_type, calendar.select(ALL_ROWS))
        try:
            periods = [mapping.map_period(row, self.account) for row in sorted(rows, key=lambda row: row.start_date)]
        except SourceError:
            return None
        return None if lost else tuple(periods)

    async def read_legal_entities(self, ids: Sequence[str]) -> Read[ErpLegalEntity]:
        """Return subsidiaries by id, or the company of an account without OneWorld; one call is for the calendar."""
        company = self.account.mapping_file.company
        if company is None:
            return await self.read_by_ids(await self.load_legal_entity_kind(), ids)
        if company.code not in ids:
            return {}
        return {each.native.id: each for each in await self.read_company(company)}

    async def read_company(self, company: Company) -> list[ErpLegalEntity]:
        """Return the company of an account without OneWorld, with the fiscal calendar."""
        periods = await self.load_periods()
        mapper: RecordMapper[ErpLegalEntity] = self.mappers[ErpLegalEntity]
        return mapper.map_rows(
            [company], lambda row: mapping.map_company(row, mapping.require_periods(periods), self.account)
        )

    async def load_legal_entity_kind(self) -> RecordKind[wire.SubsidiaryRow, ErpLegalEntity]:
        """Return how subsidiaries are read; costs one call for the fiscal calendar that they share."""
        periods = await self.load_periods()
        return RecordKind(
            statements.build_subsidiary_statement(self.account.mapping_file),
            lambda group: mapping.map_legal_entity(group, mapping.require_periods(periods), self.account),
            self.mappers[ErpLegalEntity],
        )


def _join_unread(rows: Sequence[RowT]) -> RowT:
    """Return the first row of a record, with the unreadable attributes of all."""
    unread = dict.fromkeys(name for row in rows for name in row.unread)
    return msgspec.structs.replace(rows[0], unread=tuple(unread)) if unread else rows[0]


def find_feed_statement(
    record_type: type[Record], kinds: Mapping[type[ErpRecord], RecordKind[Any, Any]], mapping_file: NetSuiteMapping
) -> Statement[Any] | None:
    """Return the statement whose table the change feed of a record type reads, or None if it has no feed."""
    if record_type is ErpLegalEntity and mapping_file.company is None:
        return statements.build_subsidiary_statement(mapping_file)
    kind = kinds.get(record_type) if issubclass(record_type, ErpRecord) else None
    return kind.statement if kind and kind.statement.feed_table else None


def build_record_kinds(account: AccountContext) -> Mapping[type[ErpRecord], RecordKind[Any, Any]]:
    """Return how each type of record is read; contracts only if the mapping file names a record type for them."""
    mapping_file = account.mapping_file
    mappers = build_mappers(build_lineage(mapping_file))
    kinds: dict[type[ErpRecord], RecordKind[Any, Any]] = {
        ErpCustomer: RecordKind(
            adapt_statement(statements.build_customer_statement(mapping_file), mapping_file),
            lambda rows: mapping.map_customer(rows, account),
            mappers[ErpCustomer],
            ErpCustomer,
            CUSTOMER_COLUMNS,
        ),
        ErpJob: RecordKind(
            adapt_statement(statements.build_job_statement(mapping_file), mapping_file),
            lambda rows: mapping.map_job(rows[0], account),
            mappers[ErpJob],
            ErpJob,
            JOB_COLUMNS,
        ),
        ErpEmployee: RecordKind(
            adapt_statement(statements.build_employee_statement(mapping_file), mapping_file),
            lambda rows: mapping.map_employee(rows[0], account),
            mappers[ErpEmployee],
            ErpEmployee,
            EMPLOYEE_COLUMNS,
        ),
        ErpInvoice: RecordKind(
            adapt_statement(billing_statements.build_invoice_statement(mapping_file), mapping_file),
            lambda rows: billing_mapping.map_invoice(rows, account),
            mappers[ErpInvoice],
        ),
        ErpPayment: RecordKind(
            adapt_statement(billing_statements.build_payment_statement(), mapping_file),
            lambda rows: billing_mapping.map_payment(rows, account),
            mappers[ErpPayment],
        ),
        ErpTimePosting: RecordKind(
            adapt_statement(billing_statements.build_time_statement(mapping_file), mapping_file),
            lambda rows: time_postings.map_time_posting(rows[0], account),
            mappers[ErpTimePosting],
        ),
    }
    contracts = statements.build_contract_statement(mapping_file)
    if contracts is not None:
        contracts = adapt_statement(contracts, mapping_file)
        kinds[ErpContract] = RecordKind(
            contracts,
            lambda rows: mapping.map_contract(rows[0], account),
            mappers[ErpContract],
            ErpContract,
            CONTRACT_COLUMNS,
        )
    return kinds

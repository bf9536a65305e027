"""Batched reads: statements run in chunks, rows folded into records."""

from collections.abc import Callable, Mapping, Sequence
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
    ErpRecord,
    ErpTimePosting,
)
from gateway.errors import SourceError
from gateway.ports.base import Read
from gateway.ports.projection import needed
from subgraphs.erp.netsuite import billing_mapping, billing_statements, mapping, statements, time_postings, wire
from subgraphs.erp.netsuite.client import NetSuiteClient, split_distinct
from subgraphs.erp.netsuite.mapping import AccountContext, group_rows
from subgraphs.erp.netsuite.mapping_file import NetSuiteMapping
from subgraphs.erp.netsuite.statements import Statement
from subgraphs.erp.netsuite.suiteql import Fragment, match_ids
from subgraphs.kit.together import together

RowT = TypeVar("RowT", bound=wire.Row)
RecordT = TypeVar("RecordT", bound=ErpRecord)

_ADDRESS_PARTS = ("line1", "line2", "city", "state", "zip", "country")
CUSTOMER_COLUMNS: Mapping[str, str] = {
    "legal_name": "legal_name",
    "parent": "parent_id",
    "credit_limit": "credit_limit",
    "credit_hold": "credit_hold",
    **dict.fromkeys(("terms", "net_days", "discount_percent", "discount_days"), "payment_terms"),
    **dict.fromkeys(("tax_id", "tax_complete", "tax_treatment"), "tax_profile"),
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
"""Invoices, payments and postings are read whole: an amount is nothing without what it is made of."""
READ_BATCH = 100
"""Ids in one statement: far below the 1,000 of an IN list, so that invoices with ten lines still fit one page."""


@dataclass(frozen=True)
class RecordKind(Generic[RowT, RecordT]):
    """One kind of record: what it is read from, and how the rows of one record become it.

    `spared` names, per column that a read by id leaves out where the request does not need it, the attribute of `made` that it is for.
    """

    statement: Statement[RowT]
    map_rows: Callable[[Sequence[RowT]], RecordT]
    record_type: type[ErpRecord] = ErpRecord
    optional_columns: Mapping[str, str] = field(default_factory=dict)

    def map_or_error(self, rows: Sequence[RowT]) -> RecordT | SourceError:
        """Return the record, or why there is none."""
        try:
            return self.map_rows(rows)
        except SourceError as broken:
            return broken

    def project_columns(self) -> "RecordKind[RowT, RecordT]":
        """Return the kind with the columns that the request needs."""
        columns = self.statement.columns
        kept = {
            name: column
            for name, column in columns.items()
            if name not in self.optional_columns or needed(self.record_type, self.optional_columns[name])
        }
        return replace(self, statement=msgspec.structs.replace(self.statement, columns=kept))


class RecordReader:
    """Reads of one account."""

    def __init__(self, client: NetSuiteClient, account: AccountContext) -> None:
        self.client = client
        self.account = account

    async def read_by_ids(self, kind: RecordKind[RowT, RecordT], ids: Sequence[str]) -> Read[RecordT]:
        """Return the records of the ids that exist, or why one cannot be read: ceil(ids / 100) statements, each ceil(rows / 1,000) calls."""
        key, narrow = kind.statement.key, kind.project_columns()
        reads = (self.read_with_errors(narrow, match_ids(key, chunk)) for chunk in split_distinct(ids, READ_BATCH))
        asked = frozenset(ids)
        found = [pair for pairs in await together(reads) for pair in pairs]
        return {id_: record for id_, record in found if id_ in asked}

    async def read_with_errors(
        self, kind: RecordKind[RowT, RecordT], *conditions: Fragment
    ) -> list[tuple[str, RecordT | SourceError]]:
        """Return the records, with their ids, that meet all conditions; one with a malformed value costs only itself."""
        rows = await self.client.fetch_rows(kind.statement.row_type, kind.statement.select(*conditions))
        return [(id_, kind.map_or_error(found)) for id_, found in group_rows(rows)]

    async def read_records(self, kind: RecordKind[RowT, RecordT], *conditions: Fragment) -> list[RecordT]:
        """Return the records that meet all conditions; raise the error of one that has a malformed value."""
        rows = await self.client.fetch_rows(kind.statement.row_type, kind.statement.select(*conditions))
        return [kind.map_rows(found) for _, found in group_rows(rows)]

    async def load_legal_entity_kind(self) -> RecordKind[wire.SubsidiaryRow, ErpLegalEntity]:
        """Return the kind of legal entities; one call, for the calendar that they share."""
        calendar = statements.build_period_statement()
        rows = await self.client.fetch_rows(calendar.row_type, calendar.select(Fragment("1 = 1")))
        periods = tuple(mapping.map_period(row, self.account) for row in sorted(rows, key=lambda row: row.start_date))
        return RecordKind(
            statements.build_subsidiary_statement(self.account.mapping),
            lambda found: mapping.map_legal_entity(found, periods, self.account),
        )


def find_feed_statement(
    kind: type[Record], kinds: Mapping[type[ErpRecord], RecordKind[Any, Any]], named: NetSuiteMapping
) -> Statement[Any] | None:
    """Return the statement whose table a change feed of this kind follows, or None where there is no feed."""
    if kind is ErpLegalEntity:
        return statements.build_subsidiary_statement(named)
    found = kinds.get(kind) if issubclass(kind, ErpRecord) else None
    return found.statement if found and found.statement.feed_table else None


def build_record_kinds(account: AccountContext) -> Mapping[type[ErpRecord], RecordKind[Any, Any]]:
    """Return the kinds of records that are read by id and found by reference; contracts only where the mapping names their record."""
    named = account.mapping
    kinds: dict[type[ErpRecord], RecordKind[Any, Any]] = {
        ErpCustomer: RecordKind(
            statements.build_customer_statement(named),
            lambda rows: mapping.map_customer(rows, account),
            ErpCustomer,
            CUSTOMER_COLUMNS,
        ),
        ErpJob: RecordKind(
            statements.build_job_statement(named), lambda rows: mapping.map_job(rows[0], account), ErpJob, JOB_COLUMNS
        ),
        ErpEmployee: RecordKind(
            statements.build_employee_statement(named),
            lambda rows: mapping.map_employee(rows[0], account),
            ErpEmployee,
            EMPLOYEE_COLUMNS,
        ),
        ErpInvoice: RecordKind(
            billing_statements.build_invoice_statement(named), lambda rows: billing_mapping.map_invoice(rows, account)
        ),
        ErpPayment: RecordKind(
            billing_statements.build_payment_statement(), lambda rows: billing_mapping.map_payment(rows, account)
        ),
        ErpTimePosting: RecordKind(
            billing_statements.build_time_statement(named),
            lambda rows: time_postings.map_time_posting(rows[0], account),
        ),
    }
    contracts = statements.build_contract_statement(named)
    if contracts is not None:
        kinds[ErpContract] = RecordKind(
            contracts, lambda rows: mapping.map_contract(rows[0], account), ErpContract, CONTRACT_COLUMNS
        )
    return kinds

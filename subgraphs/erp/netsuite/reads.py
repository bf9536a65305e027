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
from subgraphs.erp.netsuite import billing, ledger, mapping, postings, statements, wire
from subgraphs.erp.netsuite.client import Client, chunks
from subgraphs.erp.netsuite.custom import NetSuiteMapping
from subgraphs.erp.netsuite.mapping import Account, folded
from subgraphs.erp.netsuite.statements import Statement
from subgraphs.erp.netsuite.suiteql import Fragment, one_of_ids
from subgraphs.kit.together import together

RowT = TypeVar("RowT", bound=wire.Row)
RecordT = TypeVar("RecordT", bound=ErpRecord)

_PLACES = ("line1", "line2", "city", "state", "zip", "country")
OF_CUSTOMERS: Mapping[str, str] = {
    "legal_name": "legal_name",
    "parent": "parent_id",
    "credit_limit": "credit_limit",
    "credit_hold": "credit_hold",
    **dict.fromkeys(("terms", "net_days", "discount_percent", "discount_days"), "payment_terms"),
    **dict.fromkeys(("tax_id", "tax_complete", "tax_treatment"), "tax_profile"),
    **{f"{of}_{part}": f"{of}_address" for of in ("billing", "shipping") for part in _PLACES},
}
OF_JOBS: Mapping[str, str] = {"status": "status", "start_date": "start_date", "end_date": "end_date"}
OF_EMPLOYEES: Mapping[str, str] = {"email": "email", "labor_cost": "cost_rate"}
OF_CONTRACTS: Mapping[str, str] = {
    "type": "type",
    "status": "status",
    "total": "total_value",
    "purchase_order": "purchase_order_number",
}
"""Invoices, payments and postings are read whole: an amount is nothing without what it is made of."""
READ_BATCH = 100
"""Ids in one statement: far below the 1,000 of an IN list, so that invoices with ten lines still fit one page."""


@dataclass(frozen=True)
class Kind(Generic[RowT, RecordT]):
    """One kind of record: what it is read from, and how the rows of one record become it.

    `spared` names, per column that a read by id leaves out where the request does not need it, the attribute of `made` that it is for.
    """

    statement: Statement[RowT]
    record: Callable[[Sequence[RowT]], RecordT]
    made: type[ErpRecord] = ErpRecord
    spared: Mapping[str, str] = field(default_factory=dict)

    def built(self, rows: Sequence[RowT]) -> RecordT | SourceError:
        """Return the record, or why there is none."""
        try:
            return self.record(rows)
        except SourceError as broken:
            return broken

    def projected(self) -> "Kind[RowT, RecordT]":
        """Return the kind with the columns that the request needs."""
        columns = self.statement.columns
        kept = {
            name: column
            for name, column in columns.items()
            if name not in self.spared or needed(self.made, self.spared[name])
        }
        return replace(self, statement=msgspec.structs.replace(self.statement, columns=kept))


class Reads:
    """Reads of one account."""

    def __init__(self, client: Client, account: Account) -> None:
        self.client = client
        self.account = account

    async def by_ids(self, kind: Kind[RowT, RecordT], ids: Sequence[str]) -> Read[RecordT]:
        """Return the records of the ids that exist, or why one cannot be read: ceil(ids / 100) statements, each ceil(rows / 1,000) calls."""
        key, narrow = kind.statement.key, kind.projected()
        reads = (self.where(narrow, one_of_ids(key, chunk)) for chunk in chunks(ids, READ_BATCH))
        asked = frozenset(ids)
        found = [pair for pairs in await together(reads) for pair in pairs]
        return {id_: record for id_, record in found if id_ in asked}

    async def where(self, kind: Kind[RowT, RecordT], *conditions: Fragment) -> list[tuple[str, RecordT | SourceError]]:
        """Return the records, with their ids, that meet all conditions; one with a malformed value costs only itself."""
        rows = await self.client.rows(kind.statement.row, kind.statement.where(*conditions))
        return [(id_, kind.built(found)) for id_, found in folded(rows)]

    async def records(self, kind: Kind[RowT, RecordT], *conditions: Fragment) -> list[RecordT]:
        """Return the records that meet all conditions; raise the error of one that has a malformed value."""
        rows = await self.client.rows(kind.statement.row, kind.statement.where(*conditions))
        return [kind.record(found) for _, found in folded(rows)]

    async def legal_entities(self) -> Kind[wire.SubsidiaryRow, ErpLegalEntity]:
        """Return the kind of legal entities; one call, for the calendar that they share."""
        calendar = statements.periods()
        rows = await self.client.rows(calendar.row, calendar.where(Fragment("1 = 1")))
        periods = tuple(mapping.period(row, self.account) for row in sorted(rows, key=lambda row: row.start_date))
        return Kind(
            statements.subsidiaries(self.account.mapping),
            lambda found: mapping.legal_entity(found, periods, self.account),
        )


def feed_statement(
    kind: type[Record], kinds: Mapping[type[ErpRecord], Kind[Any, Any]], named: NetSuiteMapping
) -> Statement[Any] | None:
    """Return the statement whose table a change feed of this kind follows, or None where there is no feed."""
    if kind is ErpLegalEntity:
        return statements.subsidiaries(named)
    found = kinds.get(kind) if issubclass(kind, ErpRecord) else None
    return found.statement if found and found.statement.table else None


def kinds_of(account: Account) -> Mapping[type[ErpRecord], Kind[Any, Any]]:
    """Return the kinds of records that are read by id and found by reference; contracts only where the mapping names their record."""
    named = account.mapping
    kinds: dict[type[ErpRecord], Kind[Any, Any]] = {
        ErpCustomer: Kind(
            statements.customers(named), lambda rows: mapping.customer(rows, account), ErpCustomer, OF_CUSTOMERS
        ),
        ErpJob: Kind(statements.jobs(named), lambda rows: mapping.job(rows[0], account), ErpJob, OF_JOBS),
        ErpEmployee: Kind(
            statements.employees(named), lambda rows: mapping.employee(rows[0], account), ErpEmployee, OF_EMPLOYEES
        ),
        ErpInvoice: Kind(billing.invoices(named), lambda rows: ledger.invoice(rows, account)),
        ErpPayment: Kind(billing.payments(), lambda rows: ledger.payment(rows, account)),
        ErpTimePosting: Kind(billing.time(named), lambda rows: postings.time_posting(rows[0], account)),
    }
    contracts = statements.contracts(named)
    if contracts is not None:
        kinds[ErpContract] = Kind(contracts, lambda rows: mapping.contract(rows[0], account), ErpContract, OF_CONTRACTS)
    return kinds

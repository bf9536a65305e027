"""The port of an ERP: legal entities, dimensions, postings, invoices and payments."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple, Protocol

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
from gateway.ports.base import Children, PageRequest, Read, SystemPort
from gateway.ports.where import ExpenseWhere


class RateKey(NamedTuple):
    """One exchange rate: units of `target` for one `source`, of one type, in force on a day."""

    source: str
    target: str
    on: date
    rate_type: str = "CORPORATE"


class ErpPort(SystemPort, Protocol):
    """Financial records. Amounts are exactly as booked: not rounded, converted or netted.

    Not guaranteed: that a draft keeps its number; that a posting is final before its period closes; that rates exist
    for every day.
    """

    async def get_legal_entities(self, ids: Sequence[str]) -> Read[ErpLegalEntity]:
        """Read legal entities by native id, with tax registrations and periods."""

    async def list_dimensions(self) -> Sequence[ErpDimension]:
        """Read every financial dimension with all of its values."""

    async def get_customers(self, ids: Sequence[str]) -> Read[ErpCustomer]:
        """Read customers by native id."""

    async def get_contracts(self, ids: Sequence[str]) -> Read[ErpContract]:
        """Read contracts by native id."""

    async def get_jobs(self, ids: Sequence[str]) -> Read[ErpJob]:
        """Read jobs (the ERP's projects) by native id."""

    async def get_employees(self, ids: Sequence[str]) -> Read[ErpEmployee]:
        """Read employees by native id."""

    async def get_invoices(self, ids: Sequence[str]) -> Read[ErpInvoice]:
        """Read invoices by native id, with their taxes and without lines."""

    async def get_invoice_lines(self, ids: Sequence[str]) -> Read[ErpInvoiceLine]:
        """Read invoice lines by native id."""

    async def get_payments(self, ids: Sequence[str]) -> Read[ErpPayment]:
        """Read payments by native id."""

    async def get_expenses(self, ids: Sequence[str]) -> Read[ErpExpense]:
        """Read expenses by native id."""

    async def list_invoice_lines_by_invoice(
        self, invoice_ids: Sequence[str], page: PageRequest
    ) -> Children[ErpInvoiceLine]:
        """Read each invoice's lines, ordered by sequence, then native id."""

    async def list_payments_by_invoice(self, invoice_ids: Sequence[str]) -> Read[tuple[ErpPayment, ...]]:
        """Read the payments applied to each invoice, oldest first; an invoice without any may be missing."""

    async def list_expenses_by_job(
        self, job_ids: Sequence[str], where: ExpenseWhere, page: PageRequest
    ) -> Children[ErpExpense]:
        """Read each job's expenses, ordered by the day they were incurred, then native id, both ascending."""

    async def get_expenses_by_reference(self, expense_references: Sequence[str]) -> Read[ErpExpense]:
        """Read the expenses that were posted from expenses of the PSA, by the native id of the PSA expense."""

    async def get_time_postings(self, entry_references: Sequence[str]) -> Read[ErpTimePosting]:
        """Read the billing status of time entries, by the native id of the PSA entry."""

    async def get_receivables(self, customer_ids: Sequence[str], as_of: date) -> Read[ErpReceivables]:
        """Read each customer's open items on a day."""

    async def get_exchange_rates(self, keys: Sequence[RateKey]) -> Mapping[RateKey, ErpExchangeRate]:
        """Read the rates in force; a pair without a rate on or before the day is missing."""

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

    async def legal_entities(self, ids: Sequence[str]) -> Read[ErpLegalEntity]:
        """Read legal entities by native id, with tax registrations and periods."""

    async def dimensions(self) -> Sequence[ErpDimension]:
        """Read every financial dimension with all of its values."""

    async def customers(self, ids: Sequence[str]) -> Read[ErpCustomer]:
        """Read customers by native id."""

    async def contracts(self, ids: Sequence[str]) -> Read[ErpContract]:
        """Read contracts by native id."""

    async def jobs(self, ids: Sequence[str]) -> Read[ErpJob]:
        """Read jobs (the ERP's projects) by native id."""

    async def employees(self, ids: Sequence[str]) -> Read[ErpEmployee]:
        """Read employees by native id."""

    async def invoices(self, ids: Sequence[str]) -> Read[ErpInvoice]:
        """Read invoices by native id, with their taxes and without lines."""

    async def invoice_lines(self, ids: Sequence[str]) -> Read[ErpInvoiceLine]:
        """Read invoice lines by native id."""

    async def payments(self, ids: Sequence[str]) -> Read[ErpPayment]:
        """Read payments by native id."""

    async def expenses(self, ids: Sequence[str]) -> Read[ErpExpense]:
        """Read expenses by native id."""

    async def invoice_lines_by_invoice(self, invoice_ids: Sequence[str], page: PageRequest) -> Children[ErpInvoiceLine]:
        """Read each invoice's lines, ordered by sequence, then native id."""

    async def payments_by_invoice(self, invoice_ids: Sequence[str]) -> Read[tuple[ErpPayment, ...]]:
        """Read the payments applied to each invoice, oldest first; an invoice without any may be missing."""

    async def expenses_by_job(
        self, job_ids: Sequence[str], where: ExpenseWhere, page: PageRequest
    ) -> Children[ErpExpense]:
        """Read each job's expenses, ordered by the day they were incurred, then native id, both ascending."""

    async def time_postings(self, entry_references: Sequence[str]) -> Read[ErpTimePosting]:
        """Read the billing status of time entries, by the native id of the PSA entry."""

    async def receivables(self, customer_ids: Sequence[str], as_of: date) -> Read[ErpReceivables]:
        """Read each customer's open items on a day."""

    async def exchange_rates(self, keys: Sequence[RateKey]) -> Mapping[RateKey, ErpExchangeRate]:
        """Read the rates in force; a pair without a rate on or before the day is missing."""

"""The ERP port of a system without ERP records."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

from gateway.canonical.records.base import Record
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
from gateway.ports.base import Children, PageRequest, Read
from gateway.ports.erp import RateKey
from gateway.ports.lineage import Lineage
from gateway.ports.where import ExpenseWhere
from subgraphs.kit.lineage import complete_lineage
from subgraphs.kit.unsupported.pages import build_empty_pages

ERP_RECORDS: Final[Sequence[type[Record]]] = (
    ErpLegalEntity,
    ErpDimension,
    ErpCustomer,
    ErpContract,
    ErpJob,
    ErpEmployee,
    ErpInvoice,
    ErpInvoiceLine,
    ErpPayment,
    ErpExpense,
    ErpTimePosting,
    ErpReceivables,
)


class UnsupportedErp:
    """Answers every read of the ERP port empty, without a call. Subclasses override what the system supports."""

    role = SystemRole.ERP
    lineage: Lineage = complete_lineage({}, ERP_RECORDS, "The system does not support this kind of record.")

    async def get_legal_entities(self, ids: Sequence[str]) -> Read[ErpLegalEntity]:  # noqa: ARG002 -- nothing to read
        """Return no legal entities."""
        return {}

    async def list_dimensions(self) -> Sequence[ErpDimension]:
        """Return no financial dimensions."""
        return ()

    async def get_customers(self, ids: Sequence[str]) -> Read[ErpCustomer]:  # noqa: ARG002 -- nothing to read
        """Return no customers."""
        return {}

    async def get_contracts(self, ids: Sequence[str]) -> Read[ErpContract]:  # noqa: ARG002 -- nothing to read
        """Return no contracts."""
        return {}

    async def get_jobs(self, ids: Sequence[str]) -> Read[ErpJob]:  # noqa: ARG002 -- nothing to read
        """Return no jobs."""
        return {}

    async def get_employees(self, ids: Sequence[str]) -> Read[ErpEmployee]:  # noqa: ARG002 -- nothing to read
        """Return no employees."""
        return {}

    async def get_invoices(self, ids: Sequence[str]) -> Read[ErpInvoice]:  # noqa: ARG002 -- nothing to read
        """Return no invoices."""
        return {}

    async def get_invoice_lines(self, ids: Sequence[str]) -> Read[ErpInvoiceLine]:  # noqa: ARG002 -- nothing to read
        """Return no invoice lines."""
        return {}

    async def get_payments(self, ids: Sequence[str]) -> Read[ErpPayment]:  # noqa: ARG002 -- nothing to read
        """Return no payments."""
        return {}

    async def get_expenses(self, ids: Sequence[str]) -> Read[ErpExpense]:  # noqa: ARG002 -- nothing to read
        """Return no expenses."""
        return {}

    async def list_invoice_lines_by_invoice(
        self, invoice_ids: Sequence[str], page: PageRequest
    ) -> Children[ErpInvoiceLine]:
        """Return an empty page for every invoice."""
        return build_empty_pages(invoice_ids, page)

    async def list_payments_by_invoice(
        self,
        invoice_ids: Sequence[str],  # noqa: ARG002 -- nothing to read
    ) -> Read[tuple[ErpPayment, ...]]:
        """Return no payments."""
        return {}

    async def list_expenses_by_job(
        self,
        job_ids: Sequence[str],
        where: ExpenseWhere,  # noqa: ARG002 -- nothing to read
        page: PageRequest,
    ) -> Children[ErpExpense]:
        """Return an empty page for every job."""
        return build_empty_pages(job_ids, page)

    async def get_expenses_by_reference(
        self,
        expense_references: Sequence[str],  # noqa: ARG002 -- nothing to read
    ) -> Read[ErpExpense]:
        """Return no expenses."""
        return {}

    async def get_time_postings(
        self,
        entry_references: Sequence[str],  # noqa: ARG002 -- nothing to read
    ) -> Read[ErpTimePosting]:
        """Return no time postings."""
        return {}

    async def get_receivables(
        self,
        customer_ids: Sequence[str],  # noqa: ARG002 -- nothing to read
        as_of: date,  # noqa: ARG002 -- nothing to read
    ) -> Read[ErpReceivables]:
        """Return no receivables."""
        return {}

    async def get_exchange_rates(
        self,
        keys: Sequence[RateKey],  # noqa: ARG002 -- nothing to read
    ) -> Mapping[RateKey, ErpExchangeRate]:
        """Return no exchange rates."""
        return {}

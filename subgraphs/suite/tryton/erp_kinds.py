"""The kinds of records that are read of a company's books, and what is looked up to build them."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeVar

from gateway.canonical.fault import FaultCode
from gateway.canonical.records.base import Record
from gateway.canonical.records.erp import (
    ErpCustomer,
    ErpEmployee,
    ErpInvoice,
    ErpInvoiceLine,
    ErpJob,
    ErpLegalEntity,
    ErpTimePosting,
)
from gateway.errors import SourceError
from subgraphs.suite.tryton.domain import among, any_of
from subgraphs.suite.tryton.kinds import PROJECTS, STAMPS, TIME, Kinds, by_bracket, by_field, customers_of
from subgraphs.suite.tryton.ledger import (
    COMPANY,
    INVOICE,
    INVOICE_LINE,
    LedgerBuilder,
    corrected_line,
    project_number,
)
from subgraphs.suite.tryton.ledger_wire import (
    CompanyRow,
    DebtorRow,
    InvoiceLineRow,
    InvoiceRow,
    LineOfRow,
    NumberedRow,
    PeriodRow,
    PostingRow,
)
from subgraphs.suite.tryton.mapping import TrytonMapping
from subgraphs.suite.tryton.reads import Kind, attempt, each
from subgraphs.suite.tryton.records import EMPLOYEE, LINE, PARTY, WORK
from subgraphs.suite.tryton.rest import Rest
from subgraphs.suite.tryton.wire import EmployeeRow, Row, WorkRow

RowT = TypeVar("RowT", bound=Row)
RecordT = TypeVar("RecordT", bound=Record)

PERIOD = "account.period"
TO_CUSTOMERS = (["type", "=", "out"],)


def erp_kinds(rest: Rest, builder: LedgerBuilder, mapping: TrytonMapping) -> Kinds:
    """Return what is read of companies, customers, jobs, people, invoices and where time stands."""
    looked = Lookups(rest, builder, mapping)
    return {
        ErpLegalEntity: Kind(
            model=COMPANY,
            row=CompanyRow,
            build=looked.legal_entities,
            reference=by_field("party.code"),
            stamps=STAMPS,
        ),
        ErpCustomer: Kind(
            model=PARTY,
            row=DebtorRow,
            build=each(builder.customer),
            domain=customers_of(mapping),
            reference=by_field("code"),
            stamps=("last_modified_at", "addresses.last_modified_at"),
        ),
        ErpJob: Kind(model=WORK, row=WorkRow, build=each(builder.job), domain=PROJECTS, reference=by_field("number")),
        ErpEmployee: Kind(
            model=EMPLOYEE,
            row=EmployeeRow,
            build=each(builder.employee),
            reference=by_field("party.code"),
            stamps=STAMPS,
        ),
        ErpInvoice: Kind(
            model=INVOICE,
            row=InvoiceRow,
            build=looked.invoices,
            domain=TO_CUSTOMERS,
            reference=by_field("number"),
        ),
        ErpInvoiceLine: Kind(
            model=INVOICE_LINE,
            row=InvoiceLineRow,
            build=looked.invoice_lines,
            domain=(["invoice.type", "=", "out"], ["type", "=", "line"]),
        ),
        ErpTimePosting: Kind(
            model=LINE,
            row=PostingRow,
            build=looked.postings,
            domain=TIME,
            reference=by_bracket if mapping.bracketed_references else None,
        ),
    }


class Lookups:
    """Builds records that need more than their own rows. Each method costs the calls that it names, however many rows there are."""

    def __init__(self, rest: Rest, builder: LedgerBuilder, mapping: TrytonMapping) -> None:
        self._rest = rest
        self._builder = builder
        self._mapping = mapping

    async def legal_entities(self, rows: Sequence[CompanyRow]) -> Sequence[ErpLegalEntity | SourceError]:
        """Build legal entities with their periods: one call more per 500 periods."""
        periods = await self._periods({row.id for row in rows})
        return [attempt(self._builder.legal_entity, row, periods.get(row.id, ())) for row in rows]

    async def invoices(self, rows: Sequence[InvoiceRow]) -> Sequence[ErpInvoice | SourceError]:
        """Build invoices: one call for the jobs that they bill, one for the invoices that credit notes correct."""
        jobs = await self._jobs(row.description for row in rows)
        corrected = await self._invoices_of(line for row in rows if (line := corrected_line(row)))
        return [
            attempt(
                self._builder.invoice,
                row,
                jobs.get(project_number(row.description) or ""),
                corrected.get(corrected_line(row) or ""),
            )
            for row in rows
        ]

    async def invoice_lines(self, rows: Sequence[InvoiceLineRow]) -> Sequence[ErpInvoiceLine | SourceError]:
        """Build lines: one call for the jobs that they bill."""
        jobs = await self._jobs(row.invoice.description for row in rows)
        return [
            attempt(self._builder.invoice_line, row, jobs.get(project_number(row.invoice.description) or ""))
            for row in rows
        ]

    async def postings(self, rows: Sequence[PostingRow]) -> Sequence[ErpTimePosting | SourceError]:
        """Build where time stands: one call for the works that it is booked for, one per 500 periods."""
        works = {str(row.id): row for row in await self._among(WORK, WorkRow, (row.work_id for row in rows))}
        periods = await self._periods({row.company.id for row in rows})
        return [self._posting(row, works.get(row.work_id), periods.get(row.company.id, ())) for row in rows]

    def _posting(
        self, row: PostingRow, work: WorkRow | None, periods: Sequence[PeriodRow]
    ) -> ErpTimePosting | SourceError:
        if work is None:
            return SourceError(FaultCode.CONTRACT_MISMATCH, "time booked for a work that cannot be read")
        within = next(
            (one for one in periods if one.start_date.value() <= row.date.value() <= one.end_date.value()), None
        )
        return attempt(self._builder.posting, row, work, within)

    async def _jobs(self, descriptions: Iterable[str | None]) -> Mapping[str, str]:
        """Return the ids of projects by the numbers with which descriptions start."""
        if not self._mapping.project_in_description:
            return {}
        numbers = sorted({number for text in descriptions if (number := project_number(text))})
        domain = (*PROJECTS, ["number", "in", numbers])
        found = await self._rest.every(WORK, NumberedRow, domain) if numbers else []
        return {row.number: str(row.id) for row in found}

    async def _invoices_of(self, lines: Iterable[str]) -> Mapping[str, str]:
        """Return the invoice of each line."""
        found = await self._among(INVOICE_LINE, LineOfRow, lines)
        return {str(row.id): str(row.invoice) for row in found if row.invoice is not None}

    async def _periods(self, companies: Iterable[int]) -> Mapping[int, Sequence[PeriodRow]]:
        """Return the periods of companies, oldest first; those for adjustments only are left out."""
        wanted = sorted(set(companies))
        if not wanted:
            return {}
        domain = (["fiscalyear.company", "in", wanted], ["type", "=", "standard"])
        by_company: dict[int, list[PeriodRow]] = {company: [] for company in wanted}
        for row in await self._rest.every(PERIOD, PeriodRow, domain):
            by_company[row.fiscalyear.company].append(row)
        return {company: sorted(rows, key=lambda row: row.start_date.value()) for company, rows in by_company.items()}

    async def _among(self, model: str, row: type[RowT], ids: Iterable[str]) -> Sequence[RowT]:
        wanted = sorted(set(ids) - {""})
        return await self._rest.every(model, row, (among("id", wanted),)) if wanted else []


def referenced(references: Sequence[str], mapping: TrytonMapping) -> Any:
    """Return the condition of the time entries that other systems know by these references: in brackets, or by id."""
    if not mapping.bracketed_references:
        return among("id", references)
    return any_of(by_bracket(reference)[0] for reference in references)

"""The record kinds of the ERP role, and the lookups that build them."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeVar

from gateway.canonical.records.erp import (
    ErpCustomer,
    ErpEmployee,
    ErpInvoice,
    ErpInvoiceLine,
    ErpJob,
    ErpLegalEntity,
    ErpTimePosting,
)
from gateway.ports.unreadable import UnreadableRecord, collect_unreadable
from subgraphs.kit.record_mapping import RecordMapper, build_mappers, note_unreadable
from subgraphs.suite.tryton.domain import match_any, match_ids
from subgraphs.suite.tryton.erp_lineage import build_erp_lineage
from subgraphs.suite.tryton.kinds import (
    PROJECTS,
    STAMPS,
    TIME,
    Kinds,
    build_customer_domain,
    find_work,
    match_bracketed_reference,
    match_field,
    read_works,
)
from subgraphs.suite.tryton.ledger import (
    COMPANY,
    INVOICE,
    INVOICE_LINE,
    LedgerBuilder,
    find_corrected_line,
    parse_project_number,
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
from subgraphs.suite.tryton.reads import Kind, build_each
from subgraphs.suite.tryton.records import EMPLOYEE, LINE, PARTY, WORK
from subgraphs.suite.tryton.rest import RestClient
from subgraphs.suite.tryton.wire import EmployeeRow, Row, WorkRow

RowT = TypeVar("RowT", bound=Row)

PERIOD = "account.period"
TO_CUSTOMERS = (["type", "=", "out"],)


def build_erp_kinds(rest: RestClient, builder: LedgerBuilder, mapping: TrytonMapping) -> Kinds:
    """Return the record kinds of the ERP role."""
    mappers = build_mappers(build_erp_lineage(mapping))
    looked = ErpRecordBuilder(rest, builder, mapping, mappers)
    return {
        ErpLegalEntity: Kind(
            model=COMPANY,
            row=CompanyRow,
            build=looked.build_legal_entities,
            reference=match_field("party.code"),
            stamps=STAMPS,
        ),
        ErpCustomer: Kind(
            model=PARTY,
            row=DebtorRow,
            build=build_each(mappers[ErpCustomer], builder.build_customer),
            domain=build_customer_domain(mapping),
            reference=match_field("code"),
            stamps=("last_modified_at", "addresses.last_modified_at"),
        ),
        ErpJob: Kind(
            model=WORK,
            row=WorkRow,
            build=build_each(mappers[ErpJob], builder.build_job),
            domain=PROJECTS,
            reference=match_field("number"),
        ),
        ErpEmployee: Kind(
            model=EMPLOYEE,
            row=EmployeeRow,
            build=build_each(mappers[ErpEmployee], builder.build_employee),
            reference=match_field("party.code"),
            stamps=STAMPS,
        ),
        ErpInvoice: Kind(
            model=INVOICE,
            row=InvoiceRow,
            build=looked.build_invoices,
            domain=TO_CUSTOMERS,
            reference=match_field("number"),
        ),
        ErpInvoiceLine: Kind(
            model=INVOICE_LINE,
            row=InvoiceLineRow,
            build=looked.build_invoice_lines,
            domain=(["invoice.type", "=", "out"], ["type", "=", "line"]),
        ),
        ErpTimePosting: Kind(
            model=LINE,
            row=PostingRow,
            build=looked.build_postings,
            domain=TIME,
            reference=match_bracketed_reference if mapping.bracketed_references else None,
        ),
    }


class ErpRecordBuilder:
    """Builds records that need more than their own rows. The cost of a method does not depend on the number of rows."""

    def __init__(
        self,
        rest: RestClient,
        builder: LedgerBuilder,
        mapping: TrytonMapping,
        mappers: Mapping[type[Any], RecordMapper[Any]],
    ) -> None:
        self._rest = rest
        self._builder = builder
        self._mapping = mapping
        self._mappers = mappers

    async def build_legal_entities(self, rows: Sequence[CompanyRow]) -> Sequence[ErpLegalEntity]:
        """Build legal entities with their periods: one more call per 500 periods."""
        with collect_unreadable() as lost:
            periods = await self._read_periods({row.id for row in rows})

        def build(row: CompanyRow) -> ErpLegalEntity:
            _note_lost(lost, "periods", "fiscal_year_start_month")
            return self._builder.build_legal_entity(row, () if lost else periods.get(row.id, ()))

        return self._mappers[ErpLegalEntity].map_rows(rows, build)

    async def build_invoices(self, rows: Sequence[InvoiceRow]) -> Sequence[ErpInvoice]:
        """Build invoices: one call for their jobs, one for the invoices that credit notes correct."""
        with collect_unreadable() as lost_jobs:
            jobs = await self._find_jobs(row.description for row in rows)
        with collect_unreadable() as lost_lines:
            corrected = await self._find_invoices(line for row in rows if (line := find_corrected_line(row)))

        def build(row: InvoiceRow) -> ErpInvoice:
            number, line = parse_project_number(row.description) or "", find_corrected_line(row) or ""
            _note_lost(lost_jobs if number and number not in jobs else (), "job_ids")
            _note_lost(lost_lines if line and line not in corrected else (), "corrects_id")
            return self._builder.build_invoice(row, jobs.get(number), corrected.get(line))

        return self._mappers[ErpInvoice].map_rows(rows, build)

    async def build_invoice_lines(self, rows: Sequence[InvoiceLineRow]) -> Sequence[ErpInvoiceLine]:
        """Build lines: one call for their jobs."""
        with collect_unreadable() as lost:
            jobs = await self._find_jobs(row.invoice.description for row in rows)

        def build(row: InvoiceLineRow) -> ErpInvoiceLine:
            number = parse_project_number(row.invoice.description) or ""
            _note_lost(lost if number and number not in jobs else (), "job_id")
            return self._builder.build_invoice_line(row, jobs.get(number))

        return self._mappers[ErpInvoiceLine].map_rows(rows, build)

    async def build_postings(self, rows: Sequence[PostingRow]) -> Sequence[ErpTimePosting]:
        """Build time postings: one call for the works, one per 500 periods."""
        works = await read_works(self._rest, rows)
        with collect_unreadable() as lost:
            periods = await self._read_periods({row.company.id for row in rows})

        def build(row: PostingRow) -> ErpTimePosting:
            day = row.date.to_date()
            known = periods.get(row.company.id, ())
            within = next((one for one in known if one.start_date.to_date() <= day <= one.end_date.to_date()), None)
            _note_lost(() if within else lost, "period")
            return self._builder.build_posting(row, find_work(works, row), within)

        return self._mappers[ErpTimePosting].map_rows(rows, build)

    async def _find_jobs(self, descriptions: Iterable[str | None]) -> Mapping[str, str]:
        """Return project ids by the number at the start of each description."""
        if not self._mapping.project_in_description:
            return {}
        numbers = sorted({number for text in descriptions if (number := parse_project_number(text))})
        domain = (*PROJECTS, ["number", "in", numbers])
        found = await self._rest.search_all(WORK, NumberedRow, domain) if numbers else []
        return {row.number: str(row.id) for row in found}

    async def _find_invoices(self, lines: Iterable[str]) -> Mapping[str, str]:
        """Return the invoice of each line."""
        found = await self._read_by_ids(INVOICE_LINE, LineOfRow, lines)
        return {str(row.id): str(row.invoice) for row in found if row.invoice is not None}

    async def _read_periods(self, companies: Iterable[int]) -> Mapping[int, Sequence[PeriodRow]]:
        """Return the periods of companies, oldest first, without adjustment periods."""
        wanted = sorted(set(companies))
        if not wanted:
            return {}
        domain = (["fiscalyear.company", "in", wanted], ["type", "=", "standard"])
        by_company: dict[int, list[PeriodRow]] = {company: [] for company in wanted}
        for row in await self._rest.search_all(PERIOD, PeriodRow, domain):
            if row.is_readable() and row.fiscalyear.company in by_company:
                by_company[row.fiscalyear.company].append(row)
        return {company: sorted(rows, key=lambda row: row.start_date.to_date()) for company, rows in by_company.items()}

    async def _read_by_ids(self, model: str, row: type[RowT], ids: Iterable[str]) -> Sequence[RowT]:
        wanted = sorted(set(ids) - {""})
        return await self._rest.search_all(model, row, (match_ids("id", wanted),)) if wanted else []


def match_references(references: Sequence[str], mapping: TrytonMapping) -> Any:
    """Return a condition on time entries by external reference: in brackets in the description, or the id."""
    if not mapping.bracketed_references:
        return match_ids("id", references)
    return match_any(match_bracketed_reference(reference)[0] for reference in references)


def _note_lost(lost: Sequence[UnreadableRecord], *attributes: str) -> None:
    """Mark attributes of the record that is being built if a record that they need could not be read."""
    for attribute in attributes if lost else ():
        note_unreadable(attribute, lost[0].object, lost[0].field or "id")

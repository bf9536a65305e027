"""Random time entries, expenses and bookings survive the twin's encoding and the adapter's decoding."""

from dataclasses import replace

import msgspec
from hypothesis import given

from gateway.canonical.values import Money
from subgraphs.kit.conformance import read_sandbox_mapping
from subgraphs.kit.decoding import decode
from subgraphs.kit.mapping_file import read_strictly
from subgraphs.kit.twin.table_store import TableStore
from subgraphs.psa.productive import wire
from subgraphs.psa.productive.client import Listing
from subgraphs.psa.productive.fields import build_directory
from subgraphs.psa.productive.mapping import ProductiveMapping
from subgraphs.psa.productive.records import RecordBuilder
from subgraphs.psa.productive.twin.resources import TYPES
from subgraphs.psa.productive.twin.rows import RowWriter
from subgraphs.psa.productive.twin.seed import Seed
from subgraphs.psa.productive.twin.service import QueryService
from subgraphs.psa.productive.twin.settings import TwinSettings
from subgraphs.sandbox.firm.model import Project
from subgraphs.sandbox.firm.small import FIRM
from tests.fixtures.random_projects import projects

BUILDER = RecordBuilder("psa", read_strictly(read_sandbox_mapping("productive"), ProductiveMapping, "mapping"))
APPROVALS = {"APPROVED": "approved", "SUBMITTED": "submitted", "REJECTED": "rejected", "DRAFT": "unapproved"}


def read_listing(project: Project, resource: str, include: str) -> Listing:
    """Serve one project and read a list of it, through JSON."""
    tables = TableStore(TYPES)
    Seed(RowWriter(tables), replace(FIRM, projects=(project,))).run()
    query = {"page[size]": "200", "include": include, "page[number]": "1"}
    if resource == "bookings":
        query["filter[with_draft]"] = "true"
    body = QueryService(tables, TwinSettings(token="token")).list_resources(
        resource, query, "https://api.productive.io"
    )
    listing = Listing()
    listing.add(decode(msgspec.json.encode(body), wire.Document))
    return listing


@given(projects(("APPROVED", "REJECTED", "DRAFT"), taxed=True))
def test_time_entries_equal_those_of_the_firm(project: Project) -> None:
    listing = read_listing(project, "time_entries", "person,task,service.deal.project")

    built = [BUILDER.build_time_entry(row, listing) for row in listing.parse_rows(wire.TimeEntryRow)]

    records = [record for record in built if record is not None]
    (booked,) = project.assignments
    assert [(each.work_date, each.hours, each.billable, each.note, each.approval) for each in records] == [
        (entry.day, entry.hours, entry.billable, entry.note, APPROVALS[entry.approval])
        for entry in project.time_entries
    ]
    for record, entry in zip(records, project.time_entries, strict=True):
        assert record.bill_rate == (Money(booked.bill_rate, project.currency) if entry.billable else None)
        unbilled = "uninvoiced" if entry.billable else "non_billable"
        assert record.billing == ("invoiced" if entry.invoice_line else unbilled)


@given(projects(("APPROVED", "REJECTED", "DRAFT"), taxed=True))
def test_expenses_keep_the_exact_amount(project: Project) -> None:
    listing = read_listing(project, "expenses", "person,service_type,service.deal.project")
    fields = build_directory(read_listing(project, "custom_fields", "options"))

    built = [BUILDER.build_expense(row, listing, fields) for row in listing.parse_rows(wire.ExpenseRow)]

    records = [record for record in built if record is not None]
    assert [
        (each.incurred_on, each.category, each.amount, each.tax, each.billable, each.reimbursable, each.approval)
        for each in records
    ] == [
        (
            each.day,
            each.category,
            Money(each.amount, each.currency),
            Money(each.tax, each.currency),
            each.billable,
            each.reimbursable,
            APPROVALS[each.approval],
        )
        for each in project.expenses
    ]
    assert [str(record.amount.amount) for record in records] == [str(each.amount) for each in project.expenses]
    assert [record.references for record in records] == [(("Expense number", each.code),) for each in project.expenses]


@given(projects(("APPROVED", "REJECTED", "DRAFT"), taxed=True))
def test_bookings_keep_their_rate(project: Project) -> None:
    listing = read_listing(project, "bookings", "person,task,resource_request,service.deal.project")
    (booked,) = project.assignments

    built = [BUILDER.build_assignment(row, listing) for row in listing.parse_rows(wire.BookingRow)]

    # The list also has an absence, which becomes no record.
    (record,) = [each for each in built if each is not None]
    assert (record.planned_hours, record.role_name) == (booked.planned_hours, booked.role)
    assert record.booking == {"HARD": "confirmed", "SOFT": "tentative"}[booked.booking]
    assert record.bill_rate == Money(booked.bill_rate, project.currency)

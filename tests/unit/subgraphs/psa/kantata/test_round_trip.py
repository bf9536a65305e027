"""Random time entries, expenses and bookings survive the twin's encoding and the adapter's decoding."""

import tomllib
from dataclasses import replace
from importlib.resources import files

import msgspec
from hypothesis import given

from gateway.canonical.values import Money
from subgraphs.kit.mapping_file import read_strictly
from subgraphs.kit.twin.table_store import TableStore
from subgraphs.psa.kantata import wire
from subgraphs.psa.kantata.client import Listing, Page
from subgraphs.psa.kantata.mapping import KantataMapping
from subgraphs.psa.kantata.records import RecordBuilder
from subgraphs.psa.kantata.twin.seed import Seed
from subgraphs.psa.kantata.twin.service import QueryService
from subgraphs.psa.kantata.twin.settings import TwinSettings
from subgraphs.psa.kantata.twin.tables import RESOURCES
from subgraphs.sandbox.firm.model import Project
from subgraphs.sandbox.firm.small import FIRM
from tests.fixtures.random_projects import projects

MAPPING = read_strictly(
    tomllib.loads((files("subgraphs.sandbox") / "mappings" / "kantata.toml").read_text(encoding="utf-8")),
    KantataMapping,
    "mapping",
)
BUILDER = RecordBuilder("psa", MAPPING)
APPROVALS = {"APPROVED": "approved", "SUBMITTED": "pending", "REJECTED": "rejected", "DRAFT": "not_submitted"}


def read_listing(project: Project, resource: str, include: str, **query: str) -> Listing:
    """Serve one project and read a resource of it, through JSON."""
    tables = TableStore(RESOURCES)
    Seed(tables, replace(FIRM, projects=(project,))).run()
    service = QueryService(tables, TwinSettings(token="token"))
    parameters = {"per_page": "200", "include": include, **query}
    body = msgspec.json.decode(msgspec.json.encode(service.list_records(resource, parameters)))
    listing = Listing(resource)
    results = msgspec.convert(body.pop("results"), tuple[wire.Result, ...])
    records = {name: table for name, table in body.items() if name not in {"count", "meta"}}
    listing.ids = listing.add_page(Page(body["count"], results, records, None))
    return listing


INCLUDE = "workspace,user,story,active_submission,external_references"


@given(projects())
def test_time_entries_equal_those_of_the_firm(project: Project) -> None:
    listing = read_listing(project, "time_entries", INCLUDE)

    records = [BUILDER.build_time_entry(row, listing.tables) for row in listing.parse_rows(wire.TimeEntryRow)]

    (booked,) = project.assignments
    assert [
        (record.work_date, record.hours, record.billable, record.note, record.references[0][1], record.approval)
        for record in records
    ] == [
        (entry.day, entry.hours, entry.billable, entry.note, entry.code, APPROVALS[entry.approval])
        for entry in project.time_entries
    ]
    for record, entry in zip(records, project.time_entries, strict=True):
        assert record.bill_rate == (Money(booked.bill_rate, project.currency) if entry.billable else None)
        unbilled = "uninvoiced" if entry.billable else "non_billable"
        assert record.billing == ("invoiced" if entry.invoice_line else unbilled)


@given(projects())
def test_expenses_keep_the_exact_amount(project: Project) -> None:
    listing = read_listing(project, "expenses", INCLUDE)

    records = [BUILDER.build_expense(row, listing.tables) for row in listing.parse_rows(wire.ExpenseRow)]

    assert [
        (record.incurred_on, record.category, record.amount, record.billable, record.reimbursable, record.approval)
        for record in records
    ] == [
        (
            each.day,
            each.category,
            Money(each.amount, each.currency),
            each.billable,
            each.reimbursable,
            APPROVALS[each.approval],
        )
        for each in project.expenses
    ]
    assert [str(record.amount.amount) for record in records] == [str(each.amount) for each in project.expenses]


@given(projects())
def test_bookings_keep_their_rate(project: Project) -> None:
    allocations = read_listing(project, "workspace_allocations", "workspace,workspace_resource")
    resources = read_listing(project, "workspace_resources", "user", optional_fields="resource_bill_rate")
    (booked,) = project.assignments

    (resource,) = resources.parse_rows(wire.ResourceRow)
    rows = allocations.parse_rows(wire.AllocationRow)
    (record,) = [BUILDER.build_assignment(row, resource, allocations.tables, ()) for row in rows]

    assert (record.planned_hours, record.role_name, record.booking) == (
        booked.planned_hours,
        booked.role,
        booked.booking.lower(),
    )
    assert record.bill_rate == Money(booked.bill_rate, project.currency)

"""Random time, expenses and bookings go through the twin's encodings and come back equal."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from gateway.canonical.values import Money, minor_units
from subgraphs.kit.conformance import mapping_of
from subgraphs.kit.decode import decode
from subgraphs.kit.mapping_file import read_strictly
from subgraphs.kit.tables import Tables
from subgraphs.psa.productive import wire
from subgraphs.psa.productive.client import Listing
from subgraphs.psa.productive.fields import directory_of
from subgraphs.psa.productive.mapping import ProductiveMapping
from subgraphs.psa.productive.records import RecordBuilder
from subgraphs.psa.productive.twin.resources import TYPES
from subgraphs.psa.productive.twin.seed import Seed
from subgraphs.psa.productive.twin.service import Service
from subgraphs.psa.productive.twin.settings import TwinSettings
from subgraphs.sandbox.firm.model import Assignment, Expense, Project, TimeEntry
from subgraphs.sandbox.firm.small import FIRM

BUILDER = RecordBuilder("psa", read_strictly(mapping_of("productive"), ProductiveMapping, "mapping"))
APPROVALS = {"APPROVED": "approved", "SUBMITTED": "submitted", "REJECTED": "rejected", "DRAFT": "unapproved"}

words = st.text(st.characters(categories=["L", "N", "P", "S"]), min_size=1, max_size=20)
days = st.dates(date(2020, 1, 1), date(2030, 12, 31))
quarters = st.integers(1, 96).map(lambda quarter: Decimal(quarter) / 4)
currencies = st.sampled_from(["USD", "EUR", "JPY"])


def amounts(currency: str) -> st.SearchStrategy[Decimal]:
    return st.integers(1, 10**7).map(lambda units: Decimal(units).scaleb(-minor_units(currency)))


@st.composite
def projects(draw: st.DrawFn) -> Project:
    currency = draw(currencies)
    model = FIRM.projects[0]
    task = model.tasks[0]
    entry = st.builds(
        TimeEntry,
        code=words,
        worker=st.just("W-1001"),
        task=st.just(task.code),
        day=days,
        hours=quarters,
        billable=st.booleans(),
        approval=st.sampled_from(sorted(APPROVALS)),
        note=words,
        invoice_line=st.none() | st.just("L-1"),
    )
    expense = st.builds(
        Expense,
        code=words,
        worker=st.just("W-1002"),
        category=words,
        day=days,
        amount=amounts(currency),
        tax=amounts(currency),
        currency=st.just(currency),
        approval=st.sampled_from(["APPROVED", "REJECTED", "DRAFT"]),
        billable=st.booleans(),
        reimbursable=st.booleans(),
    )
    booked = Assignment(
        code="A-1",
        worker="W-1001",
        task=task.code,
        role=draw(words),
        start=date(2026, 1, 1),
        end=date(2026, 12, 31),
        planned_hours=draw(quarters),
        bill_rate=draw(amounts(currency)),
        booking=draw(st.sampled_from(["HARD", "SOFT"])),
    )
    return replace(
        model,
        currency=currency,
        tasks=(task,),
        assignments=(booked,),
        time_entries=tuple(draw(st.lists(entry, max_size=3))),
        expenses=tuple(draw(st.lists(expense, max_size=3))),
    )


def listed(project: Project, resource: str, include: str) -> Listing:
    """Serve one project and read a list of it, through JSON."""
    tables = Tables(TYPES)
    Seed(tables, replace(FIRM, projects=(project,))).run()
    query = {"page[size]": "200", "include": include, "page[number]": "1"}
    if resource == "bookings":
        query["filter[with_draft]"] = "true"
    body = Service(tables, TwinSettings(token="token")).listed(resource, query, "https://api.productive.io")
    listing = Listing()
    listing.add(decode(msgspec.json.encode(body), wire.Document))
    return listing


@given(projects())
def test_time_comes_back_as_the_firm_knows_it(project: Project) -> None:
    listing = listed(project, "time_entries", "person,task,service.deal.project")

    built = [BUILDER.time_entry(row, listing) for row in listing.rows(wire.TimeEntryRow)]

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


@given(projects())
def test_expenses_come_back_to_the_unit(project: Project) -> None:
    listing = listed(project, "expenses", "person,service_type,service.deal.project")
    fields = directory_of(listed(project, "custom_fields", "options"))

    built = [BUILDER.expense(row, listing, fields) for row in listing.rows(wire.ExpenseRow)]

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


@given(projects())
def test_bookings_come_back_with_their_rate(project: Project) -> None:
    listing = listed(project, "bookings", "person,task,resource_request,service.deal.project")
    (booked,) = project.assignments

    built = [BUILDER.assignment(row, listing) for row in listing.rows(wire.BookingRow)]

    # Somebody's absence is in the list, and is none.
    (record,) = [each for each in built if each is not None]
    assert (record.planned_hours, record.role_name) == (booked.planned_hours, booked.role)
    assert record.booking == {"HARD": "confirmed", "SOFT": "tentative"}[booked.booking]
    assert record.bill_rate == Money(booked.bill_rate, project.currency)

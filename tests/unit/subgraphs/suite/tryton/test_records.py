"""Records are built exactly, and tagged values are decoded strictly."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from gateway.canonical.values import Money
from gateway.errors import SourceError
from subgraphs.kit.decoding import decode
from subgraphs.suite.tryton.records import RecordBuilder
from subgraphs.suite.tryton.wire import EmployeeRow, LineRow, Span, WorkRow, list_fields

BUILDER = RecordBuilder("psa", bracketed=True)
MOMENT = {
    "__class__": "datetime",
    "year": 2026,
    "month": 11,
    "day": 24,
    "hour": 10,
    "minute": 48,
    "second": 9,
    "microsecond": 344958,
}
COMPANY = {"id": 3, "party": {"id": 3, "code": "NL01"}, "currency": {"id": 1, "code": "EUR"}}


def build_work(**changes: Any) -> WorkRow:
    row = {
        "id": 17,
        "last_modified_at": MOMENT,
        "name": "Solver",
        "number": "WRK-7",
        "comment": None,
        "path": "5/12/17/",
        "parent": 12,
        "party": None,
        "status": {"id": 1, "name": "Open"},
        "company": COMPANY,
        "progress": None,
        "list_price": {"__class__": "Decimal", "decimal": "120.00"},
        "effort_duration": {"__class__": "timedelta", "seconds": 1512000.0},
        "timesheet_duration": {"__class__": "timedelta", "seconds": 1200.0},
        "timesheet_start_date": None,
        "timesheet_end_date": None,
    }
    return decode(msgspec.json.encode({**row, **changes}), WorkRow)


def build_line(description: str | None, **changes: Any) -> LineRow:
    row = {
        "id": 9,
        "last_modified_at": MOMENT,
        "employee": 7,
        "work": {"id": 20, "origin": "project.work,17"},
        "date": {"__class__": "date", "year": 2026, "month": 10, "day": 15},
        "duration": {"__class__": "timedelta", "seconds": 27000.0},
        "description": description,
        "invoice_line": None,
    }
    return decode(msgspec.json.encode({**row, **changes}), LineRow)


def test_a_task_belongs_to_the_topmost_work_and_has_its_parent() -> None:
    task = BUILDER.build_task(build_work())

    assert (task.project_id, task.parent_id) == ("5", "12")
    assert (task.estimated_hours, task.actual_hours) == (Decimal(420), Decimal("0.3333333333"))
    assert task.billable
    assert task.modified_at == datetime(2026, 11, 24, 10, 48, 9, 344958, tzinfo=UTC)


def test_a_task_below_the_project_has_no_parent_and_without_price_is_not_billable() -> None:
    task = BUILDER.build_task(build_work(path="5/17/", parent=5, list_price=None))

    assert (task.project_id, task.parent_id, task.billable) == ("5", None, False)


def test_a_time_entry_has_date_hours_and_price_in_company_currency() -> None:
    entry = BUILDER.build_time_entry(build_line("[T-70041] Tours"), build_work())

    assert (entry.project_id, entry.task_id, entry.user_id) == ("5", "17", "7")
    assert (entry.work_date, entry.hours) == (date(2026, 10, 15), Decimal("7.5"))
    assert entry.bill_rate == Money(Decimal("120.00"), "EUR")
    assert (entry.note, entry.references) == ("Tours", (("description", "T-70041"),))
    assert entry.billing == "open"
    assert BUILDER.build_time_entry(build_line(None, invoice_line=4), build_work()).billing == "invoiced"
    assert BUILDER.build_time_entry(build_line(None), build_work(list_price=None)).billing == "unpriced"


@pytest.mark.parametrize(
    ("description", "reference", "note"),
    [
        (None, None, None),
        ("Tours", None, "Tours"),
        ("[T-1]", "T-1", None),
        ("[T-1 Tours", None, "[T-1 Tours"),
        ("[] Tours", None, "[] Tours"),
        ("Tours [T-1]", None, "Tours [T-1]"),
    ],
)
def test_only_a_bracket_at_the_start_is_a_reference(
    description: str | None, reference: str | None, note: str | None
) -> None:
    entry = BUILDER.build_time_entry(build_line(description), build_work())

    assert (dict(entry.references).get("description"), entry.note) == (reference, note)


def test_brackets_stay_in_the_note_without_the_option() -> None:
    entry = RecordBuilder("psa", bracketed=False).build_time_entry(build_line("[T-1] Tours"), build_work())

    assert (entry.references, entry.note) == ((), "[T-1] Tours")


def test_time_booked_on_the_project_has_no_task() -> None:
    top = build_work(id=5, path="5/", parent=None)

    assert BUILDER.build_time_entry(build_line("x", work={"id": 1, "origin": "project.work,5"}), top).task_id is None


@pytest.mark.parametrize(("seconds", "hours"), [("28800.0", "8"), ("360000.0", "100"), ("0", "0"), ("900.0", "0.25")])
def test_timedeltas_are_hours_without_trailing_zeros(seconds: str, hours: str) -> None:
    assert str(Span(seconds=Decimal(seconds)).to_hours()) == hours


def test_an_untagged_decimal_breaks_the_contract() -> None:
    with pytest.raises(SourceError, match=r"list_price") as refused:
        build_work(list_price=120.5)

    assert "120.5" not in str(refused.value)


def test_a_row_requests_the_fields_of_related_records() -> None:
    assert set(list_fields(EmployeeRow)) >= {"company.party.code", "company.currency.code", "party.email", "supervisor"}
    assert len(list_fields(LineRow)) == 8

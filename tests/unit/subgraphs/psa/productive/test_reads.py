"""The exact records that the adapter reads, and the number of its calls."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from gateway.canonical.page import Page
from gateway.canonical.records.base import DimensionTag
from gateway.canonical.records.psa import PsaClient, PsaExpense, PsaProject, PsaTimeEntry, PsaUser
from gateway.canonical.values import DateRange, Money
from gateway.errors import BadInputError
from gateway.ports.base import PageRequest
from gateway.ports.unreadable import collect_unreadable
from gateway.ports.where import AssignmentWhere, DemandWhere, ExpenseWhere, TaskWhere, TimeWhere
from subgraphs.kit.conformance import read_sandbox_mapping
from subgraphs.psa.productive.twin.seed import add_time
from subgraphs.sandbox.firm.small import FIRM
from tests.fixtures.firms import build_busy_firm, build_firm_with_leavers
from tests.unit.subgraphs.psa.productive.conftest import Open

YEN = "7"


async def test_a_project_is_read_with_its_budgets_and_members(opened: Open) -> None:
    organization = await opened()

    project = (await organization.port.get_projects([YEN]))[YEN]

    assert (project.code, project.name, project.status) == ("PRJ-1007", "Fuji quality analytics", "Active")
    assert (project.type, project.currency, project.legal_entity, project.service_line) == (
        "client",
        "JPY",
        "3",
        "DATA",
    )
    assert (project.start_date, project.end_date) == (FIRM.projects[6].start, FIRM.projects[6].end)
    assert (project.contract_number, project.opportunity_reference) == ("CT-4007", "O-3007")
    assert project.dimensions == (DimensionTag("COST_CENTER", "CC-300"), DimensionTag("SERVICE_LINE", "DATA"))
    assert (project.client_id, project.manager_id, project.member_ids) == ("7", "6", ("6", "8"))
    assert await organization.count_calls() == {"projects": 1, "custom_fields": 1, "deals": 1, "memberships": 1}


async def test_an_open_deal_does_not_affect_its_projects_dates_and_currency(opened: Open) -> None:
    """The first project has an open deal in francs, from 2020 to 2039."""
    organization = await opened()

    project = (await organization.port.get_projects(["1"]))["1"]

    assert (project.start_date, project.end_date) == (FIRM.projects[0].start, FIRM.projects[0].end)
    assert (project.currency, project.actual_end_date) == ("USD", None)


async def test_custom_fields_are_cached_between_reads(opened: Open) -> None:
    organization = await opened()

    await organization.port.get_users(["1"])
    await organization.port.get_users(["2"])
    await organization.port.get_projects(["1"])

    assert await organization.count_calls() == {
        "people": 2,
        "custom_fields": 1,
        "projects": 1,
        "deals": 1,
        "memberships": 1,
    }


async def test_without_mapped_fields_none_are_read_and_productives_own_values_are_used(opened: Open) -> None:
    organization = await opened(mapping={"decimals": {"JPY": 0}})

    project = (await organization.port.get_projects(["8"]))["8"]
    user = (await organization.port.get_users(["1"]))["1"]

    assert (project.code, project.status, project.type, project.references) == ("8", "archived", "client", ())
    assert (project.dimensions, project.contract_number) == (None, None)
    assert (user.name, user.worker_number) == ("Alice Hartmann", None)
    assert "custom_fields" not in await organization.count_calls()


async def test_a_contact_of_a_client_is_no_user(opened: Open) -> None:
    organization = await opened()
    contact = str(len(FIRM.workers) + 1)

    assert (await organization.get(f"people/{contact}")).json()["data"]["attributes"]["last_name"] == "Marsh"
    assert await organization.port.get_users([contact]) == {}


async def test_a_user_who_left_is_read_as_inactive(opened: Open) -> None:
    organization = await opened(build_firm_with_leavers())

    people = await organization.port.get_users(["1", "2", "3"])

    assert [people[each].active for each in ("1", "2", "3")] == [True, False, True]


async def test_cents_become_money_by_the_mapping_files_decimals(opened: Open) -> None:
    """The yen has no cents: 18000 are 18000 yen; "25000.0" cents are 250 dollars."""
    organization = await opened()

    yen = (await organization.port.list_time_entries_by_project([YEN], TimeWhere(), PageRequest(1)))[YEN].rows[0]
    dollars = (await organization.port.list_time_entries_by_project(["1"], TimeWhere(), PageRequest(1)))["1"].rows[0]

    assert yen.bill_rate == Money(Decimal(18000), "JPY")
    assert str(yen.bill_rate.amount) == "18000"
    assert str(dollars.bill_rate.amount) == "250.00"


async def test_an_amount_in_a_currency_of_unknown_decimals_is_an_error(opened: Open) -> None:
    mapping = {name: value for name, value in read_sandbox_mapping("productive").items() if name != "decimals"}
    organization = await opened(mapping=mapping)

    with collect_unreadable() as lost:
        found = await organization.port.get_expenses(["3"])

    assert found == {}
    assert [(each.object, each.id, each.field) for each in lost] == [("expenses", "3", "currency")]


async def test_minutes_become_hours_and_flags_become_approvals(opened: Open) -> None:
    organization = await opened()

    page = (await organization.port.list_time_entries_by_project(["1"], TimeWhere(), PageRequest(50)))["1"]

    assert [(entry.hours, entry.approval, entry.billing, entry.billable) for entry in page.rows] == [
        (Decimal("6.5"), "approved", "invoiced", True),
        (Decimal(8), "approved", "invoiced", True),
        (Decimal("7.25"), "approved", "invoiced", True),
        (Decimal(4), "approved", "uninvoiced", True),
        (Decimal(8), "approved", "uninvoiced", True),
        (Decimal("7.5"), "submitted", "uninvoiced", True),
        (Decimal("1.25"), "approved", "non_billable", False),
    ]


async def test_an_expense_has_its_tax_and_category(opened: Open) -> None:
    organization = await opened()

    expense = (await organization.port.get_expenses(["2"]))["2"]

    assert (expense.category, expense.amount, expense.tax) == (
        "Travel",
        Money(Decimal("89.90"), "EUR"),
        Money(Decimal("8.09"), "EUR"),
    )
    assert (expense.approval, expense.billable, expense.reimbursable) == ("approved", True, True)
    assert expense.references == (("Expense number", "E-6002"),)


@pytest.mark.parametrize(("count", "calls"), [(1, 1), (200, 1), (201, 2), (450, 3)])
async def test_reads_by_id_cost_one_call_per_200_ids(opened: Open, count: int, calls: int) -> None:
    organization = await opened(build_busy_firm(450))

    found = await organization.port.get_time_entries([str(number) for number in range(1, count + 1)])

    assert len(found) == count
    assert await organization.count_calls() == {"time_entries": calls}


@pytest.mark.parametrize(
    ("rows", "first", "calls"), [(0, 5, 1), (200, 5, 1), (201, 5, 1), (450, 300, 2), (450, 450, 3)]
)
async def test_a_page_of_time_costs_one_call_per_200_entries_read(
    opened: Open, rows: int, first: int, calls: int
) -> None:
    organization = await opened(build_busy_firm(rows))

    page = (await organization.port.list_time_entries_by_project(["1"], TimeWhere(), PageRequest(first)))["1"]

    assert len(page.rows) == min(rows, first)
    places = [(row.work_date, int(row.native.id)) for row in page.rows]
    assert places == sorted(places)
    assert page.has_next is (rows > first)
    assert await organization.count_calls() == {"time_entries": calls}


async def test_a_day_that_fills_a_page_is_read_completely_before_the_next(opened: Open) -> None:
    """Entries of one day come in any order: unread ones may precede those that were read."""
    project = FIRM.projects[0]
    (first, *_) = project.time_entries
    crowd = tuple(replace(first, note=f"N-{number}", day=date(2026, 5, 4)) for number in range(450))
    later = replace(first, note="N-LAST", day=date(2026, 5, 5))
    firm = replace(FIRM, projects=(replace(project, time_entries=(*crowd, later)), *FIRM.projects[1:]))
    organization = await opened(firm)

    pages: list[Page[PsaTimeEntry]] = []
    after = None
    while after is not None or not pages:
        asked = PageRequest(100, after)
        pages.append((await organization.port.list_time_entries_by_project(["1"], TimeWhere(), asked))["1"])
        after = pages[-1].cursors[-1] if pages[-1].has_next else None

    assert [row.note for page in pages for row in page.rows] == [entry.note for entry in (*crowd, later)]


async def test_much_time_without_a_project_hides_no_other_time(opened: Open) -> None:
    """400 entries without a project fill two vendor pages without a record; the last day of each is read completely."""
    organization = await opened()
    service = next(
        each["id"]
        for each in (await organization.get("services", **{"page[size]": 200})).json()["data"]
        if each["attributes"]["name"] == "Interviews"
    )
    for number in range(400):
        add_time(organization.rows, "1", service, date(2026, 1, 1) + timedelta(days=number % 100))

    page = (await organization.port.list_time_entries_by_user(["1"], TimeWhere(), PageRequest(100)))["1"]

    mine = sorted(
        (entry.day, entry.hours)
        for project in FIRM.projects
        for entry in project.time_entries
        if entry.worker == "W-1001"
    )
    assert [(row.work_date, row.hours) for row in page.rows] == mine
    assert await organization.count_calls() == {"services": 1, "time_entries": 5}


@pytest.mark.parametrize(("expenses", "calls"), [(0, 1), (200, 1), (201, 2), (401, 3)])
async def test_a_complete_list_costs_one_call_per_200_rows(opened: Open, expenses: int, calls: int) -> None:
    project = FIRM.projects[0]
    more = tuple(replace(project.expenses[0], code=f"E-{number}") for number in range(expenses))
    organization = await opened(replace(FIRM, projects=(replace(project, expenses=more), *FIRM.projects[1:])))

    page = (await organization.port.list_expenses_by_project(["1"], ExpenseWhere(), PageRequest(500)))["1"]

    assert len(page.rows) == expenses
    assert (await organization.count_calls())["expenses"] == calls


async def test_assignments_and_their_services_cost_one_call(opened: Open) -> None:
    organization = await opened()

    page = (await organization.port.list_assignments_by_project(["1"], AssignmentWhere(), PageRequest(10)))["1"]

    assert [(row.user_id, row.task_id, row.role_name, row.planned_hours, row.bill_rate) for row in page.rows] == [
        ("1", "1", "Engagement lead", Decimal(120), Money(Decimal("250.00"), "USD")),
        ("2", "2", "Consultant", Decimal(480), Money(Decimal("185.00"), "USD")),
    ]
    assert await organization.count_calls() == {"bookings": 1}


async def test_a_tentative_booking_is_read_and_an_absence_is_not(opened: Open) -> None:
    """Lists hide tentative bookings by default; the first person is absent at the end of the year."""
    project = FIRM.projects[0]
    soft = tuple(replace(booked, booking="SOFT") for booked in project.assignments)
    organization = await opened(replace(FIRM, projects=(replace(project, assignments=soft), *FIRM.projects[1:])))
    bare = (await organization.get("bookings", **{"filter[project_id]": "1"})).json()

    mine = (await organization.port.list_assignments_by_user(["1"], AssignmentWhere(), PageRequest(10)))["1"]
    year = DateRange(date(2026, 12, 1), date(2026, 12, 31))
    held = await organization.port.list_bookings_by_user(["1"], year)

    assert bare["data"] == []
    assert [row.booking for row in mine.rows] == ["tentative"]
    assert [(each.project_id, each.hours, each.booking) for each in held["1"]] == [("1", Decimal(120), "tentative")]


@pytest.mark.parametrize(
    ("values", "hours"),
    [
        ({"time": 240, "total_time": 1200, "total_working_days": 5}, [Decimal(20)]),
        ({"time": 90, "total_time": None, "total_working_days": 3}, [Decimal("4.5")]),
        ({"time": 240, "total_time": 1200, "total_working_days": 5, "canceled": True}, []),
    ],
)
async def test_a_bookings_hours_cover_all_days_and_a_canceled_one_is_omitted(
    opened: Open, values: dict[str, Any], hours: list[Decimal]
) -> None:
    organization = await opened()
    sold = (await organization.get("bookings/1", include="service")).json()["included"][0]["id"]
    days = {"started_on": "2031-03-03", "ended_on": "2031-03-07", "percentage": None, "draft": False, "canceled": False}
    links = {"person": "1", "service": sold}
    organization.rows.add("bookings", {**days, **values}, links, {"project_id": "1", "person_id": "1"})

    held = await organization.port.list_bookings_by_user(["1"], DateRange(date(2031, 3, 1), date(2031, 3, 31)))

    assert [booking.hours for booking in held.get("1", ())] == hours


async def test_bookings_are_those_that_overlap_the_range(opened: Open) -> None:
    organization = await opened()

    assert await organization.port.list_bookings_by_user(["1"], DateRange(date(2020, 1, 1), date(2020, 12, 31))) == {}


async def test_demands_are_found_by_their_projects_services(opened: Open) -> None:
    organization = await opened()

    pages = await organization.port.list_demands_by_project(["1", "2", "9"], DemandWhere(), PageRequest(10))

    found = {parent: [(row.role_name, row.hours, row.status) for row in page.rows] for parent, page in pages.items()}
    assert found == {
        "1": [("Change manager", Decimal(60), "pending")],
        "2": [],
        "9": [("Cloud architect", Decimal(300), "pending")],
    }
    assert await organization.count_calls() == {"services": 1, "resource_requests": 1}


async def test_a_task_is_either_a_milestone_or_a_task(opened: Open) -> None:
    organization = await opened()

    tasks = (await organization.port.list_tasks_by_project(["1"], TaskWhere(), PageRequest(50)))["1"].rows
    milestones = (await organization.port.list_milestones_by_project(["1"], PageRequest(50)))["1"].rows

    assert [(task.name, task.billable) for task in tasks] == [
        ("Discovery", True),
        ("Build", True),
        ("Rollout", True),
        ("Internal coordination", False),
    ]
    assert tasks[0].actual_hours == sum(e.hours for e in FIRM.projects[0].time_entries if e.task == "10")
    assert [(each.name, each.due_date, each.completed_on, each.status) for each in milestones] == [
        ("Design signed", date(2026, 10, 9), FIRM.projects[0].milestones[0].completed, "Done"),
        ("Go live", date(2026, 12, 14), None, "To do"),
    ]
    assert await organization.port.get_tasks([milestones[0].native.id]) == {}


async def test_a_feed_yields_all_records_if_one_has_changed(opened: Open) -> None:
    organization = await opened()
    renamed = replace(FIRM, customers=(replace(FIRM.customers[0], name="Borealis"), *FIRM.customers[1:]))
    other = await opened(renamed)

    (first,) = [page async for page in organization.port.list_changes(PsaClient, None)]
    (second,) = [page async for page in organization.port.list_changes(PsaClient, first.watermark)]
    (third,) = [page async for page in other.port.list_changes(PsaClient, first.watermark)]

    assert (len(first.rows), len(second.rows), len(third.rows)) == (8, 0, 8)
    assert third.rows[0].name == "Borealis"
    assert await organization.count_calls() == {"companies": 2}


@pytest.mark.parametrize(
    ("kind", "code", "native"),
    [(PsaClient, "C-2005", "5"), (PsaUser, "W-1004", "4"), (PsaProject, "PRJ-1007", "7"), (PsaExpense, "E-6001", "1")],
)
async def test_the_firms_code_finds_its_record_and_a_comma_no_other(
    opened: Open, kind: type[PsaClient], code: str, native: str
) -> None:
    organization = await opened()

    assert [row.native.id for row in await organization.port.find_by_reference(kind, code)] == [native]
    assert await organization.port.find_by_reference(kind, f"{code},{code[:-1]}1") == []


async def test_time_entries_have_no_code_and_a_search_makes_no_call(opened: Open) -> None:
    organization = await opened()

    assert await organization.port.find_by_reference(PsaTimeEntry, "T-70001") == ()
    assert await organization.count_calls() == {}


async def test_a_cursor_of_another_list_is_rejected_before_any_call(opened: Open) -> None:
    organization = await opened()
    page = (await organization.port.list_time_entries_by_project(["1"], TimeWhere(), PageRequest(1)))["1"]
    await organization.reset()

    with pytest.raises(BadInputError) as raised:
        await organization.port.list_tasks_by_project(["1"], TaskWhere(), PageRequest(1, page.cursors[0]))

    assert raised.value.field == "after"
    assert await organization.count_calls() == {}

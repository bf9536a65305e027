"""The exact records that the adapter reads, and the number of its calls."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gateway.canonical.fault import FaultCode
from gateway.canonical.page import Page
from gateway.canonical.records.base import DimensionTag, UnreadableValue
from gateway.canonical.records.psa import PsaTimeEntry
from gateway.canonical.values import DateRange, Money
from gateway.errors import SourceError
from gateway.ports.base import PageRequest
from gateway.ports.where import AssignmentWhere, ExpenseWhere, TaskWhere, TimeWhere
from subgraphs.sandbox.firm.model import Firm
from subgraphs.sandbox.firm.small import FIRM
from tests.fixtures.firms import build_busy_firm, build_firm_with_leavers
from tests.unit.subgraphs.psa.kantata.conftest import Open, load_sandbox_mapping

YEN = "7"


async def test_a_project_is_read_with_all_attributes(opened: Open) -> None:
    account = await opened()

    project = (await account.port.get_projects([YEN]))[YEN]

    assert (project.code, project.name, project.status) == ("PRJ-1007", "Fuji quality analytics", "300")
    assert (project.currency, project.legal_entity, project.service_line) == ("JPY", "NL01", "DATA")
    assert (project.contract_number, project.opportunity_reference) == ("CT-4007", "O-3007")
    assert project.dimensions == (DimensionTag("COST_CENTER", "CC-300"), DimensionTag("SERVICE_LINE", "DATA"))
    assert (project.client_id, project.manager_id) == ("7", "6")
    assert set(project.member_ids) == {"6", "8"}


async def test_a_user_who_left_is_read_as_inactive(opened: Open) -> None:
    account = await opened(build_firm_with_leavers())

    people = await account.port.get_users(["1", "2", "3"])

    assert [people[each].active for each in ("1", "2", "3")] == [True, False, True]


async def test_money_is_converted_by_the_currencys_base_unit(opened: Open) -> None:
    """The yen has no minor unit: 18000 units are 18000 yen, and 25000 cents are 250 dollars."""
    account = await opened()

    yen = (await account.port.list_time_entries_by_project([YEN], TimeWhere(), PageRequest(1)))[YEN].rows[0]
    dollars = (await account.port.list_time_entries_by_project(["1"], TimeWhere(), PageRequest(1)))["1"].rows[0]

    assert yen.bill_rate == Money(Decimal(18000), "JPY")
    assert str(yen.bill_rate.amount) == "18000"
    assert str(dollars.bill_rate.amount) == "250.00"


async def test_minutes_become_hours_and_submissions_become_approvals(opened: Open) -> None:
    account = await opened()

    page = (await account.port.list_time_entries_by_project(["1"], TimeWhere(), PageRequest(50)))["1"]

    assert [(entry.hours, entry.approval, entry.billing) for entry in page.rows] == [
        (Decimal("6.5"), "approved", "invoiced"),
        (Decimal(8), "approved", "invoiced"),
        (Decimal("7.25"), "approved", "invoiced"),
        (Decimal(4), "approved", "uninvoiced"),
        (Decimal(8), "approved", "uninvoiced"),
        (Decimal("7.5"), "pending", "uninvoiced"),
        (Decimal("1.25"), "approved", "non_billable"),
    ]
    assert page.rows[0].references == (("external_references", "T-70001"),)


@pytest.mark.parametrize(("count", "calls"), [(1, 1), (200, 1), (201, 2), (450, 3)])
async def test_reads_by_id_cost_one_call_per_200_ids(opened: Open, count: int, calls: int) -> None:
    account = await opened(build_busy_firm(450))

    found = await account.port.get_time_entries([str(number) for number in range(1, count + 1)])

    assert len(found) == count
    assert await account.count_calls() == {"time_entries": calls}


@pytest.mark.parametrize(
    ("rows", "first", "calls"),
    [(0, 5, 1), (200, 5, 1), (201, 5, 1), (450, 5, 1), (450, 190, 1), (450, 300, 2), (450, 450, 3)],
)
async def test_a_page_of_time_costs_one_call_per_200_entries_read(
    opened: Open, rows: int, first: int, calls: int
) -> None:
    account = await opened(build_busy_firm(rows))

    page = (await account.port.list_time_entries_by_project(["1"], TimeWhere(), PageRequest(first)))["1"]

    assert len(page.rows) == min(rows, first)
    places = [(row.work_date, int(row.native.id)) for row in page.rows]
    assert places == sorted(places)
    assert page.has_next is (rows > first)
    assert await account.count_calls() == {"time_entries": calls}


async def test_a_day_that_fills_a_page_is_read_completely_before_the_next(opened: Open) -> None:
    """Entries of one day come in any order: unread ones may precede those that were read."""
    project = FIRM.projects[0]
    (first, *_) = project.time_entries
    crowd = tuple(replace(first, code=f"T-{number}", day=date(2026, 5, 4)) for number in range(450))
    later = replace(first, code="T-LAST", day=date(2026, 5, 5))
    account = await opened(replace(FIRM, projects=(replace(project, time_entries=(*crowd, later)), *FIRM.projects[1:])))

    pages: list[Page[PsaTimeEntry]] = []
    after = None
    while after is not None or not pages:
        pages.append(
            (await account.port.list_time_entries_by_project(["1"], TimeWhere(), PageRequest(100, after)))["1"]
        )
        after = pages[-1].cursors[-1] if pages[-1].has_next else None

    codes = [row.references[0][1] for page in pages for row in page.rows]
    assert codes == [entry.code for entry in (*crowd, later)]


async def test_fifty_projects_with_many_entries_cost_three_calls(opened: Open) -> None:
    project = replace(FIRM.projects[0], time_entries=build_busy_firm(200).projects[0].time_entries)
    many = replace(FIRM, projects=tuple(replace(project, code=f"PRJ-{number}") for number in range(50)))
    account = await opened(many)

    pages = await account.port.list_time_entries_by_project(
        [str(number) for number in range(1, 51)], TimeWhere(), PageRequest(5)
    )

    assert {len(page.rows) for page in pages.values()} == {5}
    # Six entries of each project are needed, those of six days; the last day of a page is read again.
    assert await account.count_calls() == {"time_entries": 3}


async def test_assignments_cost_one_more_call_for_their_resources(opened: Open) -> None:
    account = await opened()

    page = (await account.port.list_assignments_by_project(["1"], AssignmentWhere(), PageRequest(10)))["1"]

    assert [(row.user_id, row.role_name, row.planned_hours, row.bill_rate) for row in page.rows] == [
        ("1", "Engagement lead", Decimal(120), Money(Decimal("250.00"), "USD")),
        ("2", "Consultant", Decimal(480), Money(Decimal("185.00"), "USD")),
    ]
    assert await account.count_calls() == {"workspace_allocations": 1, "workspace_resources": 1}


async def test_bookings_are_those_that_overlap_the_range(opened: Open) -> None:
    account = await opened()
    before = DateRange(date(2020, 1, 1), date(2020, 12, 31))
    during = DateRange(date(2026, 11, 1), date(2026, 11, 30))

    nothing = await account.port.list_bookings_by_user(["1"], before)
    held = await account.port.list_bookings_by_user(["1"], during)

    assert nothing == {}
    first = held["1"][0]
    assert (first.project_id, first.hours, first.booking) == ("1", Decimal(120), "hard")


async def test_bookings_and_assignments_of_many_users_cost_two_calls(opened: Open) -> None:
    account = await opened()
    people = [str(number) for number in range(1, 9)]

    bookings = await account.port.list_bookings_by_user(people, DateRange(date(2026, 1, 1), date(2027, 12, 31)))
    calls = await account.count_calls()
    assignments = await account.port.list_assignments_by_user(people, AssignmentWhere(), PageRequest(100))

    assert calls == {"workspace_allocations": 1, "workspace_resources": 1}
    assert await account.count_calls() == {"workspace_allocations": 2, "workspace_resources": 2}
    booked = sum(len(project.assignments) for project in FIRM.projects)
    assert sum(len(rows) for rows in bookings.values()) == booked
    assert sum(len(page.rows) for page in assignments.values()) == booked


async def test_expenses_cost_one_call_per_project(opened: Open) -> None:
    account = await opened()

    pages = await account.port.list_expenses_by_project(["1", "2", "3"], ExpenseWhere(), PageRequest(10))

    assert await account.count_calls() == {"expenses": 3}
    assert {project: len(page.rows) for project, page in pages.items()} == {
        str(number): len(FIRM.projects[number - 1].expenses) for number in (1, 2, 3)
    }


async def test_a_story_is_either_a_milestone_or_a_task(opened: Open) -> None:
    account = await opened()

    tasks = (await account.port.list_tasks_by_project(["1"], TaskWhere(), PageRequest(50)))["1"].rows
    milestones = (await account.port.list_milestones_by_project(["1"], PageRequest(50)))["1"].rows

    assert [task.name for task in tasks] == ["Discovery", "Build", "Rollout", "Internal coordination"]
    assert [(each.name, each.due_date, each.status) for each in milestones] == [
        ("Design signed", date(2026, 10, 9), "completed"),
        ("Go live", date(2026, 12, 14), "not started"),
    ]
    assert await account.port.get_tasks([milestones[0].native.id]) == {}


async def test_an_archived_project_and_its_time_are_read_too(opened: Open) -> None:
    closed = replace(FIRM.projects[0], status="CLOSED")
    account = await opened(replace(FIRM, projects=(closed, *FIRM.projects[1:])))

    hidden = await account.get("workspaces/1.json")
    project = (await account.port.get_projects(["1"]))["1"]
    page = (await account.port.list_time_entries_by_project(["1"], TimeWhere(), PageRequest(1)))["1"]

    assert hidden.status_code == 404
    assert (project.code, project.status) == ("PRJ-1001", "410")
    assert len(page.rows) == 1


async def test_tasks_and_expenses_of_an_archived_project_are_read_too(opened: Open) -> None:
    closed = replace(FIRM.projects[0], status="CLOSED")
    account = await opened(replace(FIRM, projects=(closed, *FIRM.projects[1:])))
    hidden = [(await account.get(f"{path}.json", workspace_id="1")).json()["count"] for path in ("stories", "expenses")]

    tasks = (await account.port.list_tasks_by_project(["1"], TaskWhere(), PageRequest(50)))["1"].rows
    milestones = (await account.port.list_milestones_by_project(["1"], PageRequest(50)))["1"].rows
    expenses = (await account.port.list_expenses_by_project(["1"], ExpenseWhere(), PageRequest(50)))["1"].rows

    assert hidden == [0, 0]
    assert [len(rows) for rows in (tasks, milestones, expenses)] == [4, 2, len(closed.expenses)]
    assert (await account.port.get_tasks(["1"])).keys() == (await account.port.get_expenses(["1"])).keys() == {"1"}


async def test_an_archived_task_is_read_too(opened: Open) -> None:
    """Time entries may refer to it."""
    account = await opened()
    account.life.update("stories", "2", {"archived": True})

    assert (await account.get("stories/2.json")).status_code == 404
    assert (await account.port.get_tasks(["2"]))["2"].name == "Build"


async def test_an_included_task_is_not_part_of_the_result(opened: Open) -> None:
    """A parent is a record of the same resource in the same map."""
    account = await opened()
    account.life.update("stories", "2", {"parent_id": "1"})

    found = await account.port.get_tasks(["2"])

    assert [(task.native.id, task.parent_id) for task in found.values()] == [("2", "1")]


async def test_a_projects_client_is_its_company_group(opened: Open) -> None:
    """Accounts also use groups to categorize projects."""
    account = await opened()
    sorted_by = account.life.create("workspace_groups", {"name": "Strategic", "company": False})
    account.life.update("workspaces", "1", {"workspace_group_ids": [sorted_by, "1"]})
    account.life.update("workspaces", "2", {"workspace_group_ids": [sorted_by]})

    projects = await account.port.get_projects(["1", "2"])

    assert [projects[each].client_id for each in ("1", "2")] == ["1", None]


async def test_a_comma_in_a_reference_finds_no_other_record(opened: Open) -> None:
    """The filter takes a list and would find both."""
    account = await opened()

    assert await account.port.find_by_reference(PsaTimeEntry, "T-70001,T-70002") == []
    assert len(await account.port.find_by_reference(PsaTimeEntry, "T-70001")) == 1


async def test_a_project_without_a_reference_has_its_id_as_code(opened: Open) -> None:
    mapping = {**load_sandbox_mapping(), "references": {"service": "somebody"}}
    account = await opened(mapping=mapping)

    project = (await account.port.get_projects([YEN]))[YEN]

    assert (project.code, project.references) == (YEN, ())


async def test_without_financial_access_only_money_is_missing(opened: Open) -> None:
    account = await opened(financial_access=False)

    entry = (await account.port.get_time_entries(["1"]))["1"]
    booked = (await account.port.get_assignments(["1"]))["1"]

    assert (entry.hours, entry.bill_rate) == (Decimal("6.5"), None)
    assert (booked.planned_hours, booked.bill_rate) == (Decimal(120), None)


def build_firm_with_expenses(count: int) -> Firm:
    """Return the firm with `count` expenses on its first project."""
    project = FIRM.projects[0]
    more = tuple(replace(project.expenses[0], code=f"E-{number}") for number in range(count))
    return replace(FIRM, projects=(replace(project, expenses=more), *FIRM.projects[1:]))


@pytest.mark.parametrize(
    ("change", "rows", "calls"),
    [("deleted", 250, 4), ("inserted", 250, 2), ("touched", 250, 2)],
)
async def test_records_that_change_between_two_pages_are_neither_lost_nor_doubled(
    opened: Open, change: str, rows: int, calls: int
) -> None:
    """A deletion moves rows up, so that the previous page is read again; an inserted row of one project is its last."""
    account = await opened(build_firm_with_expenses(250))
    await account.send_control("rows-changed", object="expenses", change=change, path="expenses", skip=1)

    page = (await account.port.list_expenses_by_project(["1"], ExpenseWhere(), PageRequest(300)))["1"]

    ids = [row.native.id for row in page.rows]
    assert len(ids) == len(set(ids))
    assert set(map(str, range(1, 251))) <= set(ids)
    assert len(ids) == rows + (change == "inserted")
    assert await account.count_calls() == {"expenses": calls}


async def test_a_list_that_changes_with_every_page_is_unavailable(opened: Open) -> None:
    account = await opened(build_firm_with_expenses(250))
    await account.send_control("rows-changed", object="expenses", change="deleted", path="expenses", times=None)

    with pytest.raises(SourceError) as raised:
        await account.port.list_expenses_by_project(["1"], ExpenseWhere(), PageRequest(5))

    assert (raised.value.code, raised.value.retryable) == (FaultCode.UNAVAILABLE, True)
    assert await account.count_calls() == {"expenses": 8}


def replace_currency(text: str) -> Callable[[ASGIApp], ASGIApp]:
    """Replace the currency USD in all answers."""

    def wrap(app: ASGIApp) -> ASGIApp:
        async def serve_changed(scope: Scope, receive: Receive, send: Send) -> None:
            async def change(message: Message) -> None:
                if message["type"] == "http.response.start":
                    kept = [pair for pair in message["headers"] if pair[0] != b"content-length"]
                    message = {**message, "headers": kept}
                if message["type"] == "http.response.body":
                    message = {**message, "body": message["body"].replace(b'"USD"', json.dumps(text).encode())}
                await send(message)

            await app(scope, receive, change)

        return serve_changed

    return wrap


async def test_a_currency_is_read_by_code_or_symbol(opened: Open) -> None:
    """The documentation shows a code for one resource and a symbol for another."""
    account = await opened(wrapped=replace_currency("$"))

    entry = (await account.port.get_time_entries(["1"]))["1"]
    project = (await account.port.get_projects(["1"]))["1"]

    assert (entry.bill_rate.currency, project.currency) == ("USD", "USD")


async def test_the_mapping_file_defines_other_symbols(opened: Open) -> None:
    mapping = {**load_sandbox_mapping(), "currencies": {"US$": "USD"}}
    account = await opened(mapping=mapping, wrapped=replace_currency("US$"))
    unmapped = await opened(wrapped=replace_currency("US$"))

    assert (await account.port.get_projects(["1"]))["1"].currency == "USD"
    project = (await unmapped.port.get_projects(["1"]))["1"]
    assert project.currency is None
    assert project.unreadable == (UnreadableValue("currency", "workspaces", "currency"),)

"""What Kantata sends in practice: a value that cannot be read costs its own field, and never a page or a feed."""

import json
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gateway.canonical.records.base import UnreadableValue
from gateway.canonical.records.psa import PsaProject
from gateway.ports.base import PageRequest
from gateway.ports.unreadable import collect_unreadable
from gateway.ports.where import DemandWhere, TaskWhere, TimeWhere
from tests.unit.subgraphs.psa.kantata.conftest import Open

PAGE = PageRequest(100)
PROJECTS = [str(number) for number in range(1, 11)]


def change_rows(resource: str, named: str | None = None, **values: Any) -> Callable[[ASGIApp], ASGIApp]:
    """Replace attributes of the first record of a resource in every answer, of a custom field by its name."""

    def wrap(app: ASGIApp) -> ASGIApp:
        async def serve_changed(scope: Scope, receive: Receive, send: Send) -> None:
            start: list[Message] = []

            async def change(message: Message) -> None:
                if message["type"] == "http.response.start":
                    kept = [pair for pair in message["headers"] if pair[0] != b"content-length"]
                    start.append({**message, "headers": kept})
                    return
                content = json.loads(message["body"])
                table = content.get(resource) or {}
                rows = [each for each in table.values() if named in {None, each.get("custom_field_name")}]
                for record in rows[:1]:
                    record.update(values)
                await send(start[0])
                await send({**message, "body": json.dumps(content).encode()})

            await app(scope, receive, change)

        return serve_changed

    return wrap


async def test_a_workspace_without_a_date_is_a_project_without_one(opened: Open) -> None:
    """The service sends an empty text, which cost all projects of the account."""
    account = await opened(wrapped=change_rows("workspaces", start_date="", due_date="", updated_at=""))

    pages = [page async for page in account.port.list_changes(PsaProject, None)]
    first, *others = sorted((row for page in pages for row in page.rows), key=lambda row: int(row.native.id))

    assert (first.start_date, first.end_date, first.unreadable) == (None, None, ())
    assert others
    assert all(isinstance(each.end_date, date) for each in others)


@pytest.mark.parametrize("hours", ["1E+30", "1e999", "NaN", "many", ["6"], True])
async def test_the_hours_of_a_demand_that_are_no_number_cost_that_field_only(opened: Open, hours: Any) -> None:
    whole = await (await opened()).port.list_demands_by_project(PROJECTS, DemandWhere(), PAGE)
    spoilt = change_rows("custom_field_values", "Hours", display_value=hours)

    with collect_unreadable() as lost:
        pages = await (await opened(wrapped=spoilt)).port.list_demands_by_project(PROJECTS, DemandWhere(), PAGE)

    rows = [row for parent in PROJECTS for row in pages[parent].rows]
    marked = [row for row in rows if row.unreadable]
    assert lost == []
    assert [row.native.id for row in rows] == [row.native.id for page in whole.values() for row in page.rows]
    assert [(row.hours, row.unreadable) for row in marked] == [
        (None, (UnreadableValue("hours", "staffing_demands", "Hours"),))
    ]
    assert marked[0].priority is not None


async def test_a_filter_names_the_row_whose_value_it_needs_and_cannot_read(opened: Open) -> None:
    account = await opened(wrapped=change_rows("stories", state=7))

    with collect_unreadable() as unfiltered:
        every = await account.port.list_tasks_by_project(["1"], TaskWhere(), PAGE)
    with collect_unreadable() as filtered:
        pages = await account.port.list_tasks_by_project(["1"], TaskWhere(status=("started",)), PAGE)

    (spoilt,) = [row for row in every["1"].rows if row.unreadable]
    assert unfiltered == []
    assert spoilt.native.id not in {row.native.id for row in pages["1"].rows}
    assert [(each.id, each.field, each.keys["project_id"]) for each in filtered] == [(spoilt.native.id, "state", "1")]


async def test_a_time_entry_without_a_readable_day_is_reported_and_the_others_are_paged(opened: Open) -> None:
    whole = await (await opened()).port.list_time_entries_by_project(["1"], TimeWhere(), PAGE)
    account = await opened(wrapped=change_rows("time_entries", date_performed="yesterday"))

    with collect_unreadable() as lost:
        pages = await account.port.list_time_entries_by_project(["1"], TimeWhere(), PAGE)

    ids = {row.native.id for row in whole["1"].rows}
    left = {row.native.id for row in pages["1"].rows}
    assert {(each.object, each.id, each.field) for each in lost} == {
        ("time_entries", next(iter(ids - left)), "date_performed")
    }
    assert len(left) == len(ids) - 1


async def test_an_assignment_whose_resource_cannot_be_read_keeps_its_hours(opened: Open) -> None:
    account = await opened(wrapped=change_rows("workspace_resources", resource_bill_rate="high"))

    found = await account.port.get_assignments(["1", "2", "3"])

    marked = [row for row in found.values() if row.unreadable]
    assert [(row.bill_rate, row.unreadable) for row in marked] == [
        (None, (UnreadableValue("bill_rate", "workspace_resources", "resource_bill_rate"),))
    ]
    assert all(row.planned_hours is not None and row.user_id is not None for row in found.values())

"""Writes behave as real clients expect: roots, ids, errors without effects, and no idempotency."""

from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from tests.unit.subgraphs.psa.kantata.conftest import Account, Open

NOW = datetime(2026, 11, 30, 19, 0, tzinfo=UTC)
AT = "2026-11-30T12:00:00-07:00"
TIME = {"workspace_id": 1, "date_performed": "2026-11-24", "time_in_minutes": 90}
REFERENCE = {"service_name": "gateway", "service_model": "Project", "service_model_ref": "proj:42"}
BY_REFERENCE = {
    "external_reference_service_name": "gateway",
    "external_reference_service_model": "Project",
    "external_reference_service_model_refs": "proj:42",
}


async def send(account: Account, method: str, path: str, body: Any = None, **more: Any) -> httpx.Response:
    headers = {"authorization": "Bearer token", **more.pop("headers", {})}
    content = {} if body is None else {"json": body}
    return await account.http.request(method, f"/api/v1/{path}", headers=headers, **content, **more)


async def count_records(account: Account, resource: str) -> int:
    return int((await account.get(resource, include_archived="true", from_archived_workspaces="true")).json()["count"])


async def list_events(account: Account) -> list[tuple[str, str, int]]:
    body = (await account.get("subscribed_events", per_page=200)).json()
    events = [body["subscribed_events"][result["id"]] for result in body["results"]]
    return [(event["event_type"], event["subject_type"], event["subject_id"]) for event in events]


async def test_a_record_is_created_under_the_singular_root_and_returned_in_the_envelope(opened: Open) -> None:
    account = await opened(now=lambda: NOW)
    before = await count_records(account, "time_entries")

    answer = await send(
        account,
        "POST",
        "time_entries.json",
        {"time_entry": {**TIME, "notes": "Rehearsal"}},
        params={"include": "workspace"},
    )

    made = str(before + 1)
    body = answer.json()
    assert answer.status_code == 200
    assert (body["count"], body["results"]) == (1, [{"key": "time_entries", "id": made}])
    assert body["meta"] == {"count": 1, "page_count": 1, "page_number": 1, "page_size": 20}
    assert body["time_entries"][made] == {
        "id": made,
        "workspace_id": "1",
        "date_performed": "2026-11-24",
        "time_in_minutes": 90,
        "billable": True,
        "is_invoiced": False,
        "approved": False,
        "notes": "Rehearsal",
        "rate_in_cents": None,
        "currency": body["workspaces"]["1"]["currency"],
        "currency_base_unit": 100,
        "updated_at": AT,
    }
    assert await count_records(account, "time_entries") == before + 1
    assert await list_events(account) == [("time_entry:created", "TimeEntry", before + 1)]


async def test_a_project_is_created_with_its_reference_and_found_by_it(opened: Open) -> None:
    account = await opened(now=lambda: NOW)
    sent = {"title": "Atlas", "creator_role": "maven", "currency": "JPY", "external_reference": REFERENCE}

    made = (await send(account, "POST", "workspaces.json", {"workspace": sent})).json()
    found = (await account.get("workspaces.json", include="external_references", **BY_REFERENCE)).json()

    assert found["results"] == made["results"]
    [result] = found["results"]
    project = found["workspaces"][result["id"]]
    assert (project["title"], project["currency"], project["currency_base_unit"]) == ("Atlas", "JPY", 1)
    assert project["status"] == {"key": "100", "message": "Not Started", "color": "grey"}
    assert (project["created_at"], project["updated_at"]) == (AT, AT)
    [reference] = project["external_reference_ids"]
    assert found["external_references"][reference] == {
        **REFERENCE,
        "id": reference,
        "status": "pending",
        "locked": False,
        "subject_type": "Workspace",
        "subject_id": result["id"],
    }


@pytest.mark.parametrize(
    ("resource", "root", "sent", "shown"),
    [
        ("stories", "story", {"workspace_id": 1, "title": "Cutover"}, {"title": "Cutover", "story_type": "task"}),
        (
            "expenses",
            "expense",
            {"workspace_id": 1, "date": "2026-11-24", "category": "Travel", "amount_in_cents": 20000},
            {"amount_in_cents": 20000, "category": "Travel", "is_billable": True},
        ),
    ],
)
async def test_tasks_and_expenses_are_created_changed_and_deleted(
    opened: Open, resource: str, root: str, sent: dict[str, Any], shown: dict[str, Any]
) -> None:
    account = await opened()
    before = await count_records(account, resource)

    made = (await send(account, "POST", f"{resource}.json", {root: sent})).json()
    identifier = made["results"][0]["id"]
    changed = await send(account, "PUT", f"{resource}/{identifier}.json", {root: {"user_id": 2, "story_type": "issue"}})
    gone = await send(account, "DELETE", f"{resource}/{identifier}.json")

    assert made[resource][identifier].items() >= shown.items()
    assert changed.status_code == 200
    assert (gone.status_code, gone.content) == (204, b"")
    assert await count_records(account, resource) == before
    assert [event[0] for event in await list_events(account)] == [
        f"{root}:created",
        f"{root}:updated",
        f"{root}:deleted",
    ]


async def test_the_same_request_twice_creates_two_records_despite_an_idempotency_key(opened: Open) -> None:
    account = await opened()
    before = await count_records(account, "time_entries")
    key = {"idempotency-key": "one"}

    first = await send(account, "POST", "time_entries.json", {"time_entry": TIME}, headers=key)
    second = await send(account, "POST", "time_entries.json", {"time_entry": TIME}, headers=key)

    assert first.json()["results"] != second.json()["results"]
    assert await count_records(account, "time_entries") == before + 2


@pytest.mark.parametrize(
    ("resource", "root", "sent", "most"),
    [
        ("time_entries", "time_entries", TIME, 100),
        ("stories", "stories", {"workspace_id": 1, "title": "Task"}, 300),
    ],
)
async def test_many_records_are_created_at_once_up_to_the_vendors_limit(
    opened: Open, resource: str, root: str, sent: dict[str, Any], most: int
) -> None:
    account = await opened()
    before = await count_records(account, resource)

    over = await send(account, "POST", f"{resource}.json", {root: [sent] * (most + 1)})
    unchanged = await count_records(account, resource)
    made = await send(account, "POST", f"{resource}.json", {root: [sent] * most})

    assert (over.status_code, unchanged) == (400, before)
    assert over.json()["errors"][0]["message"] == f"No more than {most} {resource} are created at once"
    assert (made.status_code, made.json()["count"], len(made.json()["results"])) == (200, most, most)
    assert await count_records(account, resource) == before + most


@pytest.mark.parametrize(
    ("resource", "body", "errors"),
    [
        (
            "workspaces",
            {"workspace": {}},
            [
                ("Please give your project a title", "title"),
                ("Please select a role for this project", "creator_role"),
            ],
        ),
        (
            "time_entries",
            {"time_entry": {"date_performed": " "}},
            [
                ("Workspace can't be blank", "workspace_id"),
                ("Date performed can't be blank", "date_performed"),
                ("Time in minutes can't be blank", "time_in_minutes"),
            ],
        ),
        (
            "time_entries",
            {"time_entry": {**TIME, "workspace_id": "1"}},
            [("Workspace must be an integer", "workspace_id")],
        ),
        ("time_entries", {"time_entry": {**TIME, "workspace_id": 999}}, [("Workspace is not there", "workspace_id")]),
        ("time_entries", {"time_entry": {**TIME, "billable": "yes"}}, [("Billable must be true or false", "billable")]),
        (
            "time_entries",
            {"time_entries": [TIME, {**TIME, "date_performed": "today"}, {**TIME, "time_in_minutes": -5}]},
            [
                ("Date performed must be a date", "date_performed"),
                ("Time in minutes must not be negative", "time_in_minutes"),
            ],
        ),
        (
            "time_entries",
            {"time_entry": {**TIME, "external_reference": {"service_name": "gateway", "service_model": "TimeEntry"}}},
            [("Service model ref can't be blank", "external_reference.service_model_ref")],
        ),
    ],
)
async def test_invalid_attributes_are_reported_by_field_and_nothing_is_created(
    opened: Open, resource: str, body: dict[str, Any], errors: list[tuple[str, str]]
) -> None:
    account = await opened()
    counted = {each: await count_records(account, each) for each in (resource, "external_references")}

    answer = await send(account, "POST", f"{resource}.json", body)

    assert answer.status_code == 422
    reported = [{"type": "validation", "message": message, "field": field} for message, field in errors]
    assert answer.json() == {"errors": reported}
    assert {each: await count_records(account, each) for each in counted} == counted
    assert await list_events(account) == []


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("POST", "time_entries.json", {"entry": TIME}, 400),
        ("POST", "time_entries.json", {"time_entries": TIME}, 400),
        ("POST", "time_entries.json", {"time_entries": []}, 400),
        ("POST", "time_entries.json", [TIME], 400),
        ("POST", "time_entries.json?include=unicorns", {"time_entry": TIME}, 400),
        ("POST", "users.json", {"user": {"full_name": "Somebody"}}, 404),
        ("PUT", "time_entries/99999.json", {"time_entry": {"notes": "Late"}}, 404),
        ("DELETE", "time_entries/99999.json", None, 404),
        ("DELETE", "time_entries.json", None, 400),
        ("DELETE", "time_entries.json?ids=1,2,99999", None, 404),
    ],
)
async def test_a_malformed_request_changes_nothing(
    opened: Open, method: str, path: str, body: Any, status: int
) -> None:
    account = await opened()
    before = await count_records(account, "time_entries")

    answer = await send(account, method, path, body)

    assert answer.status_code == status
    assert answer.json()["errors"][0]["type"] == "system"
    assert await count_records(account, "time_entries") == before
    assert await list_events(account) == []


async def test_a_denied_resource_cannot_be_written(opened: Open) -> None:
    account = await opened(denied=frozenset({"time_entries"}))

    answers = [
        await send(account, "POST", "time_entries.json", {"time_entry": TIME}),
        await send(account, "DELETE", "time_entries/1.json"),
    ]

    assert [answer.status_code for answer in answers] == [403, 403]
    assert await list_events(account) == []


async def test_an_update_keeps_other_attributes_and_ignores_read_only_ones(opened: Open) -> None:
    account = await opened(now=lambda: NOW)
    old = (await account.get("time_entries/1.json", include="workspace")).json()["time_entries"]["1"]

    sent = {"notes": "Corrected", "approved": not old["approved"], "unicorn": 1}
    answer = await send(account, "PUT", "time_entries/1.json", {"time_entry": sent}, params={"include": "workspace"})
    raised = await send(account, "PUT", "time_entries/1.json", {"time_entry": {"notes": "x", "date_performed": None}})

    new = {**old, "notes": "Corrected", "updated_at": AT}
    assert answer.json()["time_entries"]["1"] == new
    assert (raised.status_code, raised.json()["errors"][0]["field"]) == (422, "date_performed")
    assert (await account.get("time_entries/1.json", include="workspace")).json()["time_entries"]["1"] == new
    assert await list_events(account) == [("time_entry:updated", "TimeEntry", 1)]


async def test_a_project_is_closed_and_then_hidden(opened: Open) -> None:
    account = await opened()

    sent = {"status_key": 410, "archived": True}
    answer = await send(account, "PUT", "workspaces/1.json", {"workspace": sent})
    again = await send(account, "PUT", "workspaces/1.json", {"workspace": {"title": "Late"}})

    assert answer.json()["workspaces"]["1"]["status"] == {"key": "410", "message": "Closed", "color": "grey"}
    assert (await account.get("workspaces/1.json")).status_code == 404
    assert again.status_code == 404


async def test_many_records_are_deleted_at_once_with_their_references(opened: Open) -> None:
    account = await opened()
    entries, references = (
        await count_records(account, "time_entries"),
        await count_records(account, "external_references"),
    )

    answer = await send(account, "DELETE", "time_entries.json", params={"ids": "1,2,2"})

    assert (answer.status_code, answer.content) == (204, b"")
    assert await count_records(account, "time_entries") == entries - 2
    assert await count_records(account, "external_references") == references - 2
    assert [event[0] for event in await list_events(account)] == ["time_entry:deleted"] * 2


async def test_deleting_a_project_deletes_its_dependents(opened: Open) -> None:
    account = await opened()
    booked = (await account.get("time_entries.json", workspace_id="1")).json()["count"]
    entries = await count_records(account, "time_entries")

    answer = await send(account, "DELETE", "workspaces/1.json")

    assert answer.status_code == 204
    assert booked > 0
    assert await count_records(account, "time_entries") == entries - booked
    assert (await account.get("stories.json", workspace_id="1")).json()["count"] == 0


async def test_a_reference_is_created_once_and_then_changed(opened: Open) -> None:
    account = await opened()
    before = await count_records(account, "external_references")
    sent = {"subject_type": "TimeEntry", "subject_id": 1, **REFERENCE, "service_name": "Netsuite"}

    first = await send(account, "POST", "external_references/create_or_update.json", {"external_reference": sent})
    landed = {**sent, "status": "successful", "service_model_ref": "T-1"}
    second = await send(account, "POST", "external_references/create_or_update.json", {"external_reference": landed})

    assert (first.status_code, second.status_code) == (200, 200)
    assert (
        first.json()["results"] == second.json()["results"] == [{"key": "external_references", "id": str(before + 1)}]
    )
    assert second.json()["external_references"][str(before + 1)] == {
        **landed,
        "id": str(before + 1),
        "subject_id": "1",
        "locked": False,
    }
    assert await count_records(account, "external_references") == before + 1


async def test_records_are_filtered_by_having_a_reference_and_by_its_status(opened: Open) -> None:
    account = await opened()
    everything = await count_records(account, "time_entries")
    made = (await send(account, "POST", "time_entries.json", {"time_entry": TIME})).json()["results"]
    sent = {"subject_type": "TimeEntry", "subject_id": 1, **REFERENCE}
    await send(
        account, "POST", "external_references/create_or_update", {"external_reference": {**sent, "status": "failed"}}
    )
    archived = {"from_archived_workspaces": "true"}

    without = (await account.get("time_entries.json", has_external_references="false", **archived)).json()
    having = (await account.get("time_entries.json", has_external_references="true", **archived)).json()
    failed = (await account.get("time_entries.json", external_reference_status="failed", **BY_REFERENCE)).json()
    landed = (await account.get("time_entries.json", external_reference_status="successful", **BY_REFERENCE)).json()

    assert (without["results"], having["count"]) == (made, everything)
    assert [result["id"] for result in failed["results"]] == ["1"]
    assert landed["results"] == []


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"service_name": None}, "service_name"),
        ({"subject_id": "1"}, "subject_id"),
        ({"subject_id": 99999}, "subject_id"),
        ({"subject_type": "Story"}, "subject_type"),
        ({"status": "done"}, "status"),
    ],
)
async def test_an_invalid_reference_is_not_created(opened: Open, changed: dict[str, Any], field: str) -> None:
    account = await opened()
    before = await count_records(account, "external_references")
    sent = {"subject_type": "TimeEntry", "subject_id": 1, **REFERENCE, **changed}

    answer = await send(account, "POST", "external_references/create_or_update.json", {"external_reference": sent})

    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field)
    assert await count_records(account, "external_references") == before


@pytest.mark.parametrize(("kind", "more"), [("unavailable", 0), ("unavailable-after-commit", 1)])
async def test_an_error_does_not_show_whether_the_record_was_created(opened: Open, kind: str, more: int) -> None:
    account = await opened()
    before = await count_records(account, "time_entries")

    await account.send_control(kind)
    answer = await send(account, "POST", "time_entries.json", {"time_entry": TIME})

    assert answer.status_code == 503
    assert await count_records(account, "time_entries") == before + more

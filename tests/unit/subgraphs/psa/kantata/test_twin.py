"""The twin behaves as real clients expect: envelope, gated associations, filters, pages and errors."""

import pytest

from tests.unit.subgraphs.psa.kantata.conftest import Open

OF_SERVICE = {"external_reference_service_name": "gateway"}


async def test_a_list_has_its_results_in_order_and_its_records_by_id(opened: Open) -> None:
    account = await opened()

    body = (await account.get("workspaces.json", per_page=2)).json()

    # One of the ten projects is archived and hidden.
    assert body["count"] == 9
    assert body["meta"] == {"count": 9, "page_count": 5, "page_number": 1, "page_size": 2}
    assert body["results"] == [{"key": "workspaces", "id": "1"}, {"key": "workspaces", "id": "2"}]
    assert body["workspaces"]["1"]["title"] == "Aurora ERP rollout"
    assert all(isinstance(record["id"], str) for record in body["workspaces"].values())


async def test_an_associations_ids_are_shown_only_if_included(opened: Open) -> None:
    account = await opened()

    bare = (await account.get("time_entries.json", only="1")).json()["time_entries"]["1"]
    body = (await account.get("time_entries.json", only="1", include="workspace,user")).json()

    assert not {"workspace_id", "user_id", "story_id", "external_reference_ids"} & bare.keys()
    entry = body["time_entries"]["1"]
    assert (entry["workspace_id"], entry["user_id"]) == ("1", "1")
    assert "story_id" not in entry
    assert body["workspaces"]["1"]["title"] == "Aurora ERP rollout"
    assert "workspace_group_ids" not in body["workspaces"]["1"]


async def test_unknown_ids_are_omitted_from_a_list_and_not_found_alone(opened: Open) -> None:
    account = await opened()

    listed = (await account.get("users.json", only="1,999")).json()
    alone = await account.get("users/999.json")

    assert [result["id"] for result in listed["results"]] == ["1"]
    assert (alone.status_code, alone.json()["errors"][0]["type"]) == (404, "system")


async def test_a_page_has_20_rows_by_default_and_at_most_200(opened: Open) -> None:
    account = await opened()

    usual = (await account.get("time_entries.json")).json()["meta"]
    most = (await account.get("time_entries.json", per_page=5000)).json()["meta"]

    assert (usual["page_size"], most["page_size"]) == (20, 200)


async def test_the_suffix_is_optional(opened: Open) -> None:
    account = await opened()

    assert (await account.get("users")).json() == (await account.get("users.json")).json()


@pytest.mark.parametrize(
    ("flag", "field", "state"),
    [("approved", "approved", True), ("invoiced", "is_invoiced", True), ("uninvoiced", "is_invoiced", False)],
)
async def test_flags_ignore_their_value(opened: Open, flag: str, field: str, *, state: bool) -> None:
    account = await opened()

    flagged = (await account.get("time_entries.json", per_page=200, **{flag: "false"})).json()
    everything = (await account.get("time_entries.json", per_page=200)).json()

    assert flagged["count"] == sum(entry[field] is state for entry in everything["time_entries"].values())
    assert 0 < flagged["count"] < everything["count"]


async def test_time_is_filtered_by_day_and_user(opened: Open) -> None:
    account = await opened()

    body = (
        await account.get("time_entries.json", with_user_ids="1", date_performed_between="2026-11-01:2026-11-30")
    ).json()

    assert {entry["date_performed"][:7] for entry in body["time_entries"].values()} == {"2026-11"}


async def test_an_external_reference_finds_its_record(opened: Open) -> None:
    account = await opened()
    asked = {"external_reference_service_name": "gateway", "external_reference_service_model": "Project"}

    found = (await account.get("workspaces.json", external_reference_service_model_refs="PRJ-1007", **asked)).json()
    other = (await account.get("workspaces.json", external_reference_service_model_refs="T-70001", **asked)).json()
    asked["external_reference_service_model"] = "Worker"
    foreign = (await account.get("workspaces.json", external_reference_service_model_refs="PRJ-1007", **asked)).json()

    assert [result["id"] for result in found["results"]] == ["7"]
    assert (other["results"], foreign["results"]) == ([], [])


@pytest.mark.parametrize(
    ("path", "query", "status"),
    [
        ("unicorns.json", {}, 404),
        ("custom_field_values.json", {}, 404),
        ("users.json", {"page": "one"}, 400),
        ("users.json", {"page": "0"}, 400),
        ("users.json", {"include": "unicorns"}, 400),
        ("time_entries.json", {"order": "notes:asc"}, 400),
        ("workspaces.json", {"updated_after": "yesterday"}, 400),
        ("time_entries.json", {**OF_SERVICE, "external_reference_service_model_ref": "T-70001"}, 400),
    ],
)
async def test_invalid_requests_get_the_services_error_format(
    opened: Open, path: str, query: dict[str, str], status: int
) -> None:
    account = await opened()

    answer = await account.get(path, **query)

    assert answer.status_code == status
    assert set(answer.json()) == {"errors"}


async def test_calls_without_the_token_are_rejected(opened: Open) -> None:
    account = await opened()

    answer = await account.http.get("/api/v1/users.json", headers={"authorization": "Bearer guess"})

    assert answer.status_code == 401
    assert answer.json() == {"errors": [{"type": "oauth", "message": "Invalid OAuth 2 Request"}]}


async def test_too_many_calls_are_rejected_without_retry_after(opened: Open) -> None:
    account = await opened()
    await account.send_control("rate-limit")

    answer = await account.get("users.json")

    assert answer.status_code == 429
    assert "retry-after" not in answer.headers


@pytest.mark.parametrize(
    ("resource", "query", "field", "expected"),
    [
        ("stories", {"with_projects": "1,2", "include": "workspace"}, "workspace_id", {"1", "2"}),
        ("stories", {"workspace_id": "2", "include": "workspace"}, "workspace_id", {"2"}),
        ("workspace_allocations", {"workspace_ids": "1,3", "include": "workspace"}, "workspace_id", {"1", "3"}),
        ("workspace_allocations", {"workspace_resource_ids": "2"}, "workspace_resource_id", {"2"}),
        ("workspace_resources", {"user_id": "1", "include": "user"}, "user_id", {"1"}),
    ],
)
async def test_a_filter_by_parents_takes_one_or_many_as_documented(
    opened: Open, resource: str, query: dict[str, str], field: str, expected: set[str]
) -> None:
    account = await opened()

    body = (await account.get(f"{resource}.json", per_page=200, **query)).json()

    assert {body[resource][result["id"]][field] for result in body["results"]} == expected


@pytest.mark.parametrize(
    ("resource", "name"),
    [("stories", "workspace_id"), ("expenses", "workspace_id"), ("workspace_resources", "user_id")],
)
async def test_a_filter_by_one_parent_rejects_a_list(opened: Open, resource: str, name: str) -> None:
    account = await opened()

    assert (await account.get(f"{resource}.json", **{name: "1,2"})).status_code == 400


async def test_allocations_are_filtered_by_user_and_overlapping_days(opened: Open) -> None:
    account = await opened()

    async def count(**query: str) -> int:
        return int((await account.get("workspace_allocations.json", **query)).json()["count"])

    assert await count() == 10
    assert 0 < await count(user_ids="1") < await count(user_ids="1,2") < 10
    assert await count(overlaps_with_date_range="2020-01-01:2020-12-31") == 0
    assert await count(overlaps_with_date_range="2026-01-01:") == 10


async def test_a_bill_rate_is_shown_only_if_requested_by_name(opened: Open) -> None:
    account = await opened()

    bare = (await account.get("workspace_resources.json", only="1")).json()["workspace_resources"]["1"]
    asked = (await account.get("workspace_resources.json", only="1", optional_fields="resource_bill_rate")).json()

    assert (bare["workspace_id"], "resource_bill_rate" in bare) == (1, False)
    assert asked["workspace_resources"]["1"]["resource_bill_rate"] == 25000

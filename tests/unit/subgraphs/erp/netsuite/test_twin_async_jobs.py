"""Asynchronous execution on the twin: a request becomes a job, and an idempotency key is accepted once."""

from typing import Any

import httpx

from tests.unit.subgraphs.erp.netsuite.conftest import ServedAccount

JOB = "/services/rest/async/v1/job"
BODY = {"companyName": "Hollow Oak", "subsidiary": {"id": "2"}}
MADE = "SELECT id FROM customer WHERE companyname = 'Hollow Oak'"


async def submit(account: ServedAccount, body: Any = BODY, **headers: str) -> httpx.Response:
    return await account.request_record("POST", "customer", body, prefer="respond-async", **headers)


async def get(account: ServedAccount, path: str) -> httpx.Response:
    return await account.http.get(path, headers=account.headers)


async def test_an_asynchronous_request_is_accepted_with_the_location_of_its_job(account: Any) -> None:
    answer = await submit(account)

    assert (answer.status_code, answer.headers["location"]) == (202, f"{JOB}/1")
    assert (answer.headers["preference-applied"], answer.content) == ("respond-async", b"")
    assert len(await account.query_rows(MADE)) == 1


async def test_a_job_is_pending_then_completed_and_its_task_keeps_the_response(account: Any) -> None:
    place = (await submit(account)).headers["location"]

    states = [(await get(account, place)).json() for _ in range(2)]
    tasks = (await get(account, f"{place}/task")).json()
    task = (await get(account, f"{place}/task/1")).json()
    result = await get(account, f"{place}/task/1/result")

    address = f"{account.base_url}{place}"
    assert states[0] == {
        "links": [{"rel": "self", "href": address}],
        "completed": False,
        "id": "1",
        "progress": "pending",
        "task": {"links": [{"rel": "self", "href": f"{address}/task"}]},
    }
    assert states[1] == {**states[0], "completed": True, "progress": "succeeded"}
    assert [item["id"] for item in tasks["items"]] == ["1"]
    assert (task["completed"], task["progress"]) == (True, "succeeded")
    assert task["links"][0] == {"rel": "related", "href": f"{address}/task/1/result"}
    [row] = await account.query_rows(MADE)
    assert result.status_code == 204
    assert result.headers["location"].endswith(f"/record/v1/customer/{row['id']}")


async def test_a_failed_job_keeps_the_refusal(account: Any) -> None:
    place = (await submit(account, {"companyName": "Hollow Oak"})).headers["location"]

    task = (await get(account, f"{place}/task/1")).json()
    result = await get(account, f"{place}/task/1/result")

    assert (task["completed"], task["progress"]) == (True, "failed")
    assert (result.status_code, result.json()["o:errorDetails"][0]["o:errorCode"]) == (400, "USER_ERROR")
    assert await account.query_rows(MADE) == []


async def test_a_repeated_key_is_refused_with_the_location_of_the_first_job(account: Any) -> None:
    key = {"x-netsuite-idempotency-key": "cac827ea-3543-4cda-add2-bae634326c27"}

    first = await submit(account, **key)
    again = await submit(account, **key)

    assert first.status_code == 202
    assert (again.status_code, again.json()["title"]) == (400, "Conflict")
    assert again.json()["o:errorDetails"][0]["o:errorCode"] == "IDEMPOTENCY_ERROR"
    assert again.headers["location"] == first.headers["location"]
    assert len(await account.query_rows(MADE)) == 1


async def test_a_synchronous_request_ignores_the_key(account: Any) -> None:
    key = {"x-netsuite-idempotency-key": "one"}

    answers = [await account.request_record("POST", "customer", BODY, **key) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [204, 204]
    assert len(await account.query_rows(MADE)) == 2


async def test_an_unknown_job_is_not_found_and_a_job_needs_a_token(account: Any) -> None:
    await submit(account)

    assert (await get(account, f"{JOB}/2")).status_code == 404
    assert (await account.http.get(f"{JOB}/1")).status_code == 401


async def test_the_job_of_a_lost_response_is_found_by_its_key(account: Any) -> None:
    key = {"x-netsuite-idempotency-key": "one"}
    await account.inject_fault("unavailable-after-commit", path="customer")

    lost = await submit(account, **key)
    again = await submit(account, **key)

    assert (lost.status_code, again.status_code) == (503, 400)
    assert again.headers["location"] == f"{JOB}/1"
    assert len(await account.query_rows(MADE)) == 1

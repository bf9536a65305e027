"""Asynchronous execution on the account: a request that prefers it becomes a job, and a key is taken once."""

from typing import Any

import httpx

JOB = "/services/rest/async/v1/job"
BODY = {"companyName": "Hollow Oak", "subsidiary": {"id": "2"}}
MADE = "SELECT id FROM customer WHERE companyname = 'Hollow Oak'"


async def submit(account: Any, body: Any = BODY, **headers: str) -> httpx.Response:
    return await account.record("POST", "customer", body, prefer="respond-async", **headers)


async def look(account: Any, path: str) -> httpx.Response:
    return await account.http.get(path, headers=account.headers)


async def test_a_request_that_prefers_it_is_accepted_with_the_place_of_its_job(account: Any) -> None:
    answer = await submit(account)

    assert (answer.status_code, answer.headers["location"]) == (202, f"{JOB}/1")
    assert (answer.headers["preference-applied"], answer.content) == ("respond-async", b"")
    assert len(await account.rows(MADE)) == 1


async def test_a_job_is_pending_and_then_done_and_its_task_keeps_the_answer(account: Any) -> None:
    place = (await submit(account)).headers["location"]

    states = [(await look(account, place)).json() for _ in range(2)]
    tasks = (await look(account, f"{place}/task")).json()
    task = (await look(account, f"{place}/task/1")).json()
    result = await look(account, f"{place}/task/1/result")

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
    [row] = await account.rows(MADE)
    assert result.status_code == 204
    assert result.headers["location"].endswith(f"/record/v1/customer/{row['id']}")


async def test_a_job_that_fails_keeps_the_refusal(account: Any) -> None:
    place = (await submit(account, {"companyName": "Hollow Oak"})).headers["location"]

    task = (await look(account, f"{place}/task/1")).json()
    result = await look(account, f"{place}/task/1/result")

    assert (task["completed"], task["progress"]) == (True, "failed")
    assert (result.status_code, result.json()["o:errorDetails"][0]["o:errorCode"]) == (400, "USER_ERROR")
    assert await account.rows(MADE) == []


async def test_a_key_is_taken_once_and_names_the_first_job(account: Any) -> None:
    key = {"x-netsuite-idempotency-key": "cac827ea-3543-4cda-add2-bae634326c27"}

    first = await submit(account, **key)
    again = await submit(account, **key)

    assert first.status_code == 202
    assert (again.status_code, again.json()["title"]) == (400, "Conflict")
    assert again.json()["o:errorDetails"][0]["o:errorCode"] == "IDEMPOTENCY_ERROR"
    assert again.headers["location"] == first.headers["location"]
    assert len(await account.rows(MADE)) == 1


async def test_a_key_means_nothing_to_a_request_that_waits_for_its_answer(account: Any) -> None:
    key = {"x-netsuite-idempotency-key": "one"}

    answers = [await account.record("POST", "customer", BODY, **key) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [204, 204]
    assert len(await account.rows(MADE)) == 2


async def test_a_job_that_nobody_submitted_is_not_there_and_none_is_shown_without_a_token(account: Any) -> None:
    await submit(account)

    assert (await look(account, f"{JOB}/2")).status_code == 404
    assert (await account.http.get(f"{JOB}/1")).status_code == 401


async def test_a_lost_answer_is_asked_for_again_by_its_key(account: Any) -> None:
    key = {"x-netsuite-idempotency-key": "one"}
    await account.control("unavailable-after-commit", path="customer")

    lost = await submit(account, **key)
    again = await submit(account, **key)

    assert (lost.status_code, again.status_code) == (503, 400)
    assert again.headers["location"] == f"{JOB}/1"
    assert len(await account.rows(MADE)) == 1

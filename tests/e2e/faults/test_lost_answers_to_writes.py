"""Upserts sent to the twins whose answer is lost: the row is written once, and a repeated call creates no duplicate.

The gateway sends no writes yet, and the twins of Kantata and Workday accept none: `test_vendor_faults.py` tests their
switches on reads.
"""

import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import ECKey

from tests.e2e.faults.conftest import Twin, serve_twins

SHORT_TIMEOUT: Final = 0.3
NAME: Final = "Hollow Oak"
_NETSUITE_TOKEN: Final = "/services/rest/auth/oauth2/v1/token"


@dataclass(frozen=True)
class Writer:
    """One vendor's upsert by external id, the status of its first and later success, and the count of rows by name."""

    twin: Twin
    upsert: Callable[..., Awaitable[httpx.Response]]
    succeeded: tuple[int, ...]
    count: Callable[[], Awaitable[int]]
    operation: str
    log_in_again: Callable[[], Awaitable["Writer"]]


async def _connect_salesforce(twin: Twin, folder: Path) -> Writer:
    http, base = twin.http, "/services/data/v68.0"
    form = {"grant_type": "client_credentials", "client_id": "consumer", "client_secret": "secret"}
    token = (await http.post("/services/oauth2/token", data=form)).json()["access_token"]
    headers = {"authorization": f"Bearer {token}"}

    async def upsert(timeout: float = 30.0) -> httpx.Response:  # noqa: ASYNC109 -- the client's own
        url = f"{base}/sobjects/Account/Customer_Number__c/K-1"
        return await http.patch(url, json={"Name": NAME}, headers=headers, timeout=timeout)

    async def count() -> int:
        query = {"q": f"SELECT COUNT() FROM Account WHERE Name = '{NAME}'"}  # noqa: S608 -- a constant
        return int((await http.get(f"{base}/query", params=query, headers=headers)).json()["totalSize"])

    return Writer(twin, upsert, (201, 200), count, "PATCH row", partial(_connect_salesforce, twin, folder))


async def _connect_netsuite(twin: Twin, folder: Path) -> Writer:
    http, now = twin.http, int(time.time())
    claims = {
        "iss": "integration",
        "scope": "rest_webservices",
        "aud": f"{twin.connection.base_url}{_NETSUITE_TOKEN}",
        "iat": now,
        "exp": now + 300,
    }
    key = ECKey.import_key((folder / "netsuite.pem").read_text(encoding="utf-8"))
    form = {
        "grant_type": "client_credentials",
        "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        "client_assertion": jwt.encode({"alg": "ES256", "kid": "certificate"}, claims, key),
    }
    token = (await http.post(_NETSUITE_TOKEN, data=form)).json()["access_token"]
    headers = {"authorization": f"Bearer {token}"}

    async def upsert(timeout: float = 30.0) -> httpx.Response:  # noqa: ASYNC109 -- the client's own
        body = {"companyName": NAME, "subsidiary": {"id": "2"}}
        url = "/services/rest/record/v1/customer/eid:K-1"
        return await http.put(url, json=body, headers=headers, timeout=timeout)

    async def count() -> int:
        url = "/services/rest/record/v1/customer"
        answer = await http.get(url, params={"q": f'companyName IS "{NAME}"'}, headers=headers)
        return int(answer.json()["totalResults"])

    return Writer(twin, upsert, (204, 204), count, "PUT record", partial(_connect_netsuite, twin, folder))


_WRITERS: Final[Mapping[str, Callable[[Twin, Path], Awaitable[Writer]]]] = {
    "crm": _connect_salesforce,
    "erp": _connect_netsuite,
}


@pytest.fixture(params=_WRITERS)
async def writer(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Writer]:
    """A vendor that accepts writes."""
    async with serve_twins(tmp_path) as twins:
        connected = await _WRITERS[request.param](twins.by_name[request.param], tmp_path)
        await connected.twin.reset()
        yield connected


_STATUSES: Final = {
    "rate-limit": {"crm": 403, "erp": 429},
    "unavailable": {"crm": 503, "erp": 503},
    "token-expired": {"crm": 401, "erp": 401},
    "invalid-json": {"crm": 200, "erp": 200},
}


@pytest.mark.parametrize("kind", _STATUSES)
async def test_a_fault_before_the_commit_writes_no_row(writer: Writer, kind: str) -> None:
    await writer.twin.set_fault(kind)

    answer = await writer.upsert()
    received = await writer.twin.load_call_counts()

    assert answer.status_code == _STATUSES[kind][writer.twin.connection.name]
    assert received == {writer.operation: 1}
    assert await (await writer.log_in_again()).count() == 0


async def test_a_locked_row_is_refused_unchanged_and_written_by_the_second_call(tmp_path: Path) -> None:
    async with serve_twins(tmp_path) as twins:
        writer = await _connect_salesforce(twins.by_name["crm"], tmp_path)
        await writer.twin.set_fault("row-locked", path="Account")

        refused = await writer.upsert()
        before = await writer.count()
        written = await writer.upsert()

        assert (refused.status_code, refused.json()[0]["errorCode"]) == (400, "UNABLE_TO_LOCK_ROW")
        assert (before, written.status_code, await writer.count()) == (0, 201, 1)


async def test_a_503_after_the_commit_leaves_one_row_however_often_the_call_is_sent(writer: Writer) -> None:
    await writer.twin.set_fault("unavailable-after-commit")

    lost = await writer.upsert()
    again = await writer.upsert()

    assert (lost.status_code, again.status_code) == (503, writer.succeeded[1])
    assert await writer.count() == 1
    assert (await writer.twin.load_call_counts())[writer.operation] == 2


async def test_a_lost_answer_after_the_commit_leaves_one_row_however_often_the_call_is_sent(writer: Writer) -> None:
    await writer.twin.set_fault("lost-answer")

    with pytest.raises(httpx.ReadTimeout):
        await writer.upsert(SHORT_TIMEOUT)
    count = await writer.count()
    again = await writer.upsert()

    assert (count, again.status_code) == (1, writer.succeeded[1])
    assert await writer.count() == 1
    assert (await writer.twin.load_call_counts())[writer.operation] == 2


async def test_a_truncated_answer_comes_after_the_commit(writer: Writer) -> None:
    await writer.twin.set_fault("truncated")

    await writer.upsert()

    assert await writer.count() == 1


async def test_without_a_fault_the_row_is_written_and_confirmed(writer: Writer) -> None:
    answer = await writer.upsert()

    assert answer.status_code == writer.succeeded[0]
    assert await writer.count() == 1

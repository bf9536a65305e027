"""A change feed delivers changes and, in the same call, deletions; an idle feed costs one call."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from gateway.canonical.fault import FaultCode
from gateway.canonical.records.base import Record
from gateway.canonical.records.crm import CrmAccount, CrmContract, CrmOpportunity
from gateway.errors import SourceError
from gateway.net.call_counter import count_calls
from gateway.ports.base import Changes
from gateway.ports.crm import CrmPort
from subgraphs.crm.salesforce.adapter import connect
from subgraphs.crm.salesforce.twin import ConnectedApp
from subgraphs.crm.salesforce.twin.seed import build_account_id
from subgraphs.kit.twin.server import serve
from subgraphs.sandbox.firm.small import FIRM
from tests.unit.subgraphs.crm.salesforce.conftest import OpenTwin, build_connection

UPDATED = build_account_id("C-2003")
LARGE_FIRM = replace(
    FIRM,
    customers=(
        *FIRM.customers,
        *(replace(FIRM.customers[0], number=f"X-{number}", contacts=()) for number in range(40)),
    ),
)


class Clock:
    """The org's clock, which the test moves."""

    def __init__(self) -> None:
        self.at = datetime(2026, 11, 20, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.at


@dataclass
class Org:
    """A served twin, the adapter over it, and an HTTP client."""

    port: CrmPort
    http: httpx.AsyncClient

    async def read_changes(self, kind: type[Record], watermark: str | None = None) -> list[Changes[Any]]:
        return [page async for page in self.port.list_changes(kind, watermark)]


@asynccontextmanager
async def open_feed(open_twin: OpenTwin, client: ConnectedApp, **settings: Any) -> AsyncIterator[Org]:
    async with open_twin(**settings) as base_url, httpx.AsyncClient(base_url=f"{base_url}") as http:
        form = {"grant_type": "client_credentials"}
        answer = await http.post("/services/oauth2/token", data=form, auth=(client.id, client.secret))
        http.headers["authorization"] = f"Bearer {answer.json()['access_token']}"
        http.base_url = httpx.URL(f"{base_url}/services/data/v68.0")
        port = connect(build_connection(base_url, client))
        try:
            yield Org(port, http)
        finally:
            await port.aclose()


@pytest.mark.parametrize("kind", [CrmAccount, CrmContract, CrmOpportunity])
async def test_an_idle_feed_costs_one_call_and_has_no_changes(
    open_twin: OpenTwin, client: ConnectedApp, kind: type[Record]
) -> None:
    async with open_feed(open_twin, client) as org:
        first = await org.read_changes(kind)

        with count_calls() as calls:
            (second,) = await org.read_changes(kind, first[-1].watermark)

    assert (second.rows, second.deleted) == ((), ())
    assert calls == {"crm": 1}


async def test_deletions_and_changes_come_in_the_same_call(open_twin: OpenTwin, client: ConnectedApp) -> None:
    clock = Clock()
    async with open_feed(open_twin, client, clock=clock) as org:
        first = await org.read_changes(CrmAccount)
        clock.at += timedelta(minutes=10)
        assert (await org.http.delete(f"sobjects/Account/{build_account_id('C-2008')}")).status_code == 204
        assert (await org.http.patch(f"sobjects/Account/{UPDATED}", json={"Name": "Renamed"})).status_code == 204
        # The adapter's latest response is then two minutes old.
        await org.port.get_accounts([UPDATED])
        clock.at += timedelta(minutes=2)

        with count_calls() as calls:
            (page,) = await org.read_changes(CrmAccount, first[-1].watermark)

    assert [(row.native.id, row.name) for row in page.rows] == [(UPDATED, "Renamed")]
    assert calls == {"crm": 1}
    assert page.deleted == (build_account_id("C-2008"),)


async def test_every_deletion_between_two_runs_is_delivered(open_twin: OpenTwin, client: ConnectedApp) -> None:
    """The time range of deletions starts at the watermark, so no deletion falls between two runs."""
    clock, deleted = Clock(), list[str]()
    async with open_feed(open_twin, client, clock=clock) as org:
        watermark = (await org.read_changes(CrmAccount))[-1].watermark
        for number in ("C-2006", "C-2007", "C-2008"):
            await org.http.delete(f"sobjects/Account/{build_account_id(number)}")
            clock.at += timedelta(minutes=4)
            page = (await org.read_changes(CrmAccount, watermark))[-1]
            watermark = page.watermark
            deleted += page.deleted
        clock.at += timedelta(minutes=4)
        deleted += (await org.read_changes(CrmAccount, watermark))[-1].deleted

    assert {build_account_id(number) for number in ("C-2006", "C-2007", "C-2008")} == set(deleted)


async def test_many_changes_come_in_batches_and_deletions_with_the_first_batch(
    open_twin: OpenTwin, client: ConnectedApp
) -> None:
    """The watermark of a batch may be later than a deletion, so the next run would miss the deletion."""
    clock = Clock()
    async with open_feed(open_twin, client, firm=LARGE_FIRM, batch=20, clock=clock) as org:
        first = await org.read_changes(CrmAccount)
        await org.http.delete(f"sobjects/Account/{build_account_id('C-2008')}")
        clock.at += timedelta(hours=1)
        for number in range(30):
            await org.http.patch(
                f"sobjects/Account/{build_account_id(f'X-{number}')}", json={"Name": f"Renamed {number}"}
            )
        clock.at += timedelta(hours=1)
        await org.port.get_accounts([UPDATED])

        pages = await org.read_changes(CrmAccount, first[-1].watermark)
        rest = await org.read_changes(CrmAccount, pages[0].watermark)

    assert [len(page.rows) for page in first] == [20, 20, 8]
    assert [(len(page.rows), page.deleted) for page in pages] == [(20, (build_account_id("C-2008"),)), (10, ())]
    assert [page.deleted for page in rest] == [(), ()]


async def test_a_watermark_older_than_the_deletion_retention_delivers_all_existing_ids(
    open_twin: OpenTwin, client: ConnectedApp
) -> None:
    """Salesforce keeps deletions for thirty days; an older watermark gets the existing ids."""
    clock = Clock()
    async with open_feed(open_twin, client, firm=LARGE_FIRM, batch=20, clock=clock) as org:
        watermark = (await org.read_changes(CrmAccount))[-1].watermark
        await org.http.delete(f"sobjects/Account/{build_account_id('C-2008')}")
        clock.at += timedelta(days=31)
        await org.port.get_accounts([UPDATED])

        with count_calls() as calls:
            pages = await org.read_changes(CrmAccount, watermark)
        again = await org.read_changes(CrmAccount, pages[-1].watermark)

    existing = {build_account_id(customer.number) for customer in LARGE_FIRM.customers} - {build_account_id("C-2008")}
    assert [page.present and set(page.present) for page in pages] == [existing, None]
    assert pages[0].watermark == watermark
    assert calls == {"crm": 1 + 3}
    assert [page.present for page in again] == [None]


async def test_the_local_clock_is_used_before_the_first_response(open_twin: OpenTwin, client: ConnectedApp) -> None:
    clock = Clock()
    clock.at = datetime.now(UTC) - timedelta(minutes=3)
    async with open_feed(open_twin, client, clock=clock) as org:
        await org.http.delete(f"sobjects/Account/{build_account_id('C-2008')}")
        clock.at += timedelta(minutes=3)

        (page,) = await org.read_changes(CrmAccount, (clock.at - timedelta(minutes=30)).isoformat())

    assert page.deleted == (build_account_id("C-2008"),)


async def test_a_refused_range_of_deletions_delivers_all_existing_ids(
    open_twin: OpenTwin, client: ConnectedApp
) -> None:
    """The org's clock is forty days ahead of this machine's: the range begins before Salesforce keeps deletions."""
    clock = Clock()
    clock.at = datetime.now(UTC) + timedelta(days=40)
    async with open_feed(open_twin, client, clock=clock) as org:
        await org.http.delete(f"sobjects/Account/{build_account_id('C-2008')}")

        pages = await org.read_changes(CrmAccount, (datetime.now(UTC) - timedelta(minutes=30)).isoformat())

    existing = {build_account_id(customer.number) for customer in FIRM.customers} - {build_account_id("C-2008")}
    assert set(pages[0].present or ()) == existing
    assert [page.deleted for page in pages] == [() for _ in pages]


async def test_a_query_that_an_overloaded_org_refuses_inside_a_composite_call_is_sent_again(
    client: ConnectedApp,
) -> None:
    refusal = [{"errorCode": "CONCURRENT_REQUEST_LIMIT_EXCEEDED", "message": "m"}]
    deleted = {
        "deletedRecords": [],
        "earliestDateAvailable": "2026-10-20T12:00:00.000+0000",
        "latestDateCovered": "2026-11-20T12:00:00.000+0000",
    }
    rows = {"totalSize": 0, "done": True, "records": []}
    answers: Iterator[list[tuple[int, object]]] = iter([[(403, refusal), (200, deleted)], [(200, rows)]])
    sent: list[int] = []

    async def answer(request: Request) -> JSONResponse:
        sent.append(len((await request.json())["compositeRequest"]))
        responses = [{"httpStatusCode": status, "body": body} for status, body in next(answers)]
        return JSONResponse({"compositeResponse": responses})

    app = Starlette(
        routes=[
            Route("/services/oauth2/token", lambda _: JSONResponse({"access_token": "t"}), methods=["POST"]),
            Route("/services/data/{rest:path}", answer, methods=["POST"]),
        ]
    )
    async with serve(app) as base_url:
        port = connect(build_connection(base_url, client))
        pages = [page async for page in port.list_changes(CrmAccount, "2026-11-20T11:00:00+00:00")]
        await port.aclose()

    assert sent == [2, 1]
    assert [page.rows for page in pages] == [()]


@pytest.mark.parametrize("key", ["latestDateCovered", "earliestDateAvailable"])
async def test_an_invalid_instant_is_a_contract_mismatch(client: ConnectedApp, key: str) -> None:
    deleted = {
        "deletedRecords": [],
        "earliestDateAvailable": "2026-10-20T12:00:00.000+0000",
        "latestDateCovered": "2026-11-20T12:00:00.000+0000",
        key: "soon",
    }
    rows = {"totalSize": 0, "done": True, "records": []}
    responses = [{"httpStatusCode": 200, "body": body} for body in (rows, deleted)]
    app = Starlette(
        routes=[
            Route("/services/oauth2/token", lambda _: JSONResponse({"access_token": "t"}), methods=["POST"]),
            Route(
                "/services/data/{rest:path}", lambda _: JSONResponse({"compositeResponse": responses}), methods=["POST"]
            ),
        ]
    )
    async with serve(app) as base_url:
        port = connect(build_connection(base_url, client))
        with pytest.raises(SourceError) as error:
            _ = [page async for page in port.list_changes(CrmAccount, "2026-11-20T11:00:00+00:00")]
        await port.aclose()

    assert error.value.code is FaultCode.CONTRACT_MISMATCH

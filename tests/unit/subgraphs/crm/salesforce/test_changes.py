"""A feed tells what changed and, in the same call, what was deleted; an idle one costs one call."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route

from gateway.canonical.fault import FaultCode
from gateway.canonical.records.base import Record
from gateway.canonical.records.crm import CrmAccount, CrmContract, CrmOpportunity
from gateway.errors import SourceError
from gateway.net.ledger import counting
from gateway.ports.base import Changes
from gateway.ports.crm import CrmPort
from subgraphs.crm.salesforce.adapter import connect
from subgraphs.crm.salesforce.conformance import serving
from subgraphs.crm.salesforce.twin import Client
from subgraphs.crm.salesforce.twin.seed import account_id
from subgraphs.sandbox.firm.small import FIRM
from tests.unit.subgraphs.crm.salesforce.conftest import OpenTwin, connection_to

CHANGED = account_id("C-2003")
CROWD = replace(
    FIRM,
    customers=(*FIRM.customers, *(replace(FIRM.customers[0], number=f"X-{place}", contacts=()) for place in range(40))),
)


class Clock:
    """The org's clock, which the test moves."""

    def __init__(self) -> None:
        self.at = datetime(2026, 11, 20, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.at


@dataclass
class Org:
    """A twin that is being served, the adapter over it, and a plain client."""

    port: CrmPort
    http: httpx.AsyncClient

    async def followed(self, kind: type[Record], watermark: str | None = None) -> list[Changes[Any]]:
        return [page async for page in self.port.changed_since(kind, watermark)]


@asynccontextmanager
async def following(open_twin: OpenTwin, client: Client, **settings: Any) -> AsyncIterator[Org]:
    async with open_twin(**settings) as base_url, httpx.AsyncClient(base_url=f"{base_url}") as http:
        form = {"grant_type": "client_credentials"}
        answer = await http.post("/services/oauth2/token", data=form, auth=(client.id, client.secret))
        http.headers["authorization"] = f"Bearer {answer.json()['access_token']}"
        http.base_url = httpx.URL(f"{base_url}/services/data/v68.0")
        port = connect(connection_to(base_url, client))
        try:
            yield Org(port, http)
        finally:
            await port.aclose()


@pytest.mark.parametrize("kind", [CrmAccount, CrmContract, CrmOpportunity])
async def test_an_idle_feed_costs_one_call_and_tells_nothing(
    open_twin: OpenTwin, client: Client, kind: type[Record]
) -> None:
    async with following(open_twin, client) as org:
        first = await org.followed(kind)

        with counting() as calls:
            (second,) = await org.followed(kind, first[-1].watermark)

    assert (second.rows, second.deleted) == ((), ())
    assert calls == {"crm": 1}


async def test_what_was_deleted_comes_in_the_same_call_as_what_changed(open_twin: OpenTwin, client: Client) -> None:
    clock = Clock()
    async with following(open_twin, client, clock=clock) as org:
        first = await org.followed(CrmAccount)
        clock.at += timedelta(minutes=10)
        assert (await org.http.delete(f"sobjects/Account/{account_id('C-2008')}")).status_code == 204
        assert (await org.http.patch(f"sobjects/Account/{CHANGED}", json={"Name": "Renamed"})).status_code == 204
        # The process has heard the service's clock ten minutes ago, by a twin's haste.
        await org.port.accounts([CHANGED])
        clock.at += timedelta(minutes=2)

        with counting() as calls:
            (page,) = await org.followed(CrmAccount, first[-1].watermark)

    assert [(row.native.id, row.name) for row in page.rows] == [(CHANGED, "Renamed")]
    assert calls == {"crm": 1}
    assert page.deleted == (account_id("C-2008"),)


async def test_a_deletion_is_told_however_late_the_feed_comes_to_it(open_twin: OpenTwin, client: Client) -> None:
    """The stamp of what was asked last time bounds the span: nothing falls between two runs."""
    clock, told = Clock(), list[str]()
    async with following(open_twin, client, clock=clock) as org:
        watermark = (await org.followed(CrmAccount))[-1].watermark
        for number in ("C-2006", "C-2007", "C-2008"):
            await org.http.delete(f"sobjects/Account/{account_id(number)}")
            clock.at += timedelta(minutes=4)
            page = (await org.followed(CrmAccount, watermark))[-1]
            watermark = page.watermark
            told += page.deleted
        clock.at += timedelta(minutes=4)
        told += (await org.followed(CrmAccount, watermark))[-1].deleted

    assert {account_id(number) for number in ("C-2006", "C-2007", "C-2008")} == set(told)


async def test_many_changes_come_in_batches_and_the_deletions_with_the_first(
    open_twin: OpenTwin, client: Client
) -> None:
    """The stamp of a batch may lie behind a deletion: who goes on from there would not hear of it any more."""
    clock = Clock()
    async with following(open_twin, client, firm=CROWD, batch=20, clock=clock) as org:
        first = await org.followed(CrmAccount)
        await org.http.delete(f"sobjects/Account/{account_id('C-2008')}")
        clock.at += timedelta(hours=1)
        for place in range(30):
            await org.http.patch(f"sobjects/Account/{account_id(f'X-{place}')}", json={"Name": f"Renamed {place}"})
        clock.at += timedelta(hours=1)
        await org.port.accounts([CHANGED])

        pages = await org.followed(CrmAccount, first[-1].watermark)
        rest = await org.followed(CrmAccount, pages[0].watermark)

    assert [len(page.rows) for page in first] == [20, 20, 8]
    assert [(len(page.rows), page.deleted) for page in pages] == [(20, (account_id("C-2008"),)), (10, ())]
    assert [page.deleted for page in rest] == [(), ()]


async def test_deletions_that_the_service_has_forgotten_are_made_up_for_by_all_ids(
    open_twin: OpenTwin, client: Client
) -> None:
    """It remembers thirty days; whoever comes later learns who is left."""
    clock = Clock()
    async with following(open_twin, client, firm=CROWD, batch=20, clock=clock) as org:
        watermark = (await org.followed(CrmAccount))[-1].watermark
        await org.http.delete(f"sobjects/Account/{account_id('C-2008')}")
        clock.at += timedelta(days=31)
        await org.port.accounts([CHANGED])

        with counting() as calls:
            pages = await org.followed(CrmAccount, watermark)
        again = await org.followed(CrmAccount, pages[-1].watermark)

    left = {account_id(customer.number) for customer in CROWD.customers} - {account_id("C-2008")}
    assert [page.present and set(page.present) for page in pages] == [left, None]
    assert pages[0].watermark == watermark
    assert calls == {"crm": 1 + 3}
    assert [page.present for page in again] == [None]


async def test_a_process_that_has_not_heard_the_services_clock_yet_asks_by_its_own(
    open_twin: OpenTwin, client: Client
) -> None:
    clock = Clock()
    clock.at = datetime.now(UTC) - timedelta(minutes=3)
    async with following(open_twin, client, clock=clock) as org:
        await org.http.delete(f"sobjects/Account/{account_id('C-2008')}")
        clock.at += timedelta(minutes=3)

        (page,) = await org.followed(CrmAccount, (clock.at - timedelta(minutes=30)).isoformat())

    assert page.deleted == (account_id("C-2008"),)


@pytest.mark.parametrize("told", ["latestDateCovered", "earliestDateAvailable"])
async def test_an_instant_that_is_none_breaks_the_feed_as_a_mismatch(client: Client, told: str) -> None:
    gone = {
        "deletedRecords": [],
        "earliestDateAvailable": "2026-10-20T12:00:00.000+0000",
        "latestDateCovered": "2026-11-20T12:00:00.000+0000",
        told: "soon",
    }
    rows = {"totalSize": 0, "done": True, "records": []}
    answers = [{"httpStatusCode": 200, "body": body} for body in (rows, gone)]
    app = Starlette(
        routes=[
            Route("/services/oauth2/token", lambda _: JSONResponse({"access_token": "t"}), methods=["POST"]),
            Route(
                "/services/data/{rest:path}", lambda _: JSONResponse({"compositeResponse": answers}), methods=["POST"]
            ),
        ]
    )
    async with serving(app) as base_url:
        port = connect(connection_to(base_url, client))
        with pytest.raises(SourceError) as failed:
            _ = [page async for page in port.changed_since(CrmAccount, "2026-11-20T11:00:00+00:00")]
        await port.aclose()

    assert failed.value.code is FaultCode.CONTRACT_MISMATCH

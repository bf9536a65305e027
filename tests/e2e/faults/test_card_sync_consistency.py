"""The card index when a token dies, or somebody works with the vendor, between two pages of a feed: every row is in it exactly once."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final, NamedTuple

import pytest
import pytest_asyncio
from sqlalchemy import select

from gateway.canonical.fault import FaultCode
from gateway.identity.sync import FeedResult
from gateway.store import tables
from subgraphs.sandbox.firm.small import FIRM
from tests.e2e.faults.conftest import Twins, serve_twins
from tests.fixtures.firm import RunningFirm

pytestmark = pytest.mark.asyncio(loop_scope="module")

Link = tuple[str, str, str]
"""(connection, object, external id)"""

EXTRA_CUSTOMERS: Final = tuple(
    replace(FIRM.customers[0], number=f"X-{number}", name=f"Customer {number}", contacts=()) for number in range(20)
)
LARGE_FIRM: Final = replace(FIRM, customers=FIRM.customers + EXTRA_CUSTOMERS)
MOST_ROWS: Final = {"crm": 10, "psa": 4, "hcm": 3, "erp": 20}
"""28 customers, 10 projects and 8 people: every feed that is struck has several pages. A record of the books stays within one."""


class FaultPoint(NamedTuple):
    """Where a feed is between its first two pages: the object, and the call that is let pass last."""

    object: str
    path: str
    skip: int


FAULT_POINTS: Final = {
    "crm": FaultPoint("Account", "query", 1),
    "psa": FaultPoint("workspaces", "workspaces", 1),
    "hcm": FaultPoint("allWorkers", "/data", 1),
    "erp": FaultPoint("customer", "suiteql", 5),
}
"""Of the books, three reads are for legal entities; then come the first page of customers who changed, what they are, and the second page."""


class Clock:
    """The systems' time, which is two minutes behind until they pass."""

    def __init__(self) -> None:
        self.behind = timedelta(minutes=2)

    def __call__(self) -> datetime:
        return datetime.now(UTC) - self.behind

    def advance(self) -> None:
        self.behind = timedelta()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest_asyncio.fixture(loop_scope="module")
async def paged(tmp_path: Path, clock: Clock) -> AsyncIterator[Twins]:
    """The systems with small pages, for one test alone."""
    async with serve_twins(tmp_path, LARGE_FIRM, most_rows=MOST_ROWS, now=clock) as twins:
        yield twins


async def run_sync(running: RunningFirm, name: str) -> list[FeedResult]:
    """Follow the feeds of one system once."""
    return await running.gateway.sync.run(only=[name])


async def load_links(running: RunningFirm) -> list[Link]:
    """Return what the card index knows of the systems, and assert that no two of its rows are of one card."""
    columns = tables.link.c
    wanted = select(columns.connection, columns.object_type, columns.external_id, columns.card_id)
    async with running.gateway.store.reading() as reader:
        rows = (await reader.execute(wanted)).all()
    assert len({row.card_id for row in rows}) == len(rows)
    return sorted((row.connection, row.object_type, row.external_id) for row in rows)


async def load_reference_links(twins: Twins, name: str, store: str) -> list[Link]:
    """Return what an index knows that was filled while nothing was wrong."""
    async with twins.open_gateway(store=store) as running:
        assert [result.failure for result in await run_sync(running, name) if result.failure] == []
        return await load_links(running)


async def arm(twins: Twins, name: str, kind: str, **options: str) -> None:
    """Set a switch between the first two pages, and count from now on."""
    site = FAULT_POINTS[name]
    await twins.reset()
    await twins.by_name[name].arm(kind, path=site.path, skip=site.skip, **options)


@pytest.mark.parametrize(
    ("name", "received"),
    [
        ("crm", {"token": 2, "query": 3, "query_more": 4}),
        ("hcm", {"token": 2, "data": 5, "Worker_Skills": 1}),
        ("erp", {"token": 2, "serverTime": 6, "suiteql": 17}),
    ],
)
async def test_a_token_that_dies_between_two_pages_is_replaced_and_the_page_asked_for_again(
    paged: Twins, name: str, received: Mapping[str, int]
) -> None:
    """Every row is told once: one call and one login more than without."""
    wanted = await load_reference_links(paged, name, "sound")
    await arm(paged, name, "token_expired")

    async with paged.open_gateway(store="struck") as running:
        results = await run_sync(running, name)

        assert [result.failure for result in results if result.failure] == []
        assert await load_links(running) == wanted
        assert sum(result.rows for result in results) == len(wanted)
        assert await paged.by_name[name].load_call_counts() == received


async def test_a_token_that_nobody_can_renew_stops_its_feed_before_a_row_is_taken_and_the_next_round_takes_all(
    paged: Twins,
) -> None:
    wanted = await load_reference_links(paged, "psa", "sound")
    await arm(paged, "psa", "token_expired")

    async with paged.open_gateway(store="struck") as running:
        stopped = await run_sync(running, "psa")
        received = await paged.by_name["psa"].load_call_counts()
        before = await load_links(running)
        await paged.reset()
        followed = await run_sync(running, "psa")

        assert {result.feed: result.failure for result in stopped if result.failure} == {
            "PsaProject": FaultCode.AUTH_EXPIRED
        }
        assert received == {"workspace_groups": 9, "users": 3, "workspaces": 2}
        assert before == [link for link in wanted if link[1] != "workspaces"]
        assert [result.failure for result in followed if result.failure] == []
        assert await load_links(running) == wanted


@pytest.mark.parametrize(
    ("name", "change", "received"),
    [
        *(("crm", change, {"token": 1, "query": 3, "query_more": 3}) for change in ("touched", "inserted", "deleted")),
        ("psa", "touched", {"workspace_groups": 9, "users": 3, "workspaces": 3}),
        ("psa", "inserted", {"workspace_groups": 9, "users": 3, "workspaces": 8}),
        ("psa", "deleted", {"workspace_groups": 9, "users": 3, "workspaces": 5}),
        ("hcm", "touched", {"token": 1, "data": 4, "Worker_Skills": 1}),
        ("hcm", "inserted", {"token": 1, "data": 8, "Worker_Skills": 1}),
        ("hcm", "deleted", {"token": 1, "data": 5, "Worker_Skills": 1}),
        *(
            ("erp", change, {"token": 1, "serverTime": 6, "suiteql": 16})
            for change in ("touched", "inserted", "deleted")
        ),
    ],
)
async def test_rows_that_change_between_two_pages_cost_none_and_double_none(
    paged: Twins, name: str, change: str, received: Mapping[str, int]
) -> None:
    """Salesforce's later pages are of the moment of the first, the books' go on by time and id: neither costs a call. The others have offsets: a page that no
    longer starts where the one before ended is read again, and so is everything when a row is missing at the end. What came or changed meanwhile the next
    round tells at the latest.
    """
    before = await load_reference_links(paged, name, "before")
    await arm(paged, name, "rows_changed", object=FAULT_POINTS[name].object, change=change)

    async with paged.open_gateway(store="struck") as running:
        first = await run_sync(running, name)
        calls = await paged.by_name[name].load_call_counts()
        found = await load_links(running)
        second = await run_sync(running, name)
        settled = await load_links(running)
    after = await load_reference_links(paged, name, "after")

    assert [result.failure for result in (*first, *second) if result.failure] == []
    assert calls == received
    assert len(after) - len(before) == {"touched": 0, "inserted": 1, "deleted": -1}[change]
    gone = set(before) - set(after)
    assert set(before) <= set(found)
    assert set(settled) - gone == set(after)


async def test_a_row_that_went_between_two_pages_is_told_as_gone_once_the_minute_is_over_where_the_vendor_tells_it(
    paged: Twins, clock: Clock
) -> None:
    """Salesforce tells deletions by whole minutes, and a feed goes on by the clock of the answers that it has seen: the round after the minute tells."""
    await arm(paged, "crm", "rows_changed", object="Account", change="deleted")

    async with paged.open_gateway() as running:
        first = await run_sync(running, "crm")
        clock.advance()
        await run_sync(running, "crm")
        second = await run_sync(running, "crm")

    assert {result.feed: result.deleted for result in first} == {"CrmAccount": 0, "CrmContract": 0, "CrmOpportunity": 0}
    assert {result.feed: result.deleted for result in second} == {
        "CrmAccount": 1,
        "CrmContract": 0,
        "CrmOpportunity": 0,
    }

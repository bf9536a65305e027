"""Every row is in the card index exactly once, even if a token expires or rows change between two pages of a feed."""

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
"""For 28 customers, 10 projects and 8 people: every faulty feed has several pages. A NetSuite record fits one page."""


class FaultPoint(NamedTuple):
    """A point between the first two pages of a feed: the object, its path, and the number of calls before the fault."""

    object: str
    path: str
    skip: int


FAULT_POINTS: Final = {
    "crm": FaultPoint("Account", "query", 1),
    "psa": FaultPoint("workspaces", "workspaces", 1),
    "hcm": FaultPoint("allWorkers", "/data", 1),
    "erp": FaultPoint("customer", "suiteql", 5),
}
"""NetSuite's calls: three for legal entities, the first page of changed customers, their records, the second page."""


class Clock:
    """The twins' clock, two minutes behind until `advance`."""

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
    """The twins with small pages, for one test."""
    async with serve_twins(tmp_path, LARGE_FIRM, most_rows=MOST_ROWS, now=clock) as twins:
        yield twins


async def run_sync(running: RunningFirm, name: str) -> list[FeedResult]:
    """Sync the feeds of one system once."""
    return await running.gateway.sync.run(only=[name])


async def load_links(running: RunningFirm) -> list[Link]:
    """Return the links of the card index; assert that every link has its own card."""
    columns = tables.link.c
    query = select(columns.connection, columns.object_type, columns.external_id, columns.card_id)
    async with running.gateway.store.connect() as reader:
        rows = (await reader.execute(query)).all()
    assert len({row.card_id for row in rows}) == len(rows)
    return sorted((row.connection, row.object_type, row.external_id) for row in rows)


async def load_reference_links(twins: Twins, name: str, store: str) -> list[Link]:
    """Return the links of a card index that is filled without a fault."""
    async with twins.open_gateway(store=store) as running:
        assert [result.failure for result in await run_sync(running, name) if result.failure] == []
        return await load_links(running)


async def set_fault(twins: Twins, name: str, kind: str, **options: str) -> None:
    """Set a switch between the first two pages and reset the call counts."""
    site = FAULT_POINTS[name]
    await twins.reset()
    await twins.by_name[name].set_fault(kind, path=site.path, skip=site.skip, **options)


@pytest.mark.parametrize(
    ("name", "received"),
    [
        ("crm", {"token": 2, "query": 3, "query_more": 4}),
        ("hcm", {"token": 2, "data": 5, "Worker_Skills": 1}),
        ("erp", {"token": 2, "serverTime": 6, "suiteql": 17}),
    ],
)
async def test_a_token_that_expires_between_two_pages_is_renewed_and_the_page_read_again(
    paged: Twins, name: str, received: Mapping[str, int]
) -> None:
    """Every row is read once, with one more call and one more login than without the fault."""
    expected = await load_reference_links(paged, name, "reference")
    await set_fault(paged, name, "token-expired")

    async with paged.open_gateway(store="faulty") as running:
        results = await run_sync(running, name)

        assert [result.failure for result in results if result.failure] == []
        assert await load_links(running) == expected
        assert sum(result.rows for result in results) == len(expected)
        assert await paged.by_name[name].load_call_counts() == received


async def test_an_expired_static_token_stops_its_feed_before_any_row_is_stored_and_the_next_sync_reads_all(
    paged: Twins,
) -> None:
    expected = await load_reference_links(paged, "psa", "reference")
    await set_fault(paged, "psa", "token-expired")

    async with paged.open_gateway(store="faulty") as running:
        stopped = await run_sync(running, "psa")
        received = await paged.by_name["psa"].load_call_counts()
        before = await load_links(running)
        await paged.reset()
        resumed = await run_sync(running, "psa")

        assert {result.feed: result.failure for result in stopped if result.failure} == {
            "PsaProject": FaultCode.AUTH_EXPIRED
        }
        assert received == {"workspace_groups": 9, "users": 3, "workspaces": 2}
        assert before == [link for link in expected if link[1] != "workspaces"]
        assert [result.failure for result in resumed if result.failure] == []
        assert await load_links(running) == expected


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
async def test_rows_that_change_between_two_pages_lose_and_duplicate_no_row(
    paged: Twins, name: str, change: str, received: Mapping[str, int]
) -> None:
    """Salesforce's later pages are a snapshot of the first, NetSuite's continue by time and id: no additional call.

    The others page by offset: a page that no longer starts where the previous one ended is read again, and all pages
    are read again if a row is missing at the end. Rows inserted or changed meanwhile arrive with the next sync.
    """
    before = await load_reference_links(paged, name, "before")
    await set_fault(paged, name, "rows-changed", object=FAULT_POINTS[name].object, change=change)

    async with paged.open_gateway(store="faulty") as running:
        first = await run_sync(running, name)
        calls = await paged.by_name[name].load_call_counts()
        seen = await load_links(running)
        second = await run_sync(running, name)
        final = await load_links(running)
    after = await load_reference_links(paged, name, "after")

    assert [result.failure for result in (*first, *second) if result.failure] == []
    assert calls == received
    assert len(after) - len(before) == {"touched": 0, "inserted": 1, "deleted": -1}[change]
    deleted = set(before) - set(after)
    assert set(before) <= set(seen)
    assert set(final) - deleted == set(after)


async def test_a_row_deleted_between_two_pages_is_deleted_after_the_minute_if_the_vendor_reports_deletions(
    paged: Twins, clock: Clock
) -> None:
    """Salesforce reports deletions per whole minute, by its own clock: the sync after that minute has them."""
    await set_fault(paged, "crm", "rows-changed", object="Account", change="deleted")

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

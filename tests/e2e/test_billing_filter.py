"""Time entries by the billing state that they show: what it costs, how it ends, and what remains without the ERP."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any

import pytest
import pytest_asyncio

from gateway.loaders.time_entries import SCANNED_ROWS
from tests.fixtures.faulty_proxy import NetworkFault
from tests.fixtures.firm import RunningFirm, open_four_twins
from tests.fixtures.firms import build_busy_firm
from tests.fixtures.unwrapping import unwrap

pytestmark = pytest.mark.asyncio(loop_scope="module")

ENTRIES = 2_300
PAGE = """
query Page($code: String!, $billing: [BillingState!], $from: Date, $first: Int, $after: String) {
  project(ref: {code: $code}) {
    timeEntries(filter: {billing: $billing, workDate: {gte: $from}}, first: $first, after: $after) {
      totalCount nodes { billing } pageInfo { hasNextPage endCursor } partial { missing faults { message } }
    }
  }
}
"""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def firm(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[RunningFirm]:
    """A gateway over four twins of a firm with 2,300 entries on one project, over 300 days of 2026."""
    async with AsyncExitStack() as stack:
        yield await open_four_twins(stack, tmp_path_factory.mktemp("busy"), build_busy_firm(ENTRIES))


async def read_page(firm: RunningFirm, **variables: Any) -> tuple[dict[str, Any], dict[str, int]]:
    """Return a page of the first project's entries, and the calls per connection."""
    answer = await firm.execute(PAGE, {"code": "PRJ-1001", **variables})
    assert answer.errors == []
    return unwrap(answer.data)["project"]["timeEntries"], dict(answer.calls)


async def test_a_page_that_fills_early_reads_a_hundred_entries_and_their_postings(firm: RunningFirm) -> None:
    """PSA: one page of 200 entries. ERP: one statement per 100 postings, and one for those of the page."""
    page, calls = await read_page(firm, billing=["INVOICED"], first=50)

    assert [node["billing"] for node in page["nodes"]] == ["INVOICED"] * 50
    assert (page["pageInfo"]["hasNextPage"], page["totalCount"]) == (True, None)
    assert calls == {"psa": 1, "erp": 2}


async def test_a_list_that_is_read_to_its_end_states_the_count(firm: RunningFirm) -> None:
    """From 5 September there are 53 days of 7 entries: 100 of them are read first, then 271, with their postings."""
    page, calls = await read_page(firm, billing=["WRITTEN_OFF"], **{"from": "2026-09-05"}, first=0)

    assert (page["nodes"], page["totalCount"], page["pageInfo"]["hasNextPage"]) == ([], 0, False)
    assert calls == {"psa": 3, "erp": 4}


async def test_a_page_ends_after_two_thousand_entries_and_the_next_one_goes_on(firm: RunningFirm) -> None:
    first, calls = await read_page(firm, billing=["WRITTEN_OFF"])
    second, _ = await read_page(firm, billing=["WRITTEN_OFF"], after=first["pageInfo"]["endCursor"])

    assert SCANNED_ROWS == 2_000
    assert (first["nodes"], first["totalCount"]) == ([], None)
    assert first["pageInfo"]["hasNextPage"]
    assert calls["erp"] == 21
    assert second["nodes"] == []
    assert second["pageInfo"] == {"hasNextPage": False, "endCursor": None}


async def test_small_pages_add_up_to_all_matching_entries(firm: RunningFirm) -> None:
    """From 1 August there are 88 days of 7 entries."""
    found, after, pages = 0, None, 0
    while True:
        page, _ = await read_page(firm, billing=["INVOICED"], **{"from": "2026-08-01"}, first=100, after=after)
        found, pages = found + len(page["nodes"]), pages + 1
        if not page["pageInfo"]["hasNextPage"]:
            break
        after = page["pageInfo"]["endCursor"]

    assert (found, pages) == (616, 7)


async def test_without_the_erp_entries_are_filtered_by_the_state_of_the_psa_and_the_page_is_partial(
    firm: RunningFirm,
) -> None:
    firm.proxies["erp"].set_fault(NetworkFault.KILLED)
    try:
        page, _ = await read_page(firm, billing=["INVOICED"], first=5)
    finally:
        firm.proxies["erp"].set_fault(NetworkFault.NONE)

    assert [node["billing"] for node in page["nodes"]] == ["INVOICED"] * 5
    assert page["partial"]["missing"] == ["ERP"]
    assert [fault["message"] for fault in page["partial"]["faults"]] == [
        "The ERP is unavailable; entries are filtered by the billing state of the PSA."
    ]

"""A change feed fills an empty index completely, and continues where it stopped without losing a record."""

from collections.abc import Callable, Sequence
from typing import Any, Final

import pytest

from gateway.canonical.fault import FaultCode
from gateway.canonical.records.base import Record
from gateway.errors import SourceError
from gateway.ports.base import Changes
from tests.contract.exemptions import Exemptions
from tests.contract.systems import ALL_DATA, BIG_PAGE, SystemUnderTest
from tests.contract.untested import NotTestedError

pytestmark = pytest.mark.asyncio(loop_scope="session")


MOST_PAGES: Final = 50
"""How long the feed of a live tenant may be."""


async def follow(subject: SystemUnderTest, kind: type[Record], watermark: str | None) -> list[Changes[Any]]:
    """Read a feed to its end; there is at least one page, and every page has a watermark."""
    pages: list[Changes[Any]] = []
    async for page in subject.port.list_changes(kind, watermark):
        pages.append(page)
        if subject.live and len(pages) > MOST_PAGES:
            raise NotTestedError(f"needs a tenant whose feed of {kind.__name__} has at most {MOST_PAGES} pages")
    assert pages
    assert all(page.watermark for page in pages)
    return pages


def collect_rows(pages: Sequence[Changes[Any]]) -> list[Any]:
    return [row for page in pages for row in page.rows]


async def test_a_first_fill_yields_every_record_once_and_no_deletion(
    subject: SystemUnderTest, untested: Callable[[str, str], None]
) -> None:
    for kind in subject.port.feeds:
        pages = await follow(subject, kind, None)
        ids = [row.native.id for row in collect_rows(pages)]
        if subject.live:
            untested(f"every {kind.__name__}", ALL_DATA)
        known = dict.fromkeys(ids) if subject.live else subject.ids[kind]
        assert (kind, sorted(ids)) == (kind, sorted(known))
        assert [page.deleted for page in pages if page.deleted] == []
        assert {page.total for page in pages} <= {None, len(ids)}
        assert all(set(page.present) == set(ids) for page in pages if page.present is not None)


async def test_a_feed_yields_the_same_record_as_a_read_by_id(subject: SystemUnderTest) -> None:
    for kind in subject.port.feeds:
        rows = {row.native.id: row for row in collect_rows(await follow(subject, kind, None))}
        known = list(rows)[:BIG_PAGE] if subject.live else subject.ids[kind]
        found = await subject.read_by_id(kind, known)
        assert found == ({id_: rows[id_] for id_ in known} if subject.live else rows)


async def test_a_feed_yields_the_oldest_change_first(subject: SystemUnderTest) -> None:
    for kind in subject.port.feeds:
        stamps = [
            row.modified_at for row in collect_rows(await follow(subject, kind, None)) if row.modified_at is not None
        ]
        assert (kind, stamps) == (kind, sorted(stamps))


async def test_the_next_run_repeats_at_most_the_newest_changes(
    subject: SystemUnderTest, exemptions: Exemptions
) -> None:
    """The watermark contains the overlap for late commits: the last rows of the previous run repeat, unchanged."""
    whole = set()
    for kind in subject.port.feeds:
        first = await follow(subject, kind, None)
        second = await follow(subject, kind, first[-1].watermark)
        rows, again = collect_rows(first), collect_rows(second)
        assert (kind, again) == (kind, rows[len(rows) - len(again) :])
        assert [page.deleted for page in second if page.deleted] == []
        third = await follow(subject, kind, second[-1].watermark)
        assert len(collect_rows(third)) <= len(again)
        if again == rows:
            whole.add(kind.__name__)
    # A watermark that never moves repeats everything; so does one whose overlap covers every record.
    exemptions.require_exactly(whole, "needs records that are older than the overlap of the watermark")


async def test_an_interrupted_run_continues_with_the_remaining_rows(subject: SystemUnderTest) -> None:
    """The watermark of a page is stored after its rows: no row behind it may be lost."""
    for kind in subject.port.feeds:
        pages = await follow(subject, kind, None)
        for place, page in enumerate(pages[:3] if subject.live else pages, start=1):
            left = {row.native.id for row in collect_rows(pages[place:])}
            assert left - {row.native.id for row in collect_rows(await follow(subject, kind, page.watermark))} == set()


async def test_a_watermark_that_no_page_gave_is_a_contract_mismatch(subject: SystemUnderTest) -> None:
    """Reading it as "from the start" or "from now" would repeat every record or lose some."""
    for kind in subject.port.feeds:
        with pytest.raises(SourceError) as raised:
            await follow(subject, kind, "no such watermark")
        assert (kind, raised.value.code) == (kind, FaultCode.CONTRACT_MISMATCH)

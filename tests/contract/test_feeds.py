"""A change feed fills an empty index whole, and goes on where it stopped without losing a record."""

from collections.abc import Sequence
from typing import Any

import pytest

from gateway.canonical.fault import FaultCode
from gateway.canonical.records.base import Record
from gateway.errors import SourceError
from gateway.ports.base import Changes
from tests.contract.systems import Subject

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def follow(subject: Subject, kind: type[Record], watermark: str | None) -> list[Changes[Any]]:
    """Read a feed to its end; it tells at least where it got to."""
    pages: list[Changes[Any]] = [page async for page in subject.port.changed_since(kind, watermark)]
    assert pages
    assert all(page.watermark for page in pages)
    return pages


def rows_of(pages: Sequence[Changes[Any]]) -> list[Any]:
    return [row for page in pages for row in page.rows]


async def test_a_first_fill_yields_every_record_once_and_no_deletion(subject: Subject) -> None:
    for kind in subject.port.feeds:
        pages = await follow(subject, kind, None)
        told = [row.native.id for row in rows_of(pages)]
        assert (kind, sorted(told)) == (kind, sorted(subject.ids[kind]))
        assert [page.deleted for page in pages if page.deleted] == []
        assert {page.total for page in pages} <= {None, len(told)}
        assert all(set(page.present) == set(told) for page in pages if page.present is not None)


async def test_a_feed_tells_the_same_record_as_a_read_by_id(subject: Subject) -> None:
    for kind in subject.port.feeds:
        told = {row.native.id: row for row in rows_of(await follow(subject, kind, None))}
        assert told == await subject.by_id(kind, subject.ids[kind])


async def test_a_feed_is_in_the_order_of_change(subject: Subject) -> None:
    for kind in subject.port.feeds:
        stamps = [row.modified_at for row in rows_of(await follow(subject, kind, None)) if row.modified_at is not None]
        assert (kind, stamps) == (kind, sorted(stamps))


async def test_the_next_run_repeats_at_most_the_newest_changes(subject: Subject, excused: dict[str, str]) -> None:
    """Overlap for late commits lies inside the watermark: what is told again are the last records of the run before, unchanged."""
    whole = set()
    for kind in subject.port.feeds:
        first = await follow(subject, kind, None)
        second = await follow(subject, kind, first[-1].watermark)
        rows, again = rows_of(first), rows_of(second)
        assert (kind, again) == (kind, rows[len(rows) - len(again) :])
        assert [page.deleted for page in second if page.deleted] == []
        third = await follow(subject, kind, second[-1].watermark)
        assert len(rows_of(third)) <= len(again)
        if again == rows:
            whole.add(kind.__name__)
    # A watermark that never moves repeats everything; so does one whose overlap holds all that there is.
    assert whole == excused.keys()


async def test_a_run_that_broke_off_goes_on_with_what_was_left(subject: Subject) -> None:
    """Every page's watermark is stored after its rows: nothing behind it may be lost."""
    for kind in subject.port.feeds:
        pages = await follow(subject, kind, None)
        for place, page in enumerate(pages, start=1):
            left = {row.native.id for row in rows_of(pages[place:])}
            assert left - {row.native.id for row in rows_of(await follow(subject, kind, page.watermark))} == set()


async def test_a_watermark_that_is_none_of_its_own_is_refused(subject: Subject) -> None:
    """Reading it as "from the start" or "from now" would repeat everything or lose it."""
    for kind in subject.port.feeds:
        with pytest.raises(SourceError) as refused:
            await follow(subject, kind, "a watermark of nobody")
        assert (kind, refused.value.code) == (kind, FaultCode.CONTRACT_MISMATCH)

"""Pages below a parent: in the declared order, complete at every page size, and a page for every requested parent."""

import pytest

from gateway.errors import BadInputError
from gateway.net.call_counter import count_calls
from gateway.ports.base import PageRequest
from tests.contract.exemptions import Exemptions
from tests.contract.reads import CHILDREN, ChildRead
from tests.contract.systems import BIG_PAGE, SystemUnderTest
from tests.contract.untested import NotTestedError

pytestmark = pytest.mark.asyncio(loop_scope="session")

ROLES = frozenset(role for role, reads in CHILDREN.items() if reads)
WHOLE = PageRequest(BIG_PAGE)


def list_reads(subject: SystemUnderTest) -> list[ChildRead]:
    """Return the child reads to test; raise NotTestedError for a live tenant without a row of any."""
    reads = list(subject.child_reads)
    if not reads and any(subject.supports(read.child) for read in CHILDREN[subject.role]):
        raise NotTestedError("needs a parent with rows")
    return reads


async def find_busiest(subject: SystemUnderTest, read: ChildRead) -> str:
    """Return the parent with most rows; fail when no parent has a row."""
    pages = await subject.read_pages(read, subject.ids[read.parent], WHOLE)
    parent = max(pages, key=lambda id_: len(pages[id_].rows))
    assert pages[parent].rows, f"{read.method}: the firm has no rows"
    return parent


async def test_small_pages_add_up_to_the_big_one(subject: SystemUnderTest, exemptions: Exemptions) -> None:
    short = set()
    for read in list_reads(subject):
        parent = await find_busiest(subject, read)
        all_rows = await subject.read_children(read, parent)
        if len(all_rows) == 1:
            short.add(read.method)
        size = 2 if len(all_rows) > 2 else 1
        pages = await subject.walk_pages(read, parent, size)
        assert [row for page in pages for row in page.rows] == all_rows
        assert [len(page.rows) for page in pages[:-1]] == [size] * ((len(all_rows) - 1) // size)
        assert [page.has_previous for page in pages] == [False, *[True] * (len(pages) - 1)]
        assert {page.total for page in pages} <= {None, len(all_rows)}
        cursors = [cursor for page in pages for cursor in page.cursors]
        assert len(set(cursors)) == len(all_rows)
    # A parent with one row cannot show where a page ends.
    exemptions.require_exactly(short, "needs a parent with two rows, for a second page")


async def test_a_page_can_start_after_any_row(subject: SystemUnderTest) -> None:
    for read in list_reads(subject):
        parent = await find_busiest(subject, read)
        page = (await subject.read_pages(read, [parent], WHOLE))[parent]
        for place, cursor in enumerate(page.cursors, start=1):
            rest = (await subject.read_pages(read, [parent], PageRequest(BIG_PAGE, cursor)))[parent]
            assert rest.rows[: len(page.rows) - place] == page.rows[place:]


async def test_rows_come_in_the_declared_order_below_their_parent(subject: SystemUnderTest) -> None:
    for read in list_reads(subject):
        for parent in subject.ids[read.parent]:
            rows = await subject.read_children(read, parent)
            keys = [read.get_sort_key(row) for row in rows]
            assert (read.method, keys) == (read.method, sorted(keys))
            assert {getattr(row, read.parent_attribute) for row in rows} <= {parent}


async def test_every_row_comes_below_its_own_parent(subject: SystemUnderTest) -> None:
    subject.require_all_data()
    for read in list_reads(subject):
        rows = {
            row.native.id for parent in subject.ids[read.parent] for row in await subject.read_children(read, parent)
        }
        if read.child in subject.ids:
            records = await subject.read_by_id(read.child, subject.ids[read.child])
            owned = {
                id_ for id_, row in records.items() if getattr(row, read.parent_attribute) in subject.ids[read.parent]
            }
            assert (read.method, rows) == (read.method, owned)


async def test_parents_read_together_get_the_same_page_as_each_alone(subject: SystemUnderTest) -> None:
    for read in list_reads(subject):
        for size in (1, 2, BIG_PAGE):
            parents = subject.ids[read.parent]
            together = await subject.read_pages(read, parents, PageRequest(size))
            alone = {
                parent: (await subject.read_pages(read, [parent], PageRequest(size)))[parent]
                for parent in (*parents[:2], await find_busiest(subject, read))
            }
            assert together.keys() == set(parents)
            assert {parent: together[parent] for parent in alone} == alone


async def test_an_unknown_parent_gets_an_empty_page_even_past_the_batch(subject: SystemUnderTest) -> None:
    batch = subject.port.capabilities.parent_batch
    for read in list_reads(subject):
        parent = await find_busiest(subject, read)
        padding = subject.make_unknown_ids(batch + 1, read.parent)
        pages = await subject.read_pages(read, [*padding, parent], PageRequest(1))
        assert pages.keys() == {*padding, parent}
        assert {(pages[id_].rows, pages[id_].cursors, pages[id_].has_next) for id_ in padding} == {((), (), False)}
        assert len(pages[parent].rows) == 1


async def test_reading_no_parent_makes_no_call(subject: SystemUnderTest) -> None:
    for read in CHILDREN[subject.role]:
        with count_calls() as calls:
            assert await subject.read_pages(read, [], PageRequest(2)) == {}
        assert (read.method, calls.total()) == (read.method, 0)


async def test_an_unsupported_relation_is_empty_without_a_call(subject: SystemUnderTest) -> None:
    for read in CHILDREN[subject.role]:
        if not subject.supports(read.child):
            parents = subject.make_unknown_ids(2)
            with count_calls() as calls:
                pages = await subject.read_pages(read, parents, PageRequest(2))
            assert {id_: page.rows for id_, page in pages.items()} == dict.fromkeys(parents, ())
            assert (read.method, calls.total()) == (read.method, 0)


async def test_a_cursor_that_no_page_gave_is_a_bad_input(subject: SystemUnderTest) -> None:
    for read in list_reads(subject):
        parent = subject.ids[read.parent][0]
        with pytest.raises(BadInputError) as raised:
            await subject.read_pages(read, [parent], PageRequest(2, "no such cursor"))
        assert (read.method, raised.value.field) == (read.method, "after")

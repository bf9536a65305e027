"""Reads of all rows below a parent at once: payments of invoices, bookings of users, absences of workers."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from gateway.canonical.values import DateRange
from gateway.net.call_counter import count_calls
from tests.contract.reads import GROUPED, GroupedRead
from tests.contract.systems import SystemUnderTest
from tests.contract.untested import NotTestedError

pytestmark = pytest.mark.asyncio(loop_scope="session")


ROLES = frozenset(role for role, reads in GROUPED.items() if reads)


def list_reads(subject: SystemUnderTest) -> list[GroupedRead]:
    """Return the grouped reads to test; raise NotTestedError for a live tenant without a row of any."""
    reads = list(subject.grouped_reads)
    if not reads and any(subject.supports(read.child) for read in GROUPED[subject.role]):
        raise NotTestedError("needs a parent with rows")
    return reads


async def read_groups(
    subject: SystemUnderTest, read: GroupedRead, parents: Sequence[str], *within: DateRange
) -> Mapping[str, tuple[Any, ...]]:
    """Read the groups; one without a row may be missing, so empty ones are dropped."""
    found = await getattr(subject.port, read.method)(parents, *(within or read.arguments))
    return {parent: rows for parent, rows in found.items() if rows}


async def test_rows_belong_to_the_parent_that_they_come_below(subject: SystemUnderTest) -> None:
    for read in list_reads(subject):
        found = await read_groups(subject, read, subject.ids[read.parent])
        assert found, f"{read.method}: the firm has no parent with rows"
        for parent, rows in found.items():
            assert [row for row in rows if parent not in read.parents_of(row)] == []
            assert len(rows) == len(set(rows))


async def test_rows_come_in_the_declared_order(subject: SystemUnderTest) -> None:
    for read in list_reads(subject):
        if read.get_sort_key is not None:
            for rows in (await read_groups(subject, read, subject.ids[read.parent])).values():
                keys = [read.get_sort_key(row) for row in rows]
                assert (read.method, keys) == (read.method, sorted(keys))


async def test_every_row_comes_below_each_of_its_parents(subject: SystemUnderTest) -> None:
    subject.require_all_data()
    for read in list_reads(subject):
        if read.child in subject.ids:
            records = await subject.read_by_id(read.child, subject.ids[read.child])
            expected = {(parent, id_) for id_, row in records.items() for parent in read.parents_of(row)}
            found = await read_groups(subject, read, subject.ids[read.parent])
            assert {(parent, row.native.id) for parent, rows in found.items() for row in rows} == expected


async def test_a_parent_read_alone_gets_the_same_rows_as_among_others(subject: SystemUnderTest) -> None:
    for read in list_reads(subject):
        together = await read_groups(subject, read, subject.ids[read.parent])
        alone: dict[str, tuple[Any, ...]] = {}
        for parent in subject.ids[read.parent]:
            alone |= await read_groups(subject, read, [parent])
        assert alone == together


async def test_unknown_parents_have_no_rows_even_past_the_batch(subject: SystemUnderTest) -> None:
    batch = subject.port.capabilities.parent_batch
    for read in list_reads(subject):
        together = await read_groups(subject, read, subject.ids[read.parent])
        padded = await read_groups(
            subject, read, [*subject.make_unknown_ids(batch + 1, read.parent), *subject.ids[read.parent]]
        )
        assert padded == together


async def test_reading_no_parent_makes_no_call(subject: SystemUnderTest) -> None:
    for read in GROUPED[subject.role]:
        with count_calls() as calls:
            assert await read_groups(subject, read, []) == {}
        assert (read.method, calls.total()) == (read.method, 0)


async def test_a_range_of_days_keeps_the_rows_that_overlap_it_both_days_included(subject: SystemUnderTest) -> None:
    for read in list_reads(subject):
        if read.get_days is None:
            continue
        all_rows = await read_groups(subject, read, subject.ids[read.parent])
        spans = sorted({read.get_days(row) for rows in all_rows.values() for row in rows})
        for first, last in (*spans, (spans[0][0], spans[-1][1])):
            found = await read_groups(subject, read, subject.ids[read.parent], DateRange(first, last))
            expected = {
                parent: tuple(row for row in rows if read.get_days(row)[0] <= last and first <= read.get_days(row)[1])
                for parent, rows in all_rows.items()
            }
            assert {parent: set(rows) for parent, rows in found.items()} == {
                parent: set(rows) for parent, rows in expected.items() if rows
            }


async def test_an_unsupported_group_is_empty_without_a_call(subject: SystemUnderTest) -> None:
    for read in GROUPED[subject.role]:
        if not subject.supports(read.child):
            with count_calls() as calls:
                assert await read_groups(subject, read, subject.make_unknown_ids(2, read.parent)) == {}
            assert (read.method, calls.total()) == (read.method, 0)

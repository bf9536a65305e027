"""Reads of everything below a parent at once: payments of invoices, bookings of users, absences of workers."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from gateway.canonical.values import DateRange
from gateway.net.ledger import counting
from tests.contract.reads import GROUPED, GroupedRead
from tests.contract.systems import Subject

pytestmark = pytest.mark.asyncio(loop_scope="session")


ROLES = frozenset(role for role, reads in GROUPED.items() if reads)


async def ask(
    subject: Subject, read: GroupedRead, parents: Sequence[str], *within: DateRange
) -> Mapping[str, tuple[Any, ...]]:
    """Read the groups; those without a row may be missing, so the empty ones are left out."""
    found = await getattr(subject.port, read.method)(parents, *(within or read.arguments))
    return {parent: rows for parent, rows in found.items() if rows}


async def test_rows_belong_to_the_parent_under_which_they_come(subject: Subject) -> None:
    for read in subject.groups:
        found = await ask(subject, read, subject.ids[read.parent])
        assert found, f"{read.method}: the firm has no parent with rows"
        for parent, rows in found.items():
            assert [row for row in rows if parent not in read.parents_of(row)] == []
            assert len(rows) == len(set(rows))


async def test_a_declared_order_is_kept(subject: Subject) -> None:
    for read in subject.groups:
        if read.place is not None:
            for rows in (await ask(subject, read, subject.ids[read.parent])).values():
                places = [read.place(row) for row in rows]
                assert (read.method, places) == (read.method, sorted(places))


async def test_every_row_comes_below_each_of_its_parents(subject: Subject) -> None:
    for read in subject.groups:
        if read.child in subject.ids:
            records = await subject.by_id(read.child, subject.ids[read.child])
            expected = {(parent, id_) for id_, row in records.items() for parent in read.parents_of(row)}
            found = await ask(subject, read, subject.ids[read.parent])
            assert {(parent, row.native.id) for parent, rows in found.items() for row in rows} == expected


async def test_a_parent_asked_alone_gets_what_it_gets_among_others(subject: Subject) -> None:
    for read in subject.groups:
        together = await ask(subject, read, subject.ids[read.parent])
        alone: dict[str, tuple[Any, ...]] = {}
        for parent in subject.ids[read.parent]:
            alone |= await ask(subject, read, [parent])
        assert alone == together


async def test_parents_that_nobody_has_have_no_rows_even_past_the_batch(subject: Subject) -> None:
    batch = subject.port.capabilities.parent_batch
    for read in subject.groups:
        together = await ask(subject, read, subject.ids[read.parent])
        padded = await ask(subject, read, [*subject.unknown(batch + 1), *subject.ids[read.parent]])
        assert padded == together


async def test_asking_for_no_parent_calls_nobody(subject: Subject) -> None:
    for read in GROUPED[subject.role]:
        with counting() as calls:
            assert await ask(subject, read, []) == {}
        assert (read.method, calls.total()) == (read.method, 0)


async def test_a_range_of_days_keeps_what_lies_in_it_both_days_included(subject: Subject) -> None:
    for read in subject.groups:
        if read.days is None:
            continue
        whole = await ask(subject, read, subject.ids[read.parent])
        spans = sorted({read.days(row) for rows in whole.values() for row in rows})
        for first, last in (*spans, (spans[0][0], spans[-1][1])):
            found = await ask(subject, read, subject.ids[read.parent], DateRange(first, last))
            kept = {
                parent: tuple(row for row in rows if read.days(row)[0] <= last and first <= read.days(row)[1])
                for parent, rows in whole.items()
            }
            assert {parent: set(rows) for parent, rows in found.items()} == {
                parent: set(rows) for parent, rows in kept.items() if rows
            }


async def test_a_group_without_a_place_is_empty_without_a_call(subject: Subject) -> None:
    for read in GROUPED[subject.role]:
        if not subject.holds(read.child):
            with counting() as calls:
                assert await ask(subject, read, subject.ids[read.parent]) == {}
            assert (read.method, calls.total()) == (read.method, 0)

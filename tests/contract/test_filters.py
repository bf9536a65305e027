"""A filter that a vendor is said to apply keeps exactly the rows that a reader would pick out of all of them."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, Final

import pytest

from gateway.ports.base import PageRequest
from tests.contract.reads import WHERE, ChildRead
from tests.contract.systems import BIG_PAGE, Subject

pytestmark = pytest.mark.asyncio(loop_scope="session")

ROLES: Final = frozenset(role for role, relations in WHERE.items() if relations)

Keep = Callable[[Any], bool]

DAYS: Final[Mapping[str, str]] = {"time_entries": "work_date", "expenses": "incurred_on"}
CHOICES: Final = frozenset({"status", "role_name", "booking", "approval", "billing", "category"})


def trials(relation: str, names: frozenset[str], rows: Sequence[Any]) -> Iterator[tuple[dict[str, Any], Keep]]:
    """Yield conditions out of what the rows hold, each with what it keeps."""
    for name in sorted(names & CHOICES):
        yield {name: ()}, lambda _row: False
        yield {name: ("a word of nobody's",)}, lambda _row: False
        words = sorted({word for row in rows if (word := getattr(row, name)) is not None})
        for word in words:
            yield {name: (word,)}, lambda row, name=name, word=word: getattr(row, name) == word
        yield {name: tuple(words)}, lambda row, name=name: getattr(row, name) is not None
    if "billable" in names:
        for billable in (True, False):
            yield {"billable": billable}, lambda row, billable=billable: row.billable is billable
    if relation in DAYS:
        yield from _days(DAYS[relation], names, rows)
    if relation == "assignments":
        yield from _overlaps(names, rows)


def _days(attribute: str, names: frozenset[str], rows: Sequence[Any]) -> Iterator[tuple[dict[str, Any], Keep]]:
    for day in sorted({getattr(row, attribute) for row in rows}):
        if f"{attribute}_from" in names:
            yield {f"{attribute}_from": day}, lambda row, day=day: getattr(row, attribute) >= day
        if f"{attribute}_to" in names:
            yield {f"{attribute}_to": day}, lambda row, day=day: getattr(row, attribute) <= day


def _overlaps(names: frozenset[str], rows: Sequence[Any]) -> Iterator[tuple[dict[str, Any], Keep]]:
    for day in sorted({day for row in rows for day in (row.start_date, row.end_date) if day is not None}):
        if "start" in names:
            yield {"start": day}, lambda row, day=day: (row.end_date or date.max) >= day
        if "end" in names:
            yield {"end": day}, lambda row, day=day: (row.start_date or date.min) <= day


def filtered(subject: Subject) -> list[tuple[ChildRead, frozenset[str]]]:
    """Return the reads with filters that the vendor applies, and their attributes; there is one at least."""
    filters = subject.port.capabilities.filters
    reads = [(read, filters[read.relation]) for read in subject.children if filters.get(read.relation or "")]
    if not reads:
        pytest.skip("the vendor applies no filter itself")
    return reads


async def test_every_filter_keeps_exactly_what_it_says(subject: Subject) -> None:
    for read, names in filtered(subject):
        parents = subject.ids[read.parent]
        whole = {parent: await subject.below(read, parent) for parent in parents}
        rows = [row for each in whole.values() for row in each]
        assert rows
        for conditions, keep in trials(read.relation or "", names, rows):
            pages = await subject.pages(read, parents, PageRequest(BIG_PAGE), **conditions)
            found = {parent: [row.native.id for row in page.rows] for parent, page in pages.items()}
            wanted = {parent: [row.native.id for row in each if keep(row)] for parent, each in whole.items()}
            assert (read.method, conditions, found) == (read.method, conditions, wanted)


async def test_pages_are_cut_after_the_filter_and_not_before(subject: Subject) -> None:
    """A vendor that filtered a finished page would give short pages, or none where rows follow."""
    for read, names in filtered(subject):
        for parent in subject.ids[read.parent]:
            rows = await subject.below(read, parent)
            for conditions, keep in trials(read.relation or "", names, rows):
                wanted = [row.native.id for row in rows if keep(row)]
                pages = await subject.walk(read, parent, 1, **conditions)
                assert (conditions, [row.native.id for page in pages for row in page.rows]) == (conditions, wanted)
                assert len(pages) == max(1, len(wanted))


async def test_conditions_given_together_all_hold(subject: Subject) -> None:
    for read, names in filtered(subject):
        for parent in subject.ids[read.parent]:
            rows = await subject.below(read, parent)
            singles = [trial for trial in trials(read.relation or "", names, rows) if any(map(trial[1], rows))]
            for one, keep in singles:
                for other, also in singles:
                    if one.keys() != other.keys():
                        found = await subject.below(read, parent, **one, **other)
                        assert found == [row for row in rows if keep(row) and also(row)]

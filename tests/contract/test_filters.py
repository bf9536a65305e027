"""A filter that a vendor declares keeps exactly the rows that match it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from functools import partial
from operator import eq, ge, is_, is_not, le
from typing import Any, Final

import pytest

from gateway.ports.base import PageRequest
from tests.contract.reads import WHERE, ChildRead
from tests.contract.systems import BIG_PAGE, SystemUnderTest
from tests.contract.untested import NotTestedError

pytestmark = pytest.mark.asyncio(loop_scope="session")

ROLES: Final = frozenset(role for role, relations in WHERE.items() if relations)

Keep = Callable[[Any], bool]

DAYS: Final[Mapping[str, str]] = {"time_entries": "work_date", "expenses": "incurred_on"}
CHOICES: Final = frozenset({"status", "role_name", "booking", "approval", "billing", "category"})


def build_trials(relation: str, names: frozenset[str], rows: Sequence[Any]) -> Iterator[tuple[dict[str, Any], Keep]]:
    """Yield conditions made of the rows' values, each with a predicate for the rows that match."""
    for name in sorted(names & CHOICES):
        yield {name: ()}, lambda _row: False
        yield {name: ("no such value",)}, lambda _row: False
        values = sorted({value for row in rows if (value := getattr(row, name)) is not None})
        for value in values:
            yield {name: (value,)}, _match(name, partial(eq, value))
        yield {name: tuple(values)}, _match(name, partial(is_not, None))
    if "billable" in names:
        for billable in (True, False):
            yield {"billable": billable}, _match("billable", partial(is_, billable))
    if relation in DAYS:
        yield from _build_day_trials(DAYS[relation], names, rows)
    if relation == "assignments":
        yield from _build_overlap_trials(names, rows)


def _match(attribute: str, is_match: Keep, default: Any = None) -> Keep:
    """Return a predicate of an attribute of the row, or of the default where the row has no value."""

    def keep(row: Any) -> bool:
        value = getattr(row, attribute)
        return is_match(default if value is None else value)

    return keep


def _build_day_trials(
    attribute: str, names: frozenset[str], rows: Sequence[Any]
) -> Iterator[tuple[dict[str, Any], Keep]]:
    for day in sorted({getattr(row, attribute) for row in rows}):
        if f"{attribute}_from" in names:
            yield {f"{attribute}_from": day}, _match(attribute, partial(le, day))
        if f"{attribute}_to" in names:
            yield {f"{attribute}_to": day}, _match(attribute, partial(ge, day))


def _build_overlap_trials(names: frozenset[str], rows: Sequence[Any]) -> Iterator[tuple[dict[str, Any], Keep]]:
    for day in sorted({day for row in rows for day in (row.start_date, row.end_date) if day is not None}):
        if "start" in names:
            yield {"start": day}, _match("end_date", partial(le, day), date.max)
        if "end" in names:
            yield {"end": day}, _match("start_date", partial(ge, day), date.min)


def list_filtered_reads(subject: SystemUnderTest) -> list[tuple[ChildRead, frozenset[str]]]:
    """Return the reads with filters that the vendor applies, and their attributes; skip the test when there is none."""
    filters = subject.port.capabilities.filters
    reads = [(read, filters[read.relation]) for read in subject.child_reads if filters.get(read.relation or "")]
    if not reads and subject.live and any(filters.values()):
        raise NotTestedError("needs a row of a relation that can be filtered")
    if not reads:
        pytest.skip("the vendor declares no filter")
    return reads


async def test_every_filter_keeps_exactly_the_matching_rows(subject: SystemUnderTest) -> None:
    for read, names in list_filtered_reads(subject):
        parents = subject.ids[read.parent]
        all_rows = {parent: await subject.read_children(read, parent) for parent in parents}
        rows = [row for each in all_rows.values() for row in each]
        assert rows
        for conditions, keep in build_trials(read.relation or "", names, rows):
            pages = await subject.read_pages(read, parents, PageRequest(BIG_PAGE), **conditions)
            found = {parent: [row.native.id for row in page.rows] for parent, page in pages.items()}
            expected = {parent: [row.native.id for row in each if keep(row)] for parent, each in all_rows.items()}
            assert (read.method, conditions, found) == (read.method, conditions, expected)


async def test_the_filter_applies_before_paging(subject: SystemUnderTest) -> None:
    """A filter on a finished page would give short pages, or an empty page before further rows."""
    for read, names in list_filtered_reads(subject):
        for parent in subject.ids[read.parent]:
            rows = await subject.read_children(read, parent)
            for conditions, keep in build_trials(read.relation or "", names, rows):
                expected = [row.native.id for row in rows if keep(row)]
                pages = await subject.walk_pages(read, parent, 1, **conditions)
                assert (conditions, [row.native.id for page in pages for row in page.rows]) == (conditions, expected)
                assert len(pages) == max(1, len(expected))


async def test_conditions_apply_together(subject: SystemUnderTest) -> None:
    for read, names in list_filtered_reads(subject):
        for parent in subject.ids[read.parent]:
            rows = await subject.read_children(read, parent)
            singles = [trial for trial in build_trials(read.relation or "", names, rows) if any(map(trial[1], rows))]
            for one, keep in singles:
                for other, also in singles:
                    if one.keys() != other.keys():
                        found = await subject.read_children(read, parent, **one, **other)
                        assert found == [row for row in rows if keep(row) and also(row)]

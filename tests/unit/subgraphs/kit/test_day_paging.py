"""Pages by day equal those of the whole list, whichever rows become no record and wherever the vendor's pages end."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from gateway.canonical.native import NativeId
from gateway.canonical.records.psa import PsaTimeEntry
from gateway.ports.base import PageRequest
from subgraphs.kit.day_paging import DayRange, paginate_by_day
from subgraphs.kit.identifiers import build_sort_key
from subgraphs.kit.memory_paging import ChildOrder
from tests.fixtures.unwrapping import unwrap

ORDER = ChildOrder[PsaTimeEntry](parent_field="user_id", day_field="work_date")
START = date(2026, 11, 1)
USERS = ("1", "2")
BuildId = Callable[[int], str]


def build_mixed_id(number: int) -> str:
    """Build ids of three forms."""
    return (str(number), str(UUID(int=number)), f"r{number}-1")[number % 3]


ID_FORMS = pytest.mark.parametrize(
    "build_id",
    [str, lambda number: str(UUID(int=number)), build_mixed_id],
    ids=["whole numbers", "UUIDs", "mixed ids"],
)


class Row(NamedTuple):
    """A vendor's row. It becomes no record without a project, and is filtered out if it is not billable."""

    user: str
    day: int
    billable: bool = True
    project: bool = True


@dataclass
class TimeSheet:
    """A vendor that orders rows by day only, the newest first within a day, at most `cap` to a page."""

    rows: Sequence[Row]
    cap: int
    build_id: BuildId = str
    calls: int = field(default=0)

    def _find_rows(self, parents: Sequence[str], first: date, last: date) -> list[tuple[date, PsaTimeEntry | None]]:
        self.calls += 1
        assert self.calls < 200, "the read does not end"
        found = [
            (number, row) for number, row in enumerate(self.rows, start=1)
            if row.user in parents and first <= START + timedelta(days=row.day) <= last
        ]  # fmt: skip
        found.sort(key=lambda pair: (pair[1].day, -pair[0]))
        return [(START + timedelta(days=row.day), build_entry(self.build_id(number), row)) for number, row in found]

    async def read_from(
        self, parents: Sequence[str], first: date, last: date
    ) -> tuple[list[PsaTimeEntry], date | None]:
        rows = self._find_rows(parents, first, last)
        page = rows[: self.cap]
        records = [record for _, record in page if record is not None]
        return records, None if len(page) == len(rows) else page[-1][0]

    async def read_day(self, parents: Sequence[str], day: date) -> list[PsaTimeEntry]:
        return [record for _, record in self._find_rows(parents, day, day) if record is not None]


def build_entry(identifier: str, row: Row) -> PsaTimeEntry | None:
    if not row.project:
        return None
    return PsaTimeEntry(
        native=NativeId("psa", "time", identifier),
        modified_at=None,
        project_id="9",
        user_id=row.user,
        work_date=START + timedelta(days=row.day),
        hours=Decimal(1),
        billable=row.billable,
    )


def is_billable(record: PsaTimeEntry) -> bool:
    return bool(record.billable)


rows = st.lists(st.builds(Row, st.sampled_from(USERS), st.integers(0, 4), st.booleans(), st.booleans()), max_size=20)


@ID_FORMS
@given(sheet=rows, cap=st.integers(1, 5), first=st.integers(1, 6))
@example(sheet=[Row("1", 0, project=False)] * 6 + [Row("1", 3)], cap=2, first=5)
@example(sheet=[Row("1", 0), *[Row("1", 1, project=False)] * 6, Row("1", 2)], cap=3, first=1)
async def test_following_the_cursors_returns_every_record_once_and_in_order(
    build_id: BuildId, sheet: list[Row], cap: int, first: int
) -> None:
    reader = TimeSheet(sheet, cap, build_id)
    ids: dict[str, list[str]] = {}

    for user in USERS:
        after, more = None, True
        while more:
            pages = await paginate_by_day(
                reader,
                ORDER,
                [user],
                PageRequest(first, after),
                keep=is_billable,
                days=DayRange(None, None),
                batch=50,
            )
            page = unwrap(pages[user])
            ids.setdefault(user, []).extend(row.native.id for row in page.rows)
            after, more = page.cursors[-1] if page.cursors else None, page.has_next
        reader.calls = 0

    numbered = [(row, build_id(number)) for number, row in enumerate(sheet, start=1) if row.project and row.billable]
    numbered.sort(key=lambda pair: (pair[0].day, build_sort_key(pair[1])))
    assert ids == {user: [identifier for row, identifier in numbered if row.user == user] for user in USERS}


@ID_FORMS
@given(sheet=rows, cap=st.integers(1, 5), first=st.integers(1, 6))
async def test_a_page_of_many_parents_holds_the_first_records_of_each(
    build_id: BuildId, sheet: list[Row], cap: int, first: int
) -> None:
    pages = await paginate_by_day(
        TimeSheet(sheet, cap, build_id),
        ORDER,
        USERS,
        PageRequest(first),
        keep=is_billable,
        days=DayRange(START + timedelta(days=1), START + timedelta(days=3)),
        batch=50,
    )

    for user, answer in pages.items():
        page = unwrap(answer)
        numbered = [
            (row.day, build_sort_key(build_id(number)))
            for number, row in enumerate(sheet, start=1)
            if row.user == user and row.project and row.billable and 1 <= row.day <= 3
        ]
        assert [build_sort_key(row.native.id) for row in page.rows] == [key for _, key in sorted(numbered)][:first]
        assert page.has_next is (len(numbered) > first)

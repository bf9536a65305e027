"""Pages by day are those of the whole list, whatever of a vendor's rows becomes no record and wherever its pages break off."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from hypothesis import example, given
from hypothesis import strategies as st

from gateway.canonical.native import NativeId
from gateway.canonical.records.psa import PsaTimeEntry
from gateway.ports.base import PageRequest
from subgraphs.kit.by_day import Range, pages_by_day
from subgraphs.kit.cut import Order

ORDER = Order[PsaTimeEntry](above="user_id", day="work_date")
START = date(2026, 11, 1)
PEOPLE = ("1", "2")


class Row(NamedTuple):
    """Somebody's row of a day: no record comes of it where it is of no project, and none is wanted of it where it is not billable."""

    person: str
    day: int
    billable: bool = True
    project: bool = True


@dataclass
class Sheets:
    """A vendor that orders rows by day alone, the newest first within one, and gives `cap` a page."""

    rows: Sequence[Row]
    cap: int
    calls: int = field(default=0)

    def _of(self, parents: Sequence[str], first: date, last: date) -> list[tuple[date, PsaTimeEntry | None]]:
        self.calls += 1
        assert self.calls < 200, "it never comes to an end"
        found = [
            (number, row) for number, row in enumerate(self.rows, start=1)
            if row.person in parents and first <= START + timedelta(days=row.day) <= last
        ]  # fmt: skip
        found.sort(key=lambda pair: (pair[1].day, -pair[0]))
        return [(START + timedelta(days=row.day), entry(number, row)) for number, row in found]

    async def since(self, parents: Sequence[str], first: date, last: date) -> tuple[list[PsaTimeEntry], date | None]:
        found = self._of(parents, first, last)
        page = found[: self.cap]
        built = [record for _, record in page if record is not None]
        return built, None if len(page) == len(found) else page[-1][0]

    async def on(self, parents: Sequence[str], day: date) -> list[PsaTimeEntry]:
        return [record for _, record in self._of(parents, day, day) if record is not None]


def entry(number: int, row: Row) -> PsaTimeEntry | None:
    if not row.project:
        return None
    return PsaTimeEntry(
        native=NativeId("psa", "time", str(number)),
        modified_at=None,
        project_id="9",
        user_id=row.person,
        work_date=START + timedelta(days=row.day),
        hours=Decimal(1),
        billable=row.billable,
    )


rows = st.lists(st.builds(Row, st.sampled_from(PEOPLE), st.integers(0, 4), st.booleans(), st.booleans()), max_size=20)


@given(rows, st.integers(1, 5), st.integers(1, 6))
@example([Row("1", 0, project=False)] * 6 + [Row("1", 3)], 2, 5)
@example([Row("1", 0), *[Row("1", 1, project=False)] * 6, Row("1", 2)], 3, 1)
async def test_walking_by_cursor_covers_every_record_once_and_in_order(held: list[Row], cap: int, first: int) -> None:
    sheets = Sheets(held, cap)
    told: dict[str, list[str]] = {}

    for person in PEOPLE:
        after, more = None, True
        while more:
            page = (
                await pages_by_day(
                    sheets,
                    ORDER,
                    [person],
                    PageRequest(first, after),
                    keep=lambda record: bool(record.billable),
                    wanted=Range(None, None),
                    batch=50,
                )
            )[person]
            told.setdefault(person, []).extend(row.native.id for row in page.rows)
            after, more = page.cursors[-1] if page.cursors else None, page.has_next
        sheets.calls = 0

    numbered = [(row, number) for number, row in enumerate(held, start=1) if row.project and row.billable]
    numbered.sort(key=lambda pair: (pair[0].day, pair[1]))
    assert told == {person: [str(number) for row, number in numbered if row.person == person] for person in PEOPLE}


@given(rows, st.integers(1, 5), st.integers(1, 6))
async def test_a_page_of_many_parents_holds_the_first_records_of_each(held: list[Row], cap: int, first: int) -> None:
    pages = await pages_by_day(
        Sheets(held, cap),
        ORDER,
        PEOPLE,
        PageRequest(first),
        keep=lambda record: bool(record.billable),
        wanted=Range(START + timedelta(days=1), START + timedelta(days=3)),
        batch=50,
    )

    for person, page in pages.items():
        numbered = [
            (row.day, number)
            for number, row in enumerate(held, start=1)
            if row.person == person and row.project and row.billable and 1 <= row.day <= 3
        ]
        assert [int(row.native.id) for row in page.rows] == [number for _, number in sorted(numbered)][:first]
        assert page.has_next is (len(numbered) > first)

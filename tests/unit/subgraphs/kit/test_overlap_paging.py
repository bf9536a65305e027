"""Lists that change between two pages: every remaining row is read exactly once."""

from collections.abc import Callable, Iterable, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.canonical.fault import FaultCode
from gateway.errors import SourceError
from subgraphs.kit.overlap_paging import read_with_overlap

SIZE = 4
Change = Callable[[list[int]], None]


class Service:
    """A list with pages by offset that changes before every call but the first."""

    def __init__(self, rows: Sequence[int], changes: Iterable[Change] = ()) -> None:
        self.rows = list(rows)
        self.changes = iter(changes)
        self.calls = 0

    async def read(self, offset: int) -> tuple[Sequence[int], int]:
        self.calls += 1
        if self.calls > 1:
            next(self.changes, lambda _rows: None)(self.rows)
        return self.rows[offset : offset + SIZE], len(self.rows)

    async def read_all(self) -> list[int]:
        return await read_with_overlap(self.read, lambda row: row, SIZE)


def delete_row(place: int) -> Change:
    def change(rows: list[int]) -> None:
        del rows[place]

    return change


def insert_row(row: int, place: int = 0) -> Change:
    return lambda rows: rows.insert(place, row)


@pytest.mark.parametrize(("count", "calls"), [(0, 1), (1, 1), (4, 1), (5, 2), (7, 2), (8, 3), (10, 3), (11, 4)])
async def test_an_unchanged_list_costs_its_pages(count: int, calls: int) -> None:
    service = Service(range(count))

    assert await service.read_all() == list(range(count))
    assert service.calls == calls


async def test_a_deleted_row_is_noticed_and_the_row_that_moved_up_is_read() -> None:
    service = Service(range(8), [delete_row(0)])

    assert await service.read_all() == [0, 1, 2, 3, 4, 5, 6, 7]
    assert service.calls == 4


async def test_a_deletion_and_an_insertion_do_not_hide_each_other() -> None:
    """The count stays the same and no row repeats: only the overlap shows the change."""

    def both(rows: list[int]) -> None:
        delete_row(0)(rows)
        insert_row(99, len(rows))(rows)

    service = Service(range(8), [both])

    assert sorted(await service.read_all()) == [0, 1, 2, 3, 4, 5, 6, 7, 99]


async def test_a_row_inserted_first_doubles_no_other_and_is_read() -> None:
    service = Service(range(8), [insert_row(99)])

    rows = await service.read_all()

    assert sorted(rows) == [0, 1, 2, 3, 4, 5, 6, 7, 99]


async def test_a_list_that_changes_with_every_page_is_unavailable() -> None:
    service = Service(range(40), (delete_row(0) for _ in range(40)))

    with pytest.raises(SourceError) as raised:
        await service.read_all()

    assert (raised.value.code, raised.value.retryable) == (FaultCode.UNAVAILABLE, True)
    assert service.calls < 40


_changes = st.lists(
    st.one_of(
        st.none(),
        st.tuples(st.just("gone"), st.integers(0, 30)),
        st.tuples(st.just("come"), st.integers(0, 30)),
    ),
    max_size=12,
)


@given(st.integers(0, 25), _changes)
async def test_rows_that_stay_are_read_exactly_once_whatever_changes(
    count: int, planned: list[tuple[str, int] | None]
) -> None:
    fresh = iter(range(1000, 2000))

    def change(step: tuple[str, int] | None) -> Change:
        def apply(rows: list[int]) -> None:
            if step is None:
                return
            what, place = step
            if what == "come":
                rows.insert(min(place, len(rows)), next(fresh))
            elif rows:
                rows.pop(place % len(rows))

        return apply

    service = Service(range(count), (change(step) for step in planned))
    try:
        rows = await service.read_all()
    except SourceError:
        return
    stayed = [row for row in service.rows if row < 1000]
    assert len(rows) == len(set(rows))
    assert set(stayed) <= set(rows)

import contextlib
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.errors import BadInputError
from subgraphs.kit.paging import build_page, build_pages, decode_cursor, encode_cursor, read_merged


@given(st.lists(st.text(), min_size=1).map(tuple))
def test_a_cursor_decodes_to_its_position(position):
    assert decode_cursor(encode_cursor(*position)) == position


@given(st.text())
def test_any_text_is_rejected_or_decodes_to_a_position(text):
    with contextlib.suppress(BadInputError):
        assert all(isinstance(part, str) for part in decode_cursor(text))


@pytest.mark.parametrize("cursor", ["", "!", "W10", "WzFd", "bnVsbA", "é"])
def test_invalid_cursors_are_rejected(cursor):
    with pytest.raises(BadInputError):
        decode_cursor(cursor)


def test_a_page_has_cursors_and_flags_for_its_neighbours():
    page = build_page([("2026-01-01", "1"), ("2026-01-02", "2"), ("2026-01-02", "3")], 2, lambda row: row, after="x")

    assert page.rows == (("2026-01-01", "1"), ("2026-01-02", "2"))
    assert [decode_cursor(cursor) for cursor in page.cursors] == [("2026-01-01", "1"), ("2026-01-02", "2")]
    assert (page.has_next, page.has_previous) == (True, True)


def test_parents_without_rows_have_an_empty_page():
    pages = build_pages(["a", "b"], {"a": [("1",)]}, 5, lambda row: row, after=None)

    assert pages["a"].rows == (("1",),)
    assert pages["b"].rows == ()
    assert not pages["a"].has_next
    assert not pages["b"].has_previous


class Source:
    """A vendor that sorts rows by (day, id) over all parents and returns at most `cap` per call."""

    def __init__(self, rows, cap):
        self.rows = sorted(rows, key=lambda row: (row[1], row[2]))
        self.cap = cap
        self.calls = 0
        self.given = 0

    async def read(self, parents, last):
        self.calls += 1
        found = [row for row in self.rows if row[0] in parents and (last is None or row[1:] > last[1:])]
        self.given += len(found[: self.cap])
        return found[: self.cap], len(found) > self.cap


worlds = st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 3)), max_size=40).map(
    lambda pairs: [(parent, day, number) for number, (parent, day) in enumerate(pairs)]
)


@given(rows=worlds, cap=st.integers(1, 7), first=st.integers(1, 6))
async def test_a_merged_read_returns_each_parents_first_rows_in_order(rows, cap, first):
    source = Source(rows, cap)

    found = await read_merged(["a", "b", "c", "none"], first, source.read, lambda row: row[0])

    for parent in ("a", "b", "c", "none"):
        own = [row for row in source.rows if row[0] == parent]
        assert found[parent][: first + 1] == own[: first + 1]
        assert found[parent] == own[: len(found[parent])]


@given(rows=worlds, cap=st.integers(1, 7), first=st.integers(1, 6))
async def test_a_merged_read_costs_full_pages_and_at_most_one_more_call(rows, cap, first):
    source = Source(rows, cap)

    await read_merged(["a", "b", "c"], first, source.read, lambda row: row[0])

    assert source.calls <= source.given // cap + 1


async def test_a_parent_with_enough_rows_is_not_read_again():
    rows = [("a", 0, number) for number in range(10)] + [("b", 1, 100 + number) for number in range(2)]
    source = Source(rows, cap=4)
    asked: Counter[str] = Counter()

    async def read(parents, last):
        asked.update(parents)
        return await source.read(parents, last)

    found = await read_merged(["a", "b"], 2, read, lambda row: row[0])

    assert asked == {"a": 1, "b": 2}
    assert (len(found["a"]), len(found["b"])) == (4, 2)


async def test_without_parents_there_is_no_call():
    source = Source([], cap=1)

    assert await read_merged([], 5, source.read, lambda row: row[0]) == {}
    assert source.calls == 0

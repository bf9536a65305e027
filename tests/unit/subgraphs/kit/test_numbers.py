from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from subgraphs.kit.identifiers import select_ids, split_batches
from subgraphs.kit.numbers import minutes_to_hours, parse_number


@given(st.integers(0, 10**6))
def test_minutes_come_back_from_hours(minutes):
    told = minutes_to_hours(minutes)

    assert told is not None
    assert abs(told * 60 - minutes) < Decimal("0.01")
    assert str(told) == f"{told:f}"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("300", Decimal(300)),
        ("6.50", Decimal("6.5")),
        ("many", None),
        ("", None),
        ("NaN", None),
        ("Infinity", None),
        (None, None),
    ],
)
def test_a_number_is_read_out_of_text_and_nothing_else(text, value):
    assert parse_number(text) == value


def test_only_whole_numbers_are_ids_each_once():
    assert select_ids(["7", "x", "", "7", "-1", "1.0", "²", "1" * 19, "42"]) == ["7", "42"]


@given(st.lists(st.text(), max_size=30), st.integers(1, 7))
def test_batches_hold_every_id_in_order(ids, size):
    cut = [list(batch) for batch in split_batches(ids, size)]

    assert [each for batch in cut for each in batch] == ids
    assert all(len(batch) <= size for batch in cut)

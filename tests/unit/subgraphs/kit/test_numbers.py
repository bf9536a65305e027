from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from subgraphs.kit.identifiers import select_ids, split_batches
from subgraphs.kit.numbers import convert_minutes_to_hours, parse_number


@given(st.integers(0, 10**6))
def test_minutes_convert_to_hours_within_rounding(minutes):
    result = convert_minutes_to_hours(minutes)

    assert result is not None
    assert abs(result * 60 - minutes) < Decimal("0.01")
    assert str(result) == f"{result:f}"


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
def test_only_finite_numbers_are_parsed_from_text(text, value):
    assert parse_number(text) == value


def test_ids_are_distinct_whole_numbers():
    assert select_ids(["7", "x", "", "7", "-1", "1.0", "²", "1" * 19, "42"]) == ["7", "42"]


@given(st.lists(st.text(), max_size=30), st.integers(1, 7))
def test_batches_contain_all_ids_in_order(ids, size):
    cut = [list(batch) for batch in split_batches(ids, size)]

    assert [each for batch in cut for each in batch] == ids
    assert all(len(batch) <= size for batch in cut)

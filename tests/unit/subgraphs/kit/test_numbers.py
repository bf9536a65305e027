from contextlib import suppress
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.canonical.fault import FaultCode
from gateway.errors import SourceError
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
        ("-0.0", Decimal(0)),
        ("1.2E+2", Decimal(120)),
        ("999999999999999999", Decimal(999999999999999999)),
        ("", None),
        (" ", None),
        (None, None),
    ],
)
def test_a_number_is_parsed_from_text_and_an_empty_text_is_none(text, value):
    assert str(parse_number(text)) == str(value)


@pytest.mark.parametrize(
    "text",
    [
        "many",
        "NaN",
        "sNaN",
        "Infinity",
        "-Infinity",
        "1E+30",
        "1e999",
        "1e-999",
        "1e9999999",
        "1" * 50,
        "1,5",
        "0x1",
        "\u0661",
    ],
)
def test_a_text_that_is_no_plausible_number_is_a_contract_mismatch_without_the_text(text):
    with pytest.raises(SourceError) as raised:
        parse_number(text)

    assert raised.value.code is FaultCode.CONTRACT_MISMATCH
    assert text not in str(raised.value)


@given(st.text() | st.decimals().map(str) | st.floats().map(str))
def test_any_text_is_a_plausible_number_or_none_or_a_contract_mismatch(text):
    with suppress(SourceError):
        value = parse_number(text)
        assert value is None or (value.is_finite() and abs(value) < 10**18)


def test_ids_are_distinct_whole_numbers():
    assert select_ids(["7", "x", "", "7", "-1", "1.0", "²", "1" * 19, "42"]) == ["7", "42"]


@given(st.lists(st.text(), max_size=30), st.integers(1, 7))
def test_batches_contain_all_ids_in_order(ids, size):
    cut = [list(batch) for batch in split_batches(ids, size)]

    assert [each for batch in cut for each in batch] == ids
    assert all(len(batch) <= size for batch in cut)

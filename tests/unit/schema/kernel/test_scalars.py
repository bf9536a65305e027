"""Scalars: exact and in UTC as output, strict as input."""

import datetime as dt
from datetime import UTC, timedelta, timezone
from decimal import Decimal

import pytest
from graphql import GraphQLError
from hypothesis import given
from hypothesis import strategies as st

from gateway.schema.kernel.scalars import SCALARS, format_duration


@given(st.decimals(min_value=-(10**30), max_value=10**30, places=6))
def test_a_decimal_keeps_every_digit_and_has_no_exponent(number):
    wire = SCALARS[Decimal].serialize(number)
    assert "E" not in wire
    assert Decimal(wire).as_tuple() == number.as_tuple()
    assert SCALARS[Decimal].parse_value(wire) == number


@pytest.mark.parametrize(
    ("number", "wire"), [("100.00", "100.00"), ("1E+3", "1000"), ("1E-7", "0.0000001"), ("-0.50", "-0.50")]
)
def test_a_decimal_keeps_trailing_zeros(number, wire):
    assert SCALARS[Decimal].serialize(Decimal(number)) == wire


@pytest.mark.parametrize("value", ["", "x", "NaN", "Infinity", 1.5, True, None, "1" * 39, {}])
def test_an_inexact_decimal_is_rejected(value):
    with pytest.raises(GraphQLError):
        SCALARS[Decimal].parse_value(value)


def test_a_time_is_sent_in_utc_and_accepted_with_any_offset():
    noon = dt.datetime(2026, 3, 2, 12, tzinfo=timezone(timedelta(hours=2)))
    assert SCALARS[dt.datetime].serialize(noon) == "2026-03-02T10:00:00Z"
    assert SCALARS[dt.datetime].parse_value("2026-03-02T12:00:00+02:00") == dt.datetime(2026, 3, 2, 10, tzinfo=UTC)


@pytest.mark.parametrize("value", ["2026-03-02T12:00:00", "yesterday", "", 5, None])
def test_a_time_without_an_offset_is_rejected(value):
    with pytest.raises(GraphQLError):
        SCALARS[dt.datetime].parse_value(value)


@pytest.mark.parametrize("value", ["2026-02-30", "2026-03-02T00:00:00", "", 20260302, None])
def test_an_invalid_date_is_rejected(value):
    with pytest.raises(GraphQLError):
        SCALARS[dt.date].parse_value(value)


@pytest.mark.parametrize(
    ("span", "wire"),
    [
        (timedelta(0), "PT0S"),
        (timedelta(hours=4, minutes=30), "PT4H30M"),
        (timedelta(days=2), "P2D"),
        (timedelta(days=1, seconds=1), "P1DT1S"),
        (timedelta(minutes=-1), "-PT1M"),
    ],
)
def test_a_duration_is_iso_8601(span, wire):
    assert format_duration(span) == wire

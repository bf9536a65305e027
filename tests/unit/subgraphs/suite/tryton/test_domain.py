"""Searches are built from values: what a caller gives can be compared with, and never changes the search."""

import base64
from datetime import date, datetime

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from subgraphs.suite.tryton.domain import BY_DATE, among, any_of, below, encoded, is_id, later

NEVER = ["id", "in", []]


def read(text: str) -> object:
    return msgspec.json.decode(base64.urlsafe_b64decode(text))


def test_a_domain_travels_as_json_with_marks_for_days_and_instants() -> None:
    domain = (["date", ">=", date(2026, 11, 3)], ["last_modified_at", ">", datetime(2026, 11, 3, 4, 5, 6, 7)])  # noqa: DTZ001 -- Tryton's have no zone

    assert read(encoded(domain)) == [
        ["date", ">=", {"__class__": "date", "year": 2026, "month": 11, "day": 3}],
        [
            "last_modified_at",
            ">",
            {
                "__class__": "datetime",
                "year": 2026,
                "month": 11,
                "day": 3,
                "hour": 4,
                "minute": 5,
                "second": 6,
                "microsecond": 7,
            },
        ],
    ]
    assert read(encoded(BY_DATE)) == [["date", "ASC"], ["id", "ASC"]]


def test_works_below_projects_are_found_by_their_path() -> None:
    assert below("path", ["1", "23"]) == ["OR", ["path", "like", "1/%"], ["path", "like", "23/%"], NEVER]
    assert below("work.origin.path", ["1"], "project.work") == [
        "OR",
        ["work.origin.path", "like", "1/%", "project.work"],
        NEVER,
    ]


def test_what_follows_a_row_by_day_and_id_is_one_condition() -> None:
    assert later(date(2026, 11, 3), "7") == [
        "OR",
        ["date", ">", date(2026, 11, 3)],
        [["date", "=", date(2026, 11, 3)], ["id", ">", 7]],
        NEVER,
    ]


def test_one_of_no_conditions_never_holds() -> None:
    assert any_of([]) == ["OR", NEVER]


@pytest.mark.parametrize("text", ["", "0", "01", "-1", "1.0", "1 ", "٣", "2147483648", "99999999999", "1/%"])
def test_what_no_record_can_have_as_id_is_no_id(text: str) -> None:
    assert not is_id(text)
    assert among("id", [text, "12"]) == ["id", "in", [12]]
    assert below("path", [text]) == ["OR", NEVER]


@given(st.integers(1, 2**31 - 1))
def test_every_positive_number_of_32_bits_is_one(number: int) -> None:
    assert is_id(str(number))
    assert among("id", [str(number)]) == ["id", "in", [number]]

"""Domains are built from values, which never change the structure of a search."""

import base64
from datetime import date, datetime

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from subgraphs.suite.tryton.domain import BY_DATE, encode, is_id, match_any, match_descendants, match_ids, match_later

NEVER = ["id", "in", []]


def decode(text: str) -> object:
    return msgspec.json.decode(base64.urlsafe_b64decode(text))


def test_a_domain_is_encoded_as_json_with_tags_for_dates_and_datetimes() -> None:
    domain = (["date", ">=", date(2026, 11, 3)], ["last_modified_at", ">", datetime(2026, 11, 3, 4, 5, 6, 7)])  # noqa: DTZ001 -- Tryton's have no zone

    assert decode(encode(domain)) == [
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
    assert decode(encode(BY_DATE)) == [["date", "ASC"], ["id", "ASC"]]


def test_works_below_projects_match_by_path() -> None:
    assert match_descendants("path", ["1", "23"]) == ["OR", ["path", "like", "1/%"], ["path", "like", "23/%"], NEVER]
    assert match_descendants("work.origin.path", ["1"], "project.work") == [
        "OR",
        ["work.origin.path", "like", "1/%", "project.work"],
        NEVER,
    ]


def test_rows_after_a_date_and_id_match_one_condition() -> None:
    assert match_later(date(2026, 11, 3), "7") == [
        "OR",
        ["date", ">", date(2026, 11, 3)],
        [["date", "=", date(2026, 11, 3)], ["id", ">", 7]],
        NEVER,
    ]


def test_no_conditions_match_no_record() -> None:
    assert match_any([]) == ["OR", NEVER]


@pytest.mark.parametrize("text", ["", "0", "01", "-1", "1.0", "1 ", "٣", "2147483648", "99999999999", "1/%"])
def test_an_invalid_id_is_left_out(text: str) -> None:
    assert not is_id(text)
    assert match_ids("id", [text, "12"]) == ["id", "in", [12]]
    assert match_descendants("path", [text]) == ["OR", NEVER]


@given(st.integers(1, 2**31 - 1))
def test_every_positive_32_bit_number_is_an_id(number: int) -> None:
    assert is_id(str(number))
    assert match_ids("id", [str(number)]) == ["id", "in", [number]]

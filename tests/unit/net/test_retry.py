from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.canonical.fault import FaultCode
from gateway.errors import SourceError
from gateway.net.message import Request
from gateway.net.retry import may_repeat, pause, retry_after

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("safe", "retryable", "attempt", "expected"),
    [
        (True, True, 1, True),
        (True, True, 2, True),
        (True, True, 3, False),
        (True, False, 1, False),
        (False, True, 1, False),
    ],
)
def test_only_safe_calls_with_hope_are_repeated_up_to_three_attempts(safe, retryable, attempt, expected):
    request = Request(method="GET", path="x", operation="x", safe=safe)
    error = SourceError(FaultCode.UNAVAILABLE, "x", retryable=retryable)

    assert may_repeat(request, error, attempt) is expected


@pytest.mark.parametrize(("attempt", "ceiling"), [(1, 0.2), (2, 0.4), (3, 0.8), (9, 2.0)])
def test_pauses_are_spread_below_a_ceiling_that_doubles(attempt, ceiling):
    error = SourceError(FaultCode.UNAVAILABLE, "x")

    assert pause(error, attempt, lambda: 1.0) == ceiling
    assert pause(error, attempt, lambda: 0.0) == 0.0


def test_the_vendors_wish_is_never_undercut():
    error = SourceError(FaultCode.RATE_LIMITED, "x", retry_after=timedelta(seconds=3))

    assert pause(error, 1, lambda: 0.0) == 3.0


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("120", timedelta(seconds=120)),
        ("0", timedelta()),
        (" 5 ", timedelta(seconds=5)),
        ("Fri, 20 Nov 2026 12:01:00 GMT", timedelta(seconds=60)),
        ("Fri, 20 Nov 2026 11:00:00 GMT", timedelta()),
        ("-5", None),
        ("1.5", None),
        ("soon", None),
        ("٣", None),
        ("", None),
    ],
)
def test_retry_after_is_seconds_or_a_date(value, expected):
    assert retry_after({"retry-after": value}, NOW) == expected


@given(st.text())
def test_no_header_breaks_it(value):
    told = retry_after({"retry-after": value}, NOW)

    assert told is None or told >= timedelta()


@given(st.integers(0, 10**40))
def test_absurd_waits_stay_a_duration(seconds):
    assert retry_after({"retry-after": str(seconds)}, NOW) is not None

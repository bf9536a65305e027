from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.canonical.fault import FaultCode
from gateway.errors import SourceError
from gateway.net.message import UpstreamRequest
from gateway.net.retry import compute_delay, parse_retry_after, should_retry

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
def test_only_safe_calls_with_retryable_errors_are_retried_up_to_three_attempts(safe, retryable, attempt, expected):
    request = UpstreamRequest(method="GET", path="x", operation="x", safe=safe)
    error = SourceError(FaultCode.UNAVAILABLE, "x", retryable=retryable)

    assert should_retry(request, error, attempt) is expected


@pytest.mark.parametrize(("attempt", "ceiling"), [(1, 0.2), (2, 0.4), (3, 0.8), (9, 2.0)])
def test_delays_are_spread_below_a_ceiling_that_doubles(attempt, ceiling):
    error = SourceError(FaultCode.UNAVAILABLE, "x")

    assert compute_delay(error, attempt, lambda: 1.0) == ceiling
    assert compute_delay(error, attempt, lambda: 0.0) == 0.0


def test_the_delay_is_never_shorter_than_retry_after():
    error = SourceError(FaultCode.RATE_LIMITED, "x", retry_after=timedelta(seconds=3))

    assert compute_delay(error, 1, lambda: 0.0) == 3.0


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
    assert parse_retry_after({"retry-after": value}, NOW) == expected


@given(st.text())
def test_any_header_value_is_parsed_without_an_exception(value):
    delay = parse_retry_after({"retry-after": value}, NOW)

    assert delay is None or delay >= timedelta()


@given(st.integers(0, 10**40))
def test_absurdly_long_waits_are_parsed(seconds):
    assert parse_retry_after({"retry-after": str(seconds)}, NOW) is not None

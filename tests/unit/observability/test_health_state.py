"""Health follows from calls, circuit breakers, feeds and time, by rules that hold for every sequence of events."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.canonical.fault import FaultCode
from gateway.observability.event import CircuitClosed, CircuitOpened, Event, FeedPolled, UpstreamCalled
from gateway.observability.health_state import HealthPolicy, HealthStateMachine, SystemHealth

UP, DEGRADED, DOWN = SystemHealth.UP, SystemHealth.DEGRADED, SystemHealth.DOWN
THROTTLED, CIRCUIT_OPEN, UNKNOWN = SystemHealth.THROTTLED, SystemHealth.CIRCUIT_OPEN, SystemHealth.UNKNOWN
POLICY = HealthPolicy()


def build_call(status: int | None = 200, fault: FaultCode | None = None, seconds: float = 0.1) -> UpstreamCalled:
    return UpstreamCalled(
        connection="crm", operation="read", status=status, fault=fault, seconds=seconds, correlation_id=None
    )


def build_feed_event(failure: FaultCode | None = None, name: str = "CrmAccount") -> FeedPolled:
    return FeedPolled(connection="crm", feed=name, failure=failure)


GOOD, SLOW = build_call(), build_call(seconds=5.1)
LATE, DEAD = build_call(None, FaultCode.TIMEOUT), build_call(None, FaultCode.UNAVAILABLE)
BROKEN, TOO_MANY = build_call(503, FaultCode.UNAVAILABLE), build_call(429, FaultCode.RATE_LIMITED)
GONE, STALE_TOKEN = build_call(404, FaultCode.NOT_FOUND), build_call(401, FaultCode.AUTH_EXPIRED)
OPENED = CircuitOpened(connection="crm", calls="READ", seconds=5.0)
CLOSED = CircuitClosed(connection="crm", calls="READ")


def create_machine(*events: Event, apart: float = 1.0) -> tuple[HealthStateMachine, float]:
    """Return a machine after the events, `apart` seconds from each other, and the time of the last."""
    subject, now = HealthStateMachine(), 100.0
    for event in events:
        now += apart
        subject.apply_event(event, now)
    return subject, now


@pytest.mark.parametrize(
    ("_case", "events", "health"),
    [
        ("nothing", [], UNKNOWN),
        ("a success", [GOOD], UP),
        ("a missing record does not count", [GONE], UNKNOWN),
        ("a token that was renewed", [GOOD, STALE_TOKEN, GOOD, GOOD], UP),
        ("only a failure", [DEAD], DOWN),
        ("a token endpoint that fails without a fault", [build_call(502)], DOWN),
        ("one failure among successes", [GOOD, GOOD, GOOD, DEAD], DEGRADED),
        ("two failures", [GOOD, LATE, DEAD], DEGRADED),
        ("three failures", [GOOD, LATE, DEAD, BROKEN], DOWN),
        ("the first response after an outage", [DEAD, DEAD, DEAD, GOOD], DEGRADED),
        ("three responses after an outage", [DEAD, DEAD, DEAD, GOOD, GOOD, GOOD], UP),
        ("three responses after a first call that failed", [DEAD, GOOD, GOOD, GOOD], UP),
        ("three responses after a single failure", [*[GOOD] * 3, DEAD, *[GOOD] * 3], DEGRADED),
        ("a tenth failed, not recently", [GOOD, DEAD, *[GOOD] * 8], UP),
        ("more than a tenth failed", [GOOD, DEAD, *[GOOD] * 3], DEGRADED),
        ("slow", [*[GOOD] * 3, SLOW], DEGRADED),
        ("a rate-limited call", [GOOD, TOO_MANY], THROTTLED),
        ("a rate-limited call, then successes", [GOOD, TOO_MANY, GOOD, GOOD], THROTTLED),
        ("an open breaker", [DEAD, DEAD, DEAD, OPENED], CIRCUIT_OPEN),
        ("a breaker that closed again", [DEAD, DEAD, DEAD, OPENED, GOOD, GOOD, GOOD, CLOSED], UP),
        ("a feed polled to its end", [build_feed_event()], UP),
        ("a feed without a response", [build_feed_event(FaultCode.UNAVAILABLE)], DOWN),
        (
            "the only feed refused, other calls successful",
            [GOOD, GOOD, build_feed_event(FaultCode.CONTRACT_MISMATCH)],
            DOWN,
        ),
        (
            "one feed of two refused",
            [build_feed_event(), build_feed_event(FaultCode.AUTH_EXPIRED, "CrmOpportunity")],
            DEGRADED,
        ),
        ("a refused feed polled to its end again", [build_feed_event(FaultCode.AUTH_EXPIRED), build_feed_event()], UP),
        ("a feed delayed by our own queue", [GOOD, build_feed_event(FaultCode.RATE_LIMITED)], UP),
        ("a feed delayed by our own breaker", [GOOD, build_feed_event(FaultCode.CIRCUIT_OPEN)], UP),
    ],
)
def test_health_follows_from_the_events(_case: str, events: Sequence[Event], health: SystemHealth) -> None:
    subject, now = create_machine(*events)

    assert subject.compute_health(now + 1 if health is DOWN else now) is health


def test_a_system_with_a_recent_success_is_not_down() -> None:
    subject, now = create_machine(GOOD, DEAD, DEAD, DEAD, apart=0.1)

    change = subject.get_next_change(now)

    assert subject.compute_health(now) is DEGRADED
    assert change == pytest.approx(now - 0.3 + POLICY.grace)
    assert change is not None
    assert subject.compute_health(change) is DOWN


@pytest.mark.parametrize(
    ("_case", "events", "seconds", "health"),
    [
        ("the open time of a breaker is over without a probe", [DEAD, DEAD, DEAD, OPENED], 5.0, DOWN),
        ("an open breaker while other calls succeed", [OPENED, GOOD], 4.0, UP),
        ("a rate-limited call, then successes", [GOOD, TOO_MANY, GOOD, GOOD, GOOD], 27.0, UP),
        ("the last response was a rate limit", [GOOD, TOO_MANY], 60.0, THROTTLED),
        ("a failure is a minute old", [*[GOOD] * 3, DEAD, *[GOOD] * 3], 57.0, UP),
        ("the only event is an old failure", [DEAD], 600.0, DOWN),
        ("the only event is an old success", [GOOD], 600.0, UP),
        ("no event for 15 minutes after a failure", [DEAD, DEAD, DEAD], 900.0, UNKNOWN),
        ("no event for 15 minutes after a success", [GOOD], 900.0, UNKNOWN),
    ],
)
def test_health_changes_with_time_alone(
    _case: str, events: Sequence[Event], seconds: float, health: SystemHealth
) -> None:
    subject, now = create_machine(*events)

    assert subject.compute_health(now + seconds) is health


def test_the_times_of_the_last_success_and_failure_are_kept() -> None:
    subject, _ = create_machine(GOOD, DEAD, GONE, OPENED)

    assert (subject.succeeded_at, subject.failed_at) == (101.0, 102.0)


CALLS = [GOOD, SLOW, LATE, DEAD, BROKEN, TOO_MANY, GONE, STALE_TOKEN]
FEEDS = [
    build_feed_event(),
    build_feed_event(FaultCode.AUTH_EXPIRED),
    build_feed_event(FaultCode.UNAVAILABLE),
    build_feed_event(FaultCode.CIRCUIT_OPEN),
]
EVENTS = st.sampled_from([*CALLS, *FEEDS, OPENED, CLOSED])
HISTORY = st.lists(st.tuples(EVENTS, st.floats(0, 100, allow_nan=False)), max_size=120)


def replay(history: Sequence[tuple[Event, float]]) -> tuple[HealthStateMachine, float]:
    subject, now = HealthStateMachine(), 0.0
    for event, wait in history:
        now += wait
        subject.apply_event(event, now)
    return subject, now


@given(HISTORY, st.floats(0, 2000))
def test_health_changes_only_at_the_times_of_get_next_change(
    history: Sequence[tuple[Event, float]], wait: float
) -> None:
    subject, now = replay(history)
    healths = {subject.compute_health(now)}

    at: float | None = now
    while at is not None and (at := subject.get_next_change(at)) is not None and at <= now + wait:
        healths.add(subject.compute_health(at))

    assert subject.compute_health(now + wait) in healths
    assert at is None or at > now


@given(HISTORY)
def test_any_system_is_up_after_a_minute_of_successful_calls(
    history: Sequence[tuple[Event, float]],
) -> None:
    subject, now = replay([*history, (build_feed_event(), 1.0)])

    for _ in range(20):
        now += POLICY.window / 15
        subject.apply_event(GOOD, now)

    assert subject.compute_health(now) is UP


@given(HISTORY)
def test_any_system_that_stops_responding_is_soon_down(
    history: Sequence[tuple[Event, float]],
) -> None:
    subject, now = replay([*history, (GOOD, 1.0)])

    for _ in range(POLICY.streak):
        now += POLICY.grace / 2
        subject.apply_event(DEAD, now)

    assert subject.compute_health(now) in {DOWN, CIRCUIT_OPEN, THROTTLED}


@given(HISTORY)
def test_the_number_of_stored_calls_is_bounded(history: Sequence[tuple[Event, float]]) -> None:
    subject, now = replay([*history, *[(GOOD, 0.0)] * 200])

    assert len(subject._calls) <= POLICY.max_calls
    assert subject.compute_health(now) is not UNKNOWN

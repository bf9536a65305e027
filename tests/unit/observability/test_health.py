"""What a system's health follows from: the calls, the breakers, the feeds and the time, by rules that hold for every sequence of events."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.canonical.fault import FaultCode
from gateway.observability.event import CircuitClosed, CircuitOpened, Event, FeedFollowed, UpstreamCalled
from gateway.observability.health import HealthPolicy, HealthStateMachine, SystemHealth

UP, DEGRADED, DOWN = SystemHealth.UP, SystemHealth.DEGRADED, SystemHealth.DOWN
THROTTLED, CIRCUIT_OPEN, UNKNOWN = SystemHealth.THROTTLED, SystemHealth.CIRCUIT_OPEN, SystemHealth.UNKNOWN
POLICY = HealthPolicy()


def called(status: int | None = 200, fault: FaultCode | None = None, seconds: float = 0.1) -> UpstreamCalled:
    return UpstreamCalled(
        connection="crm", operation="read", status=status, fault=fault, seconds=seconds, correlation_id=None
    )


def feed(failure: FaultCode | None = None, name: str = "CrmAccount") -> FeedFollowed:
    return FeedFollowed(connection="crm", feed=name, failure=failure)


GOOD, SLOW = called(), called(seconds=5.1)
LATE, DEAD = called(None, FaultCode.TIMEOUT), called(None, FaultCode.UNAVAILABLE)
BROKEN, TOO_MANY = called(503, FaultCode.UNAVAILABLE), called(429, FaultCode.RATE_LIMITED)
GONE, STALE_TOKEN = called(404, FaultCode.NOT_FOUND), called(401, FaultCode.AUTH_EXPIRED)
OPENED = CircuitOpened(connection="crm", calls="READ", seconds=5.0)
CLOSED = CircuitClosed(connection="crm", calls="READ")


def machine(*events: Event, apart: float = 1.0) -> tuple[HealthStateMachine, float]:
    """Return a machine after events that came one after the other, and the moment of the last."""
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
        ("a record that is gone tells nothing of the system", [GONE], UNKNOWN),
        ("a token that had to be renewed", [GOOD, STALE_TOKEN, GOOD, GOOD], UP),
        ("nothing but a failure", [DEAD], DOWN),
        ("a token endpoint that fails without a fault", [called(502)], DOWN),
        ("one failure among successes", [GOOD, GOOD, GOOD, DEAD], DEGRADED),
        ("two failures", [GOOD, LATE, DEAD], DEGRADED),
        ("three failures", [GOOD, LATE, DEAD, BROKEN], DOWN),
        ("the first answer after an outage", [DEAD, DEAD, DEAD, GOOD], DEGRADED),
        ("three answers after an outage", [DEAD, DEAD, DEAD, GOOD, GOOD, GOOD], UP),
        ("three answers after a first call that failed", [DEAD, GOOD, GOOD, GOOD], UP),
        ("three answers after a single failure", [*[GOOD] * 3, DEAD, *[GOOD] * 3], DEGRADED),
        ("a tenth that failed, not of late", [GOOD, DEAD, *[GOOD] * 8], UP),
        ("more than a tenth that failed", [GOOD, DEAD, *[GOOD] * 3], DEGRADED),
        ("slow", [*[GOOD] * 3, SLOW], DEGRADED),
        ("too many calls", [GOOD, TOO_MANY], THROTTLED),
        ("too many calls, then answers", [GOOD, TOO_MANY, GOOD, GOOD], THROTTLED),
        ("an open breaker", [DEAD, DEAD, DEAD, OPENED], CIRCUIT_OPEN),
        ("a breaker that closed again", [DEAD, DEAD, DEAD, OPENED, GOOD, GOOD, GOOD, CLOSED], UP),
        ("a feed that was followed", [feed()], UP),
        ("a feed that got no answer", [feed(FaultCode.UNAVAILABLE)], DOWN),
        ("a feed refused, by calls that were answered", [GOOD, GOOD, feed(FaultCode.CONTRACT_MISMATCH)], DOWN),
        ("one feed of two refused", [feed(), feed(FaultCode.AUTH_EXPIRED, "CrmOpportunity")], DEGRADED),
        ("a refused feed followed again", [feed(FaultCode.AUTH_EXPIRED), feed()], UP),
        ("a feed held up by our own queue", [GOOD, feed(FaultCode.RATE_LIMITED)], UP),
        ("a feed held up by our own breaker", [GOOD, feed(FaultCode.CIRCUIT_OPEN)], UP),
    ],
)
def test_health_follows_from_what_was_told(_case: str, events: Sequence[Event], health: SystemHealth) -> None:
    subject, now = machine(*events)

    assert subject.compute_health(now + 1 if health is DOWN else now) is health


def test_a_busy_system_is_not_down_while_something_goes_well() -> None:
    subject, now = machine(GOOD, DEAD, DEAD, DEAD, apart=0.1)

    turn = subject.get_next_change(now)

    assert subject.compute_health(now) is DEGRADED
    assert turn == pytest.approx(now - 0.3 + POLICY.grace)
    assert turn is not None
    assert subject.compute_health(turn) is DOWN


@pytest.mark.parametrize(
    ("_case", "events", "seconds", "health"),
    [
        ("a breaker's time is over and nobody has probed", [DEAD, DEAD, DEAD, OPENED], 5.0, DOWN),
        ("a breaker of writes, while reads go on", [OPENED, GOOD], 4.0, UP),
        ("the vendor had said too many, then answered", [GOOD, TOO_MANY, GOOD, GOOD, GOOD], 27.0, UP),
        ("too many was the last word", [GOOD, TOO_MANY], 60.0, THROTTLED),
        ("a failure is a minute old", [*[GOOD] * 3, DEAD, *[GOOD] * 3], 57.0, UP),
        ("the only word is an old failure", [DEAD], 600.0, DOWN),
        ("the only word is an old success", [GOOD], 600.0, UP),
        ("nothing for a quarter of an hour, after a failure", [DEAD, DEAD, DEAD], 900.0, UNKNOWN),
        ("nothing for a quarter of an hour, after a success", [GOOD], 900.0, UNKNOWN),
    ],
)
def test_time_alone_changes_health(_case: str, events: Sequence[Event], seconds: float, health: SystemHealth) -> None:
    subject, now = machine(*events)

    assert subject.compute_health(now + seconds) is health


def test_successes_and_failures_leave_their_times() -> None:
    subject, _ = machine(GOOD, DEAD, GONE, OPENED)

    assert (subject.succeeded_at, subject.failed_at) == (101.0, 102.0)


CALLS = [GOOD, SLOW, LATE, DEAD, BROKEN, TOO_MANY, GONE, STALE_TOKEN]
FEEDS = [feed(), feed(FaultCode.AUTH_EXPIRED), feed(FaultCode.UNAVAILABLE), feed(FaultCode.CIRCUIT_OPEN)]
EVENTS = st.sampled_from([*CALLS, *FEEDS, OPENED, CLOSED])
HISTORY = st.lists(st.tuples(EVENTS, st.floats(0, 100, allow_nan=False)), max_size=120)


def lived(history: Sequence[tuple[Event, float]]) -> tuple[HealthStateMachine, float]:
    subject, now = HealthStateMachine(), 0.0
    for event, wait in history:
        now += wait
        subject.apply_event(event, now)
    return subject, now


@given(HISTORY, st.floats(0, 2000))
def test_health_changes_only_when_the_machine_says_that_it_may(
    history: Sequence[tuple[Event, float]], wait: float
) -> None:
    subject, now = lived(history)
    turns = {subject.compute_health(now)}

    at: float | None = now
    while at is not None and (at := subject.get_next_change(at)) is not None and at <= now + wait:
        turns.add(subject.compute_health(at))

    assert subject.compute_health(now + wait) in turns
    assert at is None or at > now


@given(HISTORY)
def test_whatever_was_followed_to_the_end_thrice_is_up_after_a_minute_of_good_calls(
    history: Sequence[tuple[Event, float]],
) -> None:
    subject, now = lived([*history, (feed(), 1.0)])

    for _ in range(20):
        now += POLICY.window / 15
        subject.apply_event(GOOD, now)

    assert subject.compute_health(now) is UP


@given(HISTORY)
def test_whatever_was_up_is_down_or_refused_soon_after_it_stops_to_answer(
    history: Sequence[tuple[Event, float]],
) -> None:
    subject, now = lived([*history, (GOOD, 1.0)])

    for _ in range(POLICY.streak):
        now += POLICY.grace / 2
        subject.apply_event(DEAD, now)

    assert subject.compute_health(now) in {DOWN, CIRCUIT_OPEN, THROTTLED}


@given(HISTORY)
def test_memory_is_bounded(history: Sequence[tuple[Event, float]]) -> None:
    subject, now = lived([*history, *[(GOOD, 0.0)] * 200])

    assert len(subject._calls) <= POLICY.max_calls
    assert subject.compute_health(now) is not UNKNOWN

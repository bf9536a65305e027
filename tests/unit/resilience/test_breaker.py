import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from gateway.resilience.breaker import BreakerPolicy, BreakerState, CircuitBreaker, Outcome, Permit, Refused

POLICY = BreakerPolicy()


def create_breaker():
    return CircuitBreaker(POLICY, jitter=lambda: 0.0)


def report_calls(subject, outcome, now, times=1):
    for _ in range(times):
        permit = subject.request_permit(now)
        assert isinstance(permit, Permit)
        subject.report(permit, outcome, now)


def create_open_breaker(now=0.0):
    subject = create_breaker()
    report_calls(subject, Outcome.BAD, now, times=20)
    assert subject.state is BreakerState.OPEN
    return subject


def test_nineteen_failures_do_not_open_the_breaker():
    subject = create_breaker()

    report_calls(subject, Outcome.BAD, 0.0, times=19)

    assert subject.state is BreakerState.CLOSED


def test_ten_failures_in_twenty_calls_open_the_breaker():
    subject = create_breaker()
    report_calls(subject, Outcome.GOOD, 0.0, times=10)
    report_calls(subject, Outcome.BAD, 1.0, times=9)
    states = [subject.state]

    report_calls(subject, Outcome.BAD, 1.0)

    states.append(subject.state)
    assert states == [BreakerState.CLOSED, BreakerState.OPEN]


def test_failures_older_than_the_window_are_forgotten():
    subject = create_breaker()
    report_calls(subject, Outcome.BAD, 0.0, times=19)

    report_calls(subject, Outcome.BAD, 11.0, times=19)

    assert subject.state is BreakerState.CLOSED


def test_an_open_breaker_refuses_calls_with_a_retry_after():
    subject = create_open_breaker(now=100.0)

    assert subject.request_permit(102.0) == Refused(3.0)


def test_three_successful_probes_close_the_breaker():
    subject = create_open_breaker()
    probes = [subject.request_permit(5.0) for _ in range(3)]
    assert isinstance(subject.request_permit(5.0), Refused)

    for probe in probes:
        subject.report(probe, Outcome.GOOD, 5.1)

    assert subject.state is BreakerState.CLOSED


def test_each_failed_probe_doubles_the_open_time_up_to_a_minute():
    subject, now, spans = create_open_breaker(), 5.0, []
    for _ in range(6):
        probe = subject.request_permit(now)
        subject.report(probe, Outcome.BAD, now)
        refusal = subject.request_permit(now)
        assert isinstance(refusal, Refused)
        spans.append(refusal.retry_after)
        now += refusal.retry_after

    assert spans == [10.0, 20.0, 40.0, 60.0, 60.0, 60.0]


def test_the_open_time_is_reset_after_recovery():
    subject = create_open_breaker()
    subject.report(subject.request_permit(5.0), Outcome.BAD, 5.0)
    for _ in range(3):
        subject.report(subject.request_permit(15.0), Outcome.GOOD, 15.0)

    report_calls(subject, Outcome.BAD, 16.0, times=20)

    assert subject.request_permit(16.0) == Refused(5.0)


def test_an_abandoned_probe_frees_its_permit():
    subject = create_open_breaker()
    probes = [subject.request_permit(5.0) for _ in range(3)]

    subject.report(probes[0], Outcome.ABANDONED, 5.1)

    assert subject.state is BreakerState.HALF_OPEN
    assert isinstance(subject.request_permit(5.1), Permit)
    assert isinstance(subject.request_permit(5.1), Refused)


def test_results_of_calls_from_an_earlier_state_are_ignored():
    subject = create_breaker()
    early = [subject.request_permit(0.0) for _ in range(30)]
    report_calls(subject, Outcome.BAD, 0.0, times=20)
    subject.request_permit(5.0)

    for permit in early:
        subject.report(permit, Outcome.BAD, 5.1)

    assert subject.state is BreakerState.HALF_OPEN


@pytest.mark.parametrize(
    ("failed", "seconds", "expected"),
    [(False, 0.1, Outcome.GOOD), (True, 0.1, Outcome.BAD), (False, 5.1, Outcome.BAD), (False, 5.0, Outcome.GOOD)],
)
def test_slow_calls_count_as_failed(failed, seconds, expected):
    assert create_breaker().classify_call(failed=failed, seconds=seconds) is expected


def test_jitter_shortens_the_open_time_by_at_most_a_fifth():
    subject = CircuitBreaker(POLICY, jitter=lambda: 1.0)
    report_calls(subject, Outcome.BAD, 0.0, times=20)

    assert subject.request_permit(0.0) == Refused(4.0)


class BreakerMachine(RuleBasedStateMachine):
    """Never more than three probes at once, never stuck open, and every refusal is limited in time."""

    def __init__(self):
        super().__init__()
        self.subject = CircuitBreaker(POLICY, jitter=lambda: 0.5)
        self.now = 0.0
        self.permits = []

    @rule(seconds=st.floats(0, 70))
    def wait(self, seconds):
        self.now += seconds

    @rule(times=st.integers(1, 25))
    def request_permits(self, times):
        for _ in range(times):
            answer = self.subject.request_permit(self.now)
            if isinstance(answer, Permit):
                self.permits.append(answer)
            else:
                assert 0 < answer.retry_after <= POLICY.max_open

    @rule(outcome=st.sampled_from(Outcome), times=st.integers(1, 25))
    def report(self, outcome, times):
        for _ in range(min(times, len(self.permits))):
            self.subject.report(self.permits.pop(0), outcome, self.now)

    @rule()
    def recover(self):
        for _ in range(3):
            self.now += POLICY.max_open
            while self.permits:
                self.subject.report(self.permits.pop(), Outcome.GOOD, self.now)
            while self.subject.state is not BreakerState.CLOSED:
                answer = self.subject.request_permit(self.now)
                if isinstance(answer, Refused):
                    break
                self.subject.report(answer, Outcome.GOOD, self.now)
        assert self.subject.state is BreakerState.CLOSED

    @invariant()
    def check_probe_limit(self):
        if self.subject.state is BreakerState.HALF_OPEN:
            probes = [permit for permit in self.permits if permit.generation == self.subject._generation]
            assert len(probes) <= POLICY.probes


TestBreakerMachine = BreakerMachine.TestCase

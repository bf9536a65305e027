import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from gateway.resilience.breaker import Breaker, BreakerPolicy, BreakerState, Outcome, Permit, Refused

POLICY = BreakerPolicy()


def breaker():
    return Breaker(POLICY, jitter=lambda: 0.0)


def make(subject, outcome, now, times=1):
    for _ in range(times):
        permit = subject.ask(now)
        assert isinstance(permit, Permit)
        subject.report(permit, outcome, now)


def opened(now=0.0):
    subject = breaker()
    make(subject, Outcome.BAD, now, times=20)
    assert subject.state is BreakerState.OPEN
    return subject


def test_nineteen_failures_are_too_few_to_judge():
    subject = breaker()

    make(subject, Outcome.BAD, 0.0, times=19)

    assert subject.state is BreakerState.CLOSED


def test_half_of_twenty_calls_failing_opens():
    subject = breaker()
    make(subject, Outcome.GOOD, 0.0, times=10)
    make(subject, Outcome.BAD, 1.0, times=9)
    assert subject.state is BreakerState.CLOSED

    make(subject, Outcome.BAD, 1.0)

    assert subject.state is BreakerState.OPEN


def test_failures_older_than_the_window_are_forgotten():
    subject = breaker()
    make(subject, Outcome.BAD, 0.0, times=19)

    make(subject, Outcome.BAD, 11.0, times=19)

    assert subject.state is BreakerState.CLOSED


def test_an_open_breaker_refuses_and_says_for_how_long():
    subject = opened(now=100.0)

    assert subject.ask(102.0) == Refused(3.0)


def test_three_probes_that_succeed_close_it():
    subject = opened()
    probes = [subject.ask(5.0) for _ in range(3)]
    assert isinstance(subject.ask(5.0), Refused)

    for probe in probes:
        subject.report(probe, Outcome.GOOD, 5.1)

    assert subject.state is BreakerState.CLOSED


def test_one_failed_probe_opens_for_twice_as_long_up_to_a_minute():
    subject, now, spans = opened(), 5.0, []
    for _ in range(6):
        probe = subject.ask(now)
        subject.report(probe, Outcome.BAD, now)
        refusal = subject.ask(now)
        assert isinstance(refusal, Refused)
        spans.append(refusal.retry_after)
        now += refusal.retry_after

    assert spans == [10.0, 20.0, 40.0, 60.0, 60.0, 60.0]


def test_a_recovered_system_starts_with_the_short_span_again():
    subject = opened()
    subject.report(subject.ask(5.0), Outcome.BAD, 5.0)
    for _ in range(3):
        subject.report(subject.ask(15.0), Outcome.GOOD, 15.0)

    make(subject, Outcome.BAD, 16.0, times=20)

    assert subject.ask(16.0) == Refused(5.0)


def test_an_abandoned_probe_gives_its_place_back():
    subject = opened()
    probes = [subject.ask(5.0) for _ in range(3)]

    subject.report(probes[0], Outcome.ABANDONED, 5.1)

    assert subject.state is BreakerState.HALF_OPEN
    assert isinstance(subject.ask(5.1), Permit)
    assert isinstance(subject.ask(5.1), Refused)


def test_late_answers_to_calls_from_before_say_nothing_about_now():
    subject = breaker()
    early = [subject.ask(0.0) for _ in range(30)]
    make(subject, Outcome.BAD, 0.0, times=20)
    subject.ask(5.0)

    for permit in early:
        subject.report(permit, Outcome.BAD, 5.1)

    assert subject.state is BreakerState.HALF_OPEN


@pytest.mark.parametrize(
    ("failed", "seconds", "expected"),
    [(False, 0.1, Outcome.GOOD), (True, 0.1, Outcome.BAD), (False, 5.1, Outcome.BAD), (False, 5.0, Outcome.GOOD)],
)
def test_slow_is_as_bad_as_failed(failed, seconds, expected):
    assert breaker().outcome(failed=failed, seconds=seconds) is expected


def test_jitter_only_shortens_by_up_to_a_fifth():
    subject = Breaker(POLICY, jitter=lambda: 1.0)
    make(subject, Outcome.BAD, 0.0, times=20)

    assert subject.ask(0.0) == Refused(4.0)


class BreakerMachine(RuleBasedStateMachine):
    """Whatever happens: never more than three probes at once, never stuck open, and every refusal ends."""

    def __init__(self):
        super().__init__()
        self.subject = Breaker(POLICY, jitter=lambda: 0.5)
        self.now = 0.0
        self.out = []

    @rule(seconds=st.floats(0, 70))
    def wait(self, seconds):
        self.now += seconds

    @rule(times=st.integers(1, 25))
    def ask(self, times):
        for _ in range(times):
            answer = self.subject.ask(self.now)
            if isinstance(answer, Permit):
                self.out.append(answer)
            else:
                assert 0 < answer.retry_after <= POLICY.longest_open

    @rule(outcome=st.sampled_from(Outcome), times=st.integers(1, 25))
    def report(self, outcome, times):
        for _ in range(min(times, len(self.out))):
            self.subject.report(self.out.pop(0), outcome, self.now)

    @rule()
    def everything_recovers(self):
        for _ in range(3):
            self.now += POLICY.longest_open
            while self.out:
                self.subject.report(self.out.pop(), Outcome.GOOD, self.now)
            while self.subject.state is not BreakerState.CLOSED:
                answer = self.subject.ask(self.now)
                if isinstance(answer, Refused):
                    break
                self.subject.report(answer, Outcome.GOOD, self.now)
        assert self.subject.state is BreakerState.CLOSED

    @invariant()
    def few_probes(self):
        if self.subject.state is BreakerState.HALF_OPEN:
            probes = [permit for permit in self.out if permit.generation == self.subject._generation]
            assert len(probes) <= POLICY.probes


TestBreakerMachine = BreakerMachine.TestCase

"""A circuit breaker: stop calling a system that mostly fails or is slow, and probe it again after a while.

Every permit is reported exactly once. A response that rejects the request is a success of the system; rate limiting
is handled by the concurrency limit.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from gateway.resilience.window import RollingCount


class BreakerState(StrEnum):
    """CLOSED permits all calls, OPEN none, HALF_OPEN a few probes."""

    CLOSED = "CLOSED"
    OPEN = "OPEN"
    HALF_OPEN = "HALF_OPEN"


class Outcome(StrEnum):
    """How a permitted call ended; ABANDONED calls (cancelled, never sent) do not count."""

    GOOD = "GOOD"
    BAD = "BAD"
    ABANDONED = "ABANDONED"


class Permit(NamedTuple):
    """Permission for one call; `generation` identifies the breaker state in which it was given."""

    generation: int


class Refused(NamedTuple):
    """No permission; `retry_after` is in seconds."""

    retry_after: float


@dataclass(frozen=True, kw_only=True)
class BreakerPolicy:
    """When to open and for how long, in seconds. A call slower than `slow_after` counts as bad, however it ended."""

    window: float = 10.0
    min_calls: int = 20
    bad_ratio: float = 0.5
    slow_after: float = 5.0
    initial_open: float = 5.0
    max_open: float = 60.0
    probes: int = 3


@dataclass
class CircuitBreaker:
    """The breaker of one connection and kind of call.

    `jitter` returns 0..1 and spreads the end of the open state over its last fifth.
    """

    policy: BreakerPolicy = BreakerPolicy()
    jitter: Callable[[], float] = random.random
    state: BreakerState = BreakerState.CLOSED
    _generation: int = 0
    _times_opened: int = 0
    _open_until: float = 0.0
    _active_probes: int = 0
    _good_probes: int = 0
    _calls: RollingCount = field(init=False)
    _bad_calls: RollingCount = field(init=False)

    def __post_init__(self) -> None:
        self._calls = RollingCount(self.policy.window)
        self._bad_calls = RollingCount(self.policy.window)

    def request_permit(self, now: float) -> Permit | Refused:
        """Request permission for one call."""
        if self.state is BreakerState.OPEN and now >= self._open_until:
            self._enter(BreakerState.HALF_OPEN)
        if self.state is BreakerState.OPEN:
            return Refused(self._open_until - now)
        if self.state is BreakerState.HALF_OPEN:
            if self._active_probes + self._good_probes >= self.policy.probes:
                return Refused(1.0)
            self._active_probes += 1
        return Permit(self._generation)

    def report(self, permit: Permit, outcome: Outcome, now: float) -> None:
        """Record how the call of a permit ended; permits of an earlier state are ignored."""
        if permit.generation != self._generation:
            return
        if self.state is BreakerState.HALF_OPEN:
            self._record_probe(outcome, now)
        elif outcome is not Outcome.ABANDONED:
            self._record_call(outcome, now)

    def get_open_seconds(self, now: float) -> float:
        """Return for how many more seconds the breaker is open; 0 when it is not."""
        return max(0.0, self._open_until - now) if self.state is BreakerState.OPEN else 0.0

    def classify_call(self, *, failed: bool, seconds: float) -> Outcome:
        """Return the outcome of one call: failed or slow is bad."""
        return Outcome.BAD if failed or seconds > self.policy.slow_after else Outcome.GOOD

    def _record_call(self, outcome: Outcome, now: float) -> None:
        self._calls.add(now)
        if outcome is Outcome.BAD:
            self._bad_calls.add(now)
        calls = self._calls.get_total(now)
        if calls >= self.policy.min_calls and self._bad_calls.get_total(now) >= self.policy.bad_ratio * calls:
            self._open(now)

    def _record_probe(self, outcome: Outcome, now: float) -> None:
        self._active_probes -= 1
        if outcome is Outcome.BAD:
            self._open(now)
        elif outcome is Outcome.GOOD:
            self._good_probes += 1
            if self._good_probes >= self.policy.probes:
                self._times_opened = 0
                self._enter(BreakerState.CLOSED)

    def _open(self, now: float) -> None:
        span = min(self.policy.initial_open * 2**self._times_opened, self.policy.max_open)
        # Capped: the exponent must not grow without bound during a long outage.
        self._times_opened = min(self._times_opened + 1, 16)
        self._open_until = now + span * (1 - 0.2 * self.jitter())
        self._enter(BreakerState.OPEN)

    def _enter(self, state: BreakerState) -> None:
        self.state = state
        self._generation += 1
        self._active_probes = self._good_probes = 0
        self._calls.clear()
        self._bad_calls.clear()

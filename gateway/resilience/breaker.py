"""A circuit breaker: stop calling a system that mostly fails or crawls, try again after a while with a few probes.

Every permit is reported exactly once. Answers that say "your request is wrong" are successes of the system; being told to slow down is the limit's matter.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from gateway.resilience.window import RollingCount


class BreakerState(StrEnum):
    """CLOSED lets everything through, OPEN nothing, HALF_OPEN a few probes."""

    CLOSED = "CLOSED"
    OPEN = "OPEN"
    HALF_OPEN = "HALF_OPEN"


class Outcome(StrEnum):
    """How a permitted call ended; ABANDONED calls (cancelled, never sent) say nothing about the system."""

    GOOD = "GOOD"
    BAD = "BAD"
    ABANDONED = "ABANDONED"


class Permit(NamedTuple):
    """Leave to make one call; `generation` tells calls of an earlier state from those of the present one."""

    generation: int


class Refused(NamedTuple):
    """No leave; `retry_after` is in seconds."""

    retry_after: float


@dataclass(frozen=True, kw_only=True)
class BreakerPolicy:
    """When to open and for how long, seconds. A call slower than `slow_after` counts as bad, however it ended."""

    window: float = 10.0
    minimum_calls: int = 20
    bad_share: float = 0.5
    slow_after: float = 5.0
    first_open: float = 5.0
    longest_open: float = 60.0
    probes: int = 3


@dataclass
class Breaker:
    """The state of one connection and operation class. `jitter` returns 0..1 and spreads the end of the open state over its last fifth."""

    policy: BreakerPolicy = BreakerPolicy()
    jitter: Callable[[], float] = random.random
    state: BreakerState = BreakerState.CLOSED
    _generation: int = 0
    _opened: int = 0
    _open_until: float = 0.0
    _probing: int = 0
    _proven: int = 0
    _all: RollingCount = field(init=False)
    _bad: RollingCount = field(init=False)

    def __post_init__(self) -> None:
        self._all = RollingCount(self.policy.window)
        self._bad = RollingCount(self.policy.window)

    def ask(self, now: float) -> Permit | Refused:
        """Ask for leave to make one call."""
        if self.state is BreakerState.OPEN and now >= self._open_until:
            self._enter(BreakerState.HALF_OPEN)
        if self.state is BreakerState.OPEN:
            return Refused(self._open_until - now)
        if self.state is BreakerState.HALF_OPEN:
            if self._probing + self._proven >= self.policy.probes:
                return Refused(1.0)
            self._probing += 1
        return Permit(self._generation)

    def report(self, permit: Permit, outcome: Outcome, now: float) -> None:
        """Say how the call of a permit ended; calls that began before the present state say nothing about it."""
        if permit.generation != self._generation:
            return
        if self.state is BreakerState.HALF_OPEN:
            self._probed(outcome, now)
        elif outcome is not Outcome.ABANDONED:
            self._counted(outcome, now)

    def rest(self, now: float) -> float:
        """Return for how many seconds more nothing is let through; 0 when it is not open."""
        return max(0.0, self._open_until - now) if self.state is BreakerState.OPEN else 0.0

    def outcome(self, *, failed: bool, seconds: float) -> Outcome:
        """Judge one call: failed or slow is bad."""
        return Outcome.BAD if failed or seconds > self.policy.slow_after else Outcome.GOOD

    def _counted(self, outcome: Outcome, now: float) -> None:
        self._all.add(now)
        if outcome is Outcome.BAD:
            self._bad.add(now)
        calls = self._all.total(now)
        if calls >= self.policy.minimum_calls and self._bad.total(now) >= self.policy.bad_share * calls:
            self._open(now)

    def _probed(self, outcome: Outcome, now: float) -> None:
        self._probing -= 1
        if outcome is Outcome.BAD:
            self._open(now)
        elif outcome is Outcome.GOOD:
            self._proven += 1
            if self._proven >= self.policy.probes:
                self._opened = 0
                self._enter(BreakerState.CLOSED)

    def _open(self, now: float) -> None:
        span = min(self.policy.first_open * 2**self._opened, self.policy.longest_open)
        # Capped: the exponent may not grow without end during a long outage.
        self._opened = min(self._opened + 1, 16)
        self._open_until = now + span * (1 - 0.2 * self.jitter())
        self._enter(BreakerState.OPEN)

    def _enter(self, state: BreakerState) -> None:
        self.state = state
        self._generation += 1
        self._probing = self._proven = 0
        self._all.clear()
        self._bad.clear()

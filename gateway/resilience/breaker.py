"""The circuit breaker: a system that fails more often than not is left alone for a while, then asked carefully."""

from collections import deque
from enum import StrEnum

WINDOW_SECONDS = 10.0
VOLUME = 20
FAILURE_SHARE = 0.5
FIRST_REST = 5.0
LONGEST_REST = 60.0
PROBES = 3


class State(StrEnum):
    """What the breaker lets through."""

    CLOSED = "CLOSED"
    OPEN = "OPEN"
    HALF_OPEN = "HALF_OPEN"


class Breaker:
    """Opens when at least half of the last ten seconds' calls (20 or more) failed or were slow; rests 5 to 60 s; then lets at most three probes in."""

    def __init__(self) -> None:
        self.state = State.CLOSED
        self._outcomes: deque[tuple[float, bool]] = deque()
        self._rest = FIRST_REST
        self._opened_at = 0.0
        self._probes = 0

    def allows(self, now: float) -> bool:
        """Tell whether a call may go out; a call that may has to be reported by `report`."""
        if self.state is State.OPEN and now >= self._opened_at + self._rest:
            self.state, self._probes = State.HALF_OPEN, 0
        if self.state is State.HALF_OPEN:
            if self._probes >= PROBES:
                return False
            self._probes += 1
            return True
        return self.state is State.CLOSED

    def report(self, now: float, *, failed: bool) -> None:
        """Note how a call went."""
        if self.state is State.HALF_OPEN:
            self._settle(now, failed=failed)
            return
        self._outcomes.append((now, failed))
        while self._outcomes and self._outcomes[0][0] <= now - WINDOW_SECONDS:
            self._outcomes.popleft()
        failures = sum(bad for _, bad in self._outcomes)
        if len(self._outcomes) >= VOLUME and failures >= FAILURE_SHARE * len(self._outcomes):
            self._open(now)

    def retry_after(self, now: float) -> float:
        """Return how many seconds the rest still lasts."""
        return max(0.0, self._opened_at + self._rest - now) if self.state is State.OPEN else 0.0

    def _settle(self, now: float, *, failed: bool) -> None:
        if failed:
            self._rest = min(LONGEST_REST, self._rest * 2)
            self._open(now)
        else:
            self.state, self._rest = State.CLOSED, FIRST_REST
            self._outcomes.clear()

    def _open(self, now: float) -> None:
        self.state, self._opened_at = State.OPEN, now
        self._outcomes.clear()

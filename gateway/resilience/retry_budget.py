"""How many retries a system gets: a share of its calls, so that a struggling system is not buried under repeats."""

from collections import deque

WINDOW_SECONDS = 10.0
SHARE = 0.1
MINIMUM = 3


class RetryBudget:
    """Allows retries up to 10 % of the calls of the last ten seconds, and three in any case."""

    def __init__(self) -> None:
        self._calls: deque[float] = deque()
        self._retries: deque[float] = deque()

    def called(self, now: float) -> None:
        """Count a first attempt."""
        self._calls.append(now)

    def spend(self, now: float) -> bool:
        """Take one retry out of the budget; False when it is used up."""
        for times in (self._calls, self._retries):
            while times and times[0] <= now - WINDOW_SECONDS:
                times.popleft()
        if len(self._retries) >= max(MINIMUM, SHARE * len(self._calls)):
            return False
        self._retries.append(now)
        return True

"""A retry budget: a ratio of recent calls plus a minimum, so that retries do not amplify an outage."""

from dataclasses import dataclass, field

from gateway.resilience.window import RollingCount


@dataclass
class RetryBudget:
    """Allows `ratio` of the calls of the last `window` seconds, plus `minimum`, to be retries."""

    ratio: float = 0.1
    minimum: int = 3
    window: float = 10.0
    _calls: RollingCount = field(init=False)
    _retries: RollingCount = field(init=False)

    def __post_init__(self) -> None:
        self._calls = RollingCount(self.window)
        self._retries = RollingCount(self.window)

    def record_call(self, now: float) -> None:
        """Record a first attempt."""
        self._calls.add(now)

    def try_spend(self, now: float) -> bool:
        """Take one retry out of the budget; return False if it is empty."""
        if self._retries.get_total(now) >= self.minimum + int(self.ratio * self._calls.get_total(now)):
            return False
        self._retries.add(now)
        return True

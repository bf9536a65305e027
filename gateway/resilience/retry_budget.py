"""How many calls may be retried: a share of recent calls and a few more, so that retries never multiply an outage."""

from dataclasses import dataclass, field

from gateway.resilience.window import RollingCount


@dataclass
class RetryBudget:
    """Allow `share` of the calls of the last `span` seconds plus `minimum` to be retries."""

    share: float = 0.1
    minimum: int = 3
    span: float = 10.0
    _calls: RollingCount = field(init=False)
    _retries: RollingCount = field(init=False)

    def __post_init__(self) -> None:
        self._calls = RollingCount(self.span)
        self._retries = RollingCount(self.span)

    def called(self, now: float) -> None:
        """Note a first attempt."""
        self._calls.add(now)

    def spend(self, now: float) -> bool:
        """Take one retry out of the budget, or say that it is empty."""
        if self._retries.total(now) >= self.minimum + int(self.share * self._calls.total(now)):
            return False
        self._retries.add(now)
        return True

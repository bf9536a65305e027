"""An outage of the store in the log: one line when it starts, one when it ends."""

import logging
import time
from collections.abc import Callable

LOG = logging.getLogger(__name__)


class Outage:
    """Whether an outage lasts. `start` and `end` are its messages."""

    def __init__(self, start: str, end: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._start = start
        self._end = end
        self._clock = clock
        self._started_at: float | None = None
        self._failed_at = 0.0

    @property
    def lasts(self) -> bool:
        """Whether the last call failed."""
        return self._started_at is not None

    def record_failure(self, reason: str) -> None:
        """Record a failed call."""
        self._failed_at = self._clock()
        if self._started_at is None:
            self._started_at = self._failed_at
            LOG.error("%s: %s", self._start, reason)

    def record_success(self, begun_at: float) -> None:
        """Record a successful call; one that began before the last failure does not end the outage."""
        if self._started_at is not None and begun_at > self._failed_at:
            seconds = round(self._clock() - self._started_at, 1)
            self._started_at = None
            LOG.warning(self._end, extra={"seconds": seconds})

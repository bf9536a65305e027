"""An adaptive limit of concurrent calls to one system, and the queue in front of it.

The limit starts at the maximum of the vendor's contract, decreases when the system reports overload, and increases
while it is fully used (additive increase, multiplicative decrease; Chiu and Jain 1989).
"""

import asyncio
import time
from collections import deque
from dataclasses import dataclass, field


@dataclass
class AdaptiveLimit:
    """A limit between `minimum` and `maximum` calls.

    Overload multiplies it by `decrease_factor`, at most once per `decrease_interval` seconds.
    """

    maximum: int
    minimum: int = 2
    decrease_factor: float = 0.7
    decrease_interval: float = 1.0
    in_flight: int = 0
    _limit: float = field(init=False)
    _decreased_at: float = float("-inf")

    def __post_init__(self) -> None:
        self._limit = float(self.maximum)

    @property
    def limit(self) -> int:
        """How many calls may be in flight now."""
        return int(self._limit)

    def try_acquire(self) -> bool:
        """Take a slot; return False if all are taken."""
        if self.in_flight >= self.limit:
            return False
        self.in_flight += 1
        return True

    def release(self, *, overloaded: bool, now: float) -> None:
        """Return a slot and adapt the limit to how the call ended."""
        full = self.in_flight >= self.limit
        self.in_flight -= 1
        if overloaded:
            if now - self._decreased_at >= self.decrease_interval:
                self._decreased_at = now
                self._limit = max(float(min(self.minimum, self.maximum)), self._limit * self.decrease_factor)
        elif full:
            self._limit = min(float(self.maximum), self._limit + 1 / self._limit)


class QueueFullError(Exception):
    """Too many calls wait for a slot."""


class ConcurrencyLimiter:
    """Grants slots in order of arrival; at most `pending` calls wait."""

    def __init__(self, limit: AdaptiveLimit, pending: int) -> None:
        self._limit = limit
        self._pending = pending
        self._waiting: deque[asyncio.Future[None]] = deque()

    async def acquire(self) -> None:
        """Take a slot, waiting if necessary; the caller returns it with `release`.

        Raise QueueFullError at once when too many calls are waiting.
        """
        if not self._waiting and self._limit.try_acquire():
            return
        if len(self._waiting) >= self._pending:
            raise QueueFullError
        slot = asyncio.get_running_loop().create_future()
        self._waiting.append(slot)
        try:
            await slot
        except asyncio.CancelledError:
            if slot.cancelled():
                self._waiting.remove(slot)
                self._admit_waiting()
            else:
                # The slot was granted at the moment of the cancellation: pass it on.
                self.release(overloaded=False)
            raise

    def release(self, *, overloaded: bool) -> None:
        """Return a slot; `overloaded` means that the system reported overload."""
        self._limit.release(overloaded=overloaded, now=time.monotonic())
        self._admit_waiting()

    def _admit_waiting(self) -> None:
        for slot in list(self._waiting):
            if slot.done():
                continue  # Cancelled, and not yet resumed to remove itself.
            if not self._limit.try_acquire():
                return
            self._waiting.remove(slot)
            slot.set_result(None)

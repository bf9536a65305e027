"""How many calls may be in flight at one system, and the queue in front of it.

The limit starts at the ceiling that the vendor's contract allows, is cut when the system says that it is overloaded, and creeps back while it is used in full
(additive increase, multiplicative decrease; Chiu and Jain 1989).
"""

import asyncio
import time
from collections import deque
from dataclasses import dataclass, field


@dataclass
class AdaptiveLimit:
    """`ceiling` calls at most; overload cuts to `cut` of the limit, not below `floor` and at most once per `pause` seconds."""

    ceiling: int
    floor: int = 2
    cut: float = 0.7
    pause: float = 1.0
    in_flight: int = 0
    _limit: float = field(init=False)
    _cut_at: float = float("-inf")

    def __post_init__(self) -> None:
        self._limit = float(self.ceiling)

    @property
    def limit(self) -> int:
        """How many calls may be in flight now."""
        return int(self._limit)

    def enter(self) -> bool:
        """Take a place, or say that all are taken."""
        if self.in_flight >= self.limit:
            return False
        self.in_flight += 1
        return True

    def leave(self, *, overloaded: bool, now: float) -> None:
        """Give the place back and learn from how the call ended."""
        full = self.in_flight >= self.limit
        self.in_flight -= 1
        if overloaded:
            if now - self._cut_at >= self.pause:
                self._cut_at = now
                self._limit = max(float(min(self.floor, self.ceiling)), self._limit * self.cut)
        elif full:
            self._limit = min(float(self.ceiling), self._limit + 1 / self._limit)


class QueueFullError(Exception):
    """More calls wait for a place than the system can serve in reasonable time."""


class Turnstile:
    """Hands places out in order of arrival; at most `pending` calls wait."""

    def __init__(self, limit: AdaptiveLimit, pending: int) -> None:
        self._limit = limit
        self._pending = pending
        self._waiting: deque[asyncio.Future[None]] = deque()

    async def enter(self) -> None:
        """Take a place, waiting for one if need be; raises QueueFullError at once when too many wait already. Every place taken is given back by `leave`."""
        if not self._waiting and self._limit.enter():
            return
        if len(self._waiting) >= self._pending:
            raise QueueFullError
        place = asyncio.get_running_loop().create_future()
        self._waiting.append(place)
        try:
            await place
        except asyncio.CancelledError:
            if place.cancelled():
                self._waiting.remove(place)
                self._admit()
            else:
                # The place was handed over in the very moment of the cancellation: pass it on.
                self.leave(overloaded=False)
            raise

    def leave(self, *, overloaded: bool) -> None:
        """Give a place back; `overloaded` when the system complained of too much work."""
        self._limit.leave(overloaded=overloaded, now=time.monotonic())
        self._admit()

    def _admit(self) -> None:
        for place in list(self._waiting):
            if place.done():
                continue  # Cancelled, and not yet awake to leave the queue by itself.
            if not self._limit.enter():
                return
            self._waiting.remove(place)
            place.set_result(None)

"""Admission of operations: a limit of concurrent ones, and a queue that is no longer than the deadline allows.

The limit decreases while the event loop is late, that is while the process has more work than its core can do, and
increases again while the loop is on time. Waiting operations are admitted in turn, one caller after the other, so that
one caller's queue does not delay the others.
"""

import asyncio
from collections import Counter, OrderedDict, deque
from collections.abc import AsyncIterator, Hashable
from contextlib import asynccontextmanager
from typing import Final

from cachetools import LRUCache

from gateway.resilience.concurrency_limiter import AdaptiveLimit

MAX_CONCURRENT: Final = 64
MIN_CONCURRENT: Final = 1
MAX_WAITING: Final = 256
MAX_CALLERS: Final = 10_000
LAG_INTERVAL_SECONDS: Final = 0.1
MAX_LAG_SECONDS: Final = 0.2
SHARE_OF_DEADLINE: Final = 0.8
"""The share of the deadline that waiting and execution may be expected to take together."""
_WEIGHT_OF_LATEST: Final = 0.2
_MAX_RETRY_AFTER_SECONDS: Final = 30.0


class OverloadedError(Exception):
    """The operation would not be finished within the deadline; `retry_after` is in seconds.

    `is_caused_by_caller` says that most of the operations that run or wait are the caller's own.
    """

    def __init__(self, retry_after: float, *, is_caused_by_caller: bool = False) -> None:
        super().__init__(f"retry after {retry_after:.0f} s")
        self.is_caused_by_caller = is_caused_by_caller
        self.retry_after = min(_MAX_RETRY_AFTER_SECONDS, max(1.0, retry_after))


class Admission:
    """Grants slots to operations of callers."""

    def __init__(self, deadline_seconds: float, limit: AdaptiveLimit | None = None) -> None:
        self._limit = limit or AdaptiveLimit(MAX_CONCURRENT, MIN_CONCURRENT)
        self._longest = deadline_seconds * SHARE_OF_DEADLINE
        self._service_seconds = 0.0
        self._caller_seconds: LRUCache[Hashable, float] = LRUCache(MAX_CALLERS)
        self._running: Counter[Hashable] = Counter()
        self._waiting: OrderedDict[Hashable, deque[asyncio.Future[None]]] = OrderedDict()
        self._lag = LoopLag()

    @property
    def waiting(self) -> int:
        """How many operations wait for a slot."""
        return sum(map(len, self._waiting.values()))

    @property
    def limit(self) -> int:
        """How many operations may run now."""
        return self._limit.limit

    def compute_wait(self, caller: Hashable = None) -> float:
        """Return the seconds that a new operation of a caller is expected to wait: callers take turns."""
        if not self._waiting and self._limit.in_flight < self._limit.limit:
            return 0.0
        own = len(self._waiting.get(caller, ())) + 1
        is_first = own == 1 and not self._running[caller]
        ahead = sum(
            min(own, len(queue))
            for other, queue in self._waiting.items()
            if other != caller and not (is_first and self._running[other])
        )
        # Of the operations that run now, half is left on average.
        return (own + ahead - 0.5) * self._service_seconds / self._limit.limit

    @asynccontextmanager
    async def admit(self, caller: Hashable) -> AsyncIterator[None]:
        """Hold a slot during the block. Raise OverloadedError if the operation cannot end within the deadline."""
        await self._acquire(caller)
        loop = asyncio.get_running_loop()
        self._lag.start(loop)
        self._running[caller] += 1
        started = loop.time()
        try:
            yield
        finally:
            now = loop.time()
            self._record_duration(caller, now - started)
            self._running[caller] -= 1
            self._running += Counter()  # drops callers without an operation
            self._release(now)

    def _record_duration(self, caller: Hashable, seconds: float) -> None:
        """Update the expected duration of an operation, in general and of the caller."""
        self._service_seconds += _WEIGHT_OF_LATEST * (seconds - self._service_seconds)
        own = self._caller_seconds.get(caller, seconds)
        self._caller_seconds[caller] = own + _WEIGHT_OF_LATEST * (seconds - own)

    async def _acquire(self, caller: Hashable) -> None:
        wait = self.compute_wait(caller)
        if wait == 0.0 and self._limit.try_acquire():
            return
        budget = self._longest - self._caller_seconds.get(caller, 0.0)
        if wait > budget or self.waiting >= MAX_WAITING:
            raise OverloadedError(wait, is_caused_by_caller=self._is_dominating(caller))
        slot = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(caller, deque()).append(slot)
        if len(self._waiting[caller]) == 1 and not self._running[caller]:
            self._waiting.move_to_end(caller, last=False)  # before the callers that have an operation already
        try:
            async with asyncio.timeout(max(0.0, budget)):
                await slot
        except BaseException as error:
            if slot.done() and not slot.cancelled():
                self._release(asyncio.get_running_loop().time())  # granted at the moment of the cancellation
            else:
                self._forget(caller, slot)
            if isinstance(error, TimeoutError):
                wait, is_own = self.compute_wait(caller), self._is_dominating(caller)
                raise OverloadedError(wait, is_caused_by_caller=is_own) from None
            raise

    def _is_dominating(self, caller: Hashable) -> bool:
        """Return whether a caller has several operations here, and more than all others together."""
        own = self._running[caller] + len(self._waiting.get(caller, ()))
        return own > 1 and 2 * own > self._running.total() + self.waiting

    def _forget(self, caller: Hashable, slot: asyncio.Future[None]) -> None:
        queue = self._waiting.get(caller)
        if queue is not None and slot in queue:
            queue.remove(slot)
            if not queue:
                del self._waiting[caller]

    def _release(self, now: float) -> None:
        self._limit.release(overloaded=self._lag.read(now) > MAX_LAG_SECONDS, now=now)
        if self._limit.in_flight == 0:
            self._lag.stop()
        while self._waiting and self._limit.try_acquire():
            caller, queue = self._waiting.popitem(last=False)
            slot = queue.popleft()
            if queue:
                self._waiting[caller] = queue  # at the end: the other callers come first
            if slot.cancelled():
                self._limit.in_flight -= 1
            else:
                slot.set_result(None)


class LoopLag:
    """How late the event loop runs its timers, between start and stop: the largest delay of the last second."""

    def __init__(self) -> None:
        self._handle: asyncio.TimerHandle | None = None
        self._samples: deque[tuple[float, float]] = deque()

    def start(self, loop: asyncio.AbstractEventLoop) -> None:
        """Start to measure, if it is not measured yet."""
        if self._handle is None:
            self._schedule(loop)

    def stop(self) -> None:
        """Stop to measure."""
        if self._handle is not None:
            self._handle.cancel()
            self._handle = None

    def read(self, now: float) -> float:
        """Return the largest delay of the last second, including that of a timer that is still due."""
        while self._samples and self._samples[0][0] < now - 1.0:
            self._samples.popleft()
        due = 0.0 if self._handle is None else now - self._handle.when()
        return max(due, *(lag for _, lag in self._samples), 0.0)

    def _schedule(self, loop: asyncio.AbstractEventLoop) -> None:
        due = loop.time() + LAG_INTERVAL_SECONDS
        self._handle = loop.call_at(due, self._measure, loop, due)

    def _measure(self, loop: asyncio.AbstractEventLoop, due: float) -> None:
        now = loop.time()
        self._samples.append((now, now - due))
        self._schedule(loop)

"""Run concurrent identical work once and share the result."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class SingleFlight(Generic[K, V]):
    """Runs one task per key at a time; cancelling its last waiter cancels the task."""

    def __init__(self) -> None:
        self._flights: dict[K, tuple[asyncio.Task[V], int]] = {}

    async def run(self, key: K, work: Callable[[], Awaitable[V]]) -> V:
        """Return the result of the task for `key`, started with `work` if there is none; all waiters get its error."""
        task, waiters = self._flights.get(key) or (self._start(key, work), 0)
        self._flights[key] = (task, waiters + 1)
        try:
            return await asyncio.shield(task)
        finally:
            self._remove_waiter(key, task)

    def _start(self, key: K, work: Callable[[], Awaitable[V]]) -> asyncio.Task[V]:
        async def run_work() -> V:
            return await work()

        task = asyncio.create_task(run_work())
        task.add_done_callback(lambda done: self._finish(key, done))
        return task

    def _finish(self, key: K, task: asyncio.Task[V]) -> None:
        if (flight := self._flights.get(key)) and flight[0] is task:
            del self._flights[key]
        if not task.cancelled():
            # Mark the error as retrieved: all waiters may be gone.
            task.exception()

    def _remove_waiter(self, key: K, task: asyncio.Task[V]) -> None:
        flight = self._flights.get(key)
        if flight is None or flight[0] is not task:
            return
        waiters = flight[1] - 1
        self._flights[key] = (task, waiters)
        if waiters == 0 and not task.done():
            del self._flights[key]
            task.cancel()

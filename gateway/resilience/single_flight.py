"""Concurrent identical work is done once and shared."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class SingleFlight(Generic[K, V]):
    """Runs one task per key at a time. A waiter that is cancelled leaves alone; the task is cancelled with its last waiter."""

    def __init__(self) -> None:
        self._flights: dict[K, tuple[asyncio.Task[V], int]] = {}

    async def run(self, key: K, work: Callable[[], Awaitable[V]]) -> V:
        """Return the result of the flight under `key`, starting it with `work` if there is none; its error reaches every waiter."""
        task, waiters = self._flights.get(key) or (self._start(key, work), 0)
        self._flights[key] = (task, waiters + 1)
        try:
            return await asyncio.shield(task)
        finally:
            self._leave(key, task)

    def _start(self, key: K, work: Callable[[], Awaitable[V]]) -> asyncio.Task[V]:
        async def flight() -> V:
            return await work()

        task = asyncio.create_task(flight())
        task.add_done_callback(lambda done: self._land(key, done))
        return task

    def _land(self, key: K, task: asyncio.Task[V]) -> None:
        if (flight := self._flights.get(key)) and flight[0] is task:
            del self._flights[key]
        if not task.cancelled():
            # Marks the error as seen: the waiters that it was meant for may all be gone.
            task.exception()

    def _leave(self, key: K, task: asyncio.Task[V]) -> None:
        flight = self._flights.get(key)
        if flight is None or flight[0] is not task:
            return
        waiters = flight[1] - 1
        self._flights[key] = (task, waiters)
        if waiters == 0 and not task.done():
            del self._flights[key]
            task.cancel()

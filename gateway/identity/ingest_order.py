"""The order in which pages of several systems are written: the first system determines a canonical id.

The order is that of the settings; a system that does not answer delays the others only for a limited time.
"""

import asyncio
import logging
import math
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Final

LOG = logging.getLogger(__name__)
PATIENCE_SECONDS: Final = 8.0
"""How long the systems behind wait for one that does not answer, where requests depend on the round."""


class IngestOrder:
    """The order of one round.

    All systems are read at once; a page is written when every earlier system has finished or timed out.

    Without `patience` there is no time-out here: every round ends by itself, because each of its calls does.
    """

    def __init__(
        self,
        order: Iterable[str],
        patience: float = math.inf,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._order = tuple(order)
        self._patience = patience
        self._clock = clock
        self._reading_since: dict[str, float | None] = dict.fromkeys(self._order, clock())
        self._finished = {name: asyncio.Event() for name in self._order}

    def start_reading(self, name: str) -> None:
        """Record that a system is being read: from now on its time-out runs."""
        self._reading_since[name] = self._clock()

    async def await_turn(self, name: str) -> None:
        """Record that a system has answered, and wait until its page may be written."""
        self._reading_since[name] = None
        for earlier in self._order[: self._order.index(name)]:
            await self._await_system(earlier)

    def finish(self, name: str) -> None:
        """Record that a system has finished its round, successfully or not."""
        self._finished[name].set()

    async def _await_system(self, name: str) -> None:
        finished = self._finished[name]
        while not finished.is_set():
            since = self._reading_since[name]
            remaining = self._patience if since is None else since + self._patience - self._clock()
            if remaining <= 0:
                LOG.warning("a system does not answer; the systems after it continue", extra={"connection": name})
                finished.set()
                return
            with suppress(TimeoutError):
                async with asyncio.timeout(None if math.isinf(remaining) else remaining):
                    await finished.wait()

"""In which order systems may show things first, which gives these their ids: as the settings name them, but nobody waits long for one that is silent."""

import asyncio
import logging
import math
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Final

LOG = logging.getLogger(__name__)
PATIENCE_SECONDS: Final = 8.0
"""How long a system may say nothing, while it is asked, before those behind it go on, where somebody waits for them."""


class Turns:
    """The turns of one round. All systems are asked at once; what one tells is taken when everybody before it is through, or has lost its turn by silence.

    Without `patience` no silence is too long: every system ends by itself, because each of its calls does.
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
        self._asked_at: dict[str, float | None] = dict.fromkeys(self._order, clock())
        self._through = {name: asyncio.Event() for name in self._order}

    def ask(self, name: str) -> None:
        """Note that a system is asked for more: from here on it can be silent."""
        self._asked_at[name] = self._clock()

    async def take(self, name: str) -> None:
        """Note that a system has told something, and wait until it may be taken."""
        self._asked_at[name] = None
        for earlier in self._order[: self._order.index(name)]:
            await self._out_of_the_way(earlier)

    def leave(self, name: str) -> None:
        """Note that a system is through with its round, well or not."""
        self._through[name].set()

    async def _out_of_the_way(self, name: str) -> None:
        through = self._through[name]
        while not through.is_set():
            asked_at = self._asked_at[name]
            rest = self._patience if asked_at is None else asked_at + self._patience - self._clock()
            if rest <= 0:
                LOG.warning("a system is silent; those behind it go on", extra={"connection": name})
                through.set()
                return
            with suppress(TimeoutError):
                async with asyncio.timeout(None if math.isinf(rest) else rest):
                    await through.wait()

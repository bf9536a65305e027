"""How every connection is doing, as this process sees it, and the news of it as a stream."""

import asyncio
import time
from collections.abc import AsyncGenerator, Callable, Collection, Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from gateway.observability.event import Event
from gateway.observability.health import HealthMachine, HealthPolicy, SystemHealth

DEFAULT_POLICY = HealthPolicy()


@dataclass(frozen=True, kw_only=True)
class Sight:
    """What has been seen of one connection; the times are None before there was a success or a failure."""

    health: SystemHealth
    succeeded_at: datetime | None
    failed_at: datetime | None


class HealthBoard:
    """The health of the connections it was made for. Used in one event loop; `clock` gives seconds and never goes back."""

    def __init__(
        self,
        connections: Iterable[str],
        policy: HealthPolicy = DEFAULT_POLICY,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._machines = {name: HealthMachine(policy) for name in connections}
        self._health = dict.fromkeys(self._machines, SystemHealth.UNKNOWN)
        self._clock = clock
        self._changed = asyncio.Event()

    def observe(self, event: Event) -> None:
        """Learn from an event; what is told of a connection that the board was not made for is left alone."""
        machine = self._machines.get(event.connection)
        if machine is not None:
            machine.take(event, self._clock())
            self.health(event.connection)

    def health(self, connection: str) -> SystemHealth:
        """Say how a connection is doing."""
        found = self._machines[connection].health(self._clock())
        if found is not self._health[connection]:
            self._health[connection] = found
            changed, self._changed = self._changed, asyncio.Event()
            changed.set()
        return found

    def sight(self, connection: str, now: datetime) -> Sight:
        """Return what has been seen of a connection; `now` is the present moment, from which the times are reckoned."""
        machine, seconds = self._machines[connection], self._clock()

        def moment(at: float | None) -> datetime | None:
            return None if at is None else now - timedelta(seconds=seconds - at)

        return Sight(
            health=self.health(connection),
            succeeded_at=moment(machine.succeeded_at),
            failed_at=moment(machine.failed_at),
        )

    async def changes(self, connections: Collection[str]) -> AsyncGenerator[str, None]:
        """Yield each of the connections at once, then each whose health has become another, for ever.

        Nothing is queued: who comes late finds what is so by then, and costs no more memory than who waits.
        """
        told: dict[str, SystemHealth] = {}
        while True:
            changed, news = self._changed, False
            for name in connections:
                if self.health(name) is not told.get(name):
                    told[name], news = self.health(name), True
                    yield name
            if not news:
                with suppress(TimeoutError):
                    async with asyncio.timeout(self._seconds_to_turn(connections)):
                        await changed.wait()

    def _seconds_to_turn(self, connections: Collection[str]) -> float | None:
        """Return how long it is until time alone may change a health; None: for ever."""
        now = self._clock()
        turns = [at for name in connections if (at := self._machines[name].changes_at(now)) is not None]
        return min(turns) - now if turns else None

"""The health of every connection as this process sees it, and its changes as a stream."""

import asyncio
import time
from collections.abc import AsyncGenerator, Callable, Collection, Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from gateway.observability.event import Event
from gateway.observability.health_state import HealthPolicy, HealthStateMachine, SystemHealth

DEFAULT_POLICY = HealthPolicy()


@dataclass(frozen=True, kw_only=True)
class HealthSnapshot:
    """The health of one connection; a time is None before the first success or failure."""

    health: SystemHealth
    succeeded_at: datetime | None
    failed_at: datetime | None


class HealthMonitor:
    """Tracks the health of the given connections.

    Use it in one event loop; `clock` returns monotonic seconds.
    """

    def __init__(
        self,
        connections: Iterable[str],
        policy: HealthPolicy = DEFAULT_POLICY,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._machines = {name: HealthStateMachine(policy) for name in connections}
        self._health = dict.fromkeys(self._machines, SystemHealth.UNKNOWN)
        self._clock = clock
        self._changed = asyncio.Event()

    def observe(self, event: Event) -> None:
        """Apply an event; events of other connections are ignored."""
        machine = self._machines.get(event.connection)
        if machine is not None:
            machine.apply_event(event, self._clock())
            self.get_health(event.connection)

    def get_health(self, connection: str) -> SystemHealth:
        """Return the health of a connection."""
        health = self._machines[connection].compute_health(self._clock())
        if health is not self._health[connection]:
            self._health[connection] = health
            changed, self._changed = self._changed, asyncio.Event()
            changed.set()
        return health

    def take_snapshot(self, connection: str, now: datetime) -> HealthSnapshot:
        """Return a snapshot of a connection; its times are computed back from `now`."""
        machine, seconds = self._machines[connection], self._clock()

        def to_datetime(at: float | None) -> datetime | None:
            return None if at is None else now - timedelta(seconds=seconds - at)

        return HealthSnapshot(
            health=self.get_health(connection),
            succeeded_at=to_datetime(machine.succeeded_at),
            failed_at=to_datetime(machine.failed_at),
        )

    async def watch_changes(self, connections: Collection[str]) -> AsyncGenerator[str, None]:
        """Yield each connection at once, then each whose health changes, without end.

        Nothing is queued: a slow consumer receives only the latest health and costs no more memory than a fast one.
        """
        reported: dict[str, SystemHealth] = {}
        while True:
            changed, any_changed = self._changed, False
            for name in connections:
                if self.get_health(name) is not reported.get(name):
                    reported[name], any_changed = self.get_health(name), True
                    yield name
            if not any_changed:
                with suppress(TimeoutError):
                    async with asyncio.timeout(self._get_seconds_to_change(connections)):
                        await changed.wait()

    def _get_seconds_to_change(self, connections: Collection[str]) -> float | None:
        """Return the seconds until time alone may change a health; None if only an event can."""
        now = self._clock()
        times = [at for name in connections if (at := self._machines[name].get_next_change(now)) is not None]
        return min(times) - now if times else None

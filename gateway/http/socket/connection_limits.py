"""Who is connected: so many in all, so many of one principal, and the word to leave when the gateway stops."""

import asyncio
from collections import Counter
from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from typing import NamedTuple

from gateway.auth.principal import Principal
from gateway.http.socket.messages import CloseCode, CloseConnection


class SocketLimits(NamedTuple):
    """What connections may cost; times in seconds. `operations` may run at once on one connection, `idle` is how long a client may be silent before it is asked."""

    connections: int = 2000
    per_principal: int = 20
    operations: int = 100
    init: float = 10.0
    idle: float = 30.0
    pong: float = 15.0
    send: float = 15.0
    drain: float = 5.0


class ConnectionRegistry:
    """The connections of one process. `leaving` is set once the gateway is about to stop."""

    def __init__(self, limits: SocketLimits) -> None:
        self._limits = limits
        self._tasks: set[asyncio.Task[None] | None] = set()
        self._per_principal: Counter[Hashable] = Counter()
        self.draining = asyncio.Event()

    @property
    def has_capacity(self) -> bool:
        """Whether one more connection is let in."""
        return len(self._tasks) < self._limits.connections and not self.draining.is_set()

    @contextmanager
    def track_connection(self) -> Iterator[None]:
        """Count the connection that the running task serves."""
        task = asyncio.current_task()
        self._tasks.add(task)
        try:
            yield
        finally:
            self._tasks.discard(task)

    @contextmanager
    def track_principal(self, principal: Principal) -> Iterator[None]:
        """Count a connection of a principal; raises Closing when they have enough of them."""
        who = (principal.tenant, principal.client_id, principal.subject)
        if self._per_principal[who] >= self._limits.per_principal:
            raise CloseConnection(
                CloseCode.TRY_LATER, f"There are {self._limits.per_principal} connections of this caller already"
            )
        self._per_principal[who] += 1
        try:
            yield
        finally:
            self._per_principal[who] -= 1
            self._per_principal += Counter()  # forgets those who have none

    async def drain(self) -> None:
        """Tell every connection to end what it can answer and to close; return when they have, or time is over."""
        self.draining.set()
        connections = {task for task in self._tasks if task is not None}
        if connections:
            await asyncio.wait(connections, timeout=self._limits.drain + self._limits.send)

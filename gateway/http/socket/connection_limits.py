"""Limits on WebSocket connections, in total and per principal, and their closing when the gateway stops."""

import asyncio
from collections import Counter
from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from typing import NamedTuple

from gateway.auth.principal import Principal
from gateway.http.socket.messages import CloseCode, CloseConnection


class SocketLimits(NamedTuple):
    """Limits on connections; times in seconds.

    `operations` limits the concurrent operations of one connection. After `idle` without a message the gateway sends a
    ping, and after `pong` without an answer it closes the connection.
    """

    connections: int = 2000
    per_principal: int = 20
    operations: int = 100
    init: float = 10.0
    idle: float = 30.0
    pong: float = 15.0
    send: float = 15.0
    drain: float = 5.0


class ConnectionRegistry:
    """The connections of one process. `draining` is set when the gateway is about to stop."""

    def __init__(self, limits: SocketLimits) -> None:
        self._limits = limits
        self._tasks: set[asyncio.Task[None] | None] = set()
        self._per_principal: Counter[Hashable] = Counter()
        self.draining = asyncio.Event()

    @property
    def has_capacity(self) -> bool:
        """Whether one more connection may be accepted."""
        return len(self._tasks) < self._limits.connections and not self.draining.is_set()

    @contextmanager
    def track_connection(self) -> Iterator[None]:
        """Count the connection that the current task serves."""
        task = asyncio.current_task()
        self._tasks.add(task)
        try:
            yield
        finally:
            self._tasks.discard(task)

    @contextmanager
    def track_principal(self, principal: Principal) -> Iterator[None]:
        """Count a connection of a principal. Raise CloseConnection if the principal has reached the limit."""
        caller = (principal.tenant, principal.client_id, principal.subject)
        if self._per_principal[caller] >= self._limits.per_principal:
            raise CloseConnection(
                CloseCode.TRY_LATER, f"This caller already has {self._limits.per_principal} connections"
            )
        self._per_principal[caller] += 1
        try:
            yield
        finally:
            self._per_principal[caller] -= 1
            self._per_principal += Counter()  # drops principals without a connection

    async def drain(self) -> None:
        """Ask every connection to finish its queries and close; return when all have, or at the timeout."""
        self.draining.set()
        connections = {task for task in self._tasks if task is not None}
        if connections:
            await asyncio.wait(connections, timeout=self._limits.drain + self._limits.send)

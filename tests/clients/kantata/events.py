"""An alternative change feed: the account's subscribed events, an add-on."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

from subgraphs.kit.conformance import RunningSystem


@asynccontextmanager
async def use_events(running: RunningSystem) -> AsyncIterator[RunningSystem]:
    """Yield the system with a connection whose feeds use events."""
    yield replace(running, connection=replace(running.connection, options={"events": True}))

"""An alternative change feed: the account's subscribed events, an add-on."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

from subgraphs.kit.conformance import Running


@asynccontextmanager
async def by_events(running: Running) -> AsyncIterator[Running]:
    """Yield the system with a connection whose feeds use events."""
    yield replace(running, connection=replace(running.connection, options={"events": True}))

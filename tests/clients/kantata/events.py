"""Another way to follow the account: by its subscribed events, an add-on."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

from subgraphs.kit.conformance import Running


@asynccontextmanager
async def by_events(running: Running) -> AsyncIterator[Running]:
    """Let the adapter follow events."""
    yield replace(running, connection=replace(running.connection, options={"events": True}))

"""Loads one wait at a time, for what no plan covers: payloads of mutations, hand-written fields, and the oracle that the plan is tested against."""

import asyncio
from collections.abc import Callable, Hashable, Sequence
from datetime import UTC, datetime
from typing import Any

from aiodataloader import DataLoader

from gateway.execution.request import Request
from gateway.execution.view import Needs
from gateway.loaders.declaration import LoadKey


async def lazily(request: Request, pick: Callable[[], Any]) -> Any:
    """Pick, load what is missing, and pick again until nothing is missing.

    Loads are shielded: when a sibling fails, the library cancels the others, and a cancelled shared future would kill whoever else waits for it.
    """
    value = pick()
    while isinstance(value, Needs):
        await asyncio.gather(*(asyncio.shield(_future(request, key)) for key in value.keys))
        value = pick()
    return value


def _future(request: Request, key: LoadKey) -> asyncio.Future[Any]:
    name, args, wanted = key
    loader = request.loaders.get((name, args))
    if loader is None:
        loader = request.loaders[name, args] = DataLoader(_batch(request, name, args))
    return loader.load(wanted)


def _batch(request: Request, name: str, args: Hashable) -> Callable[[Sequence[Hashable]], Any]:
    async def load(keys: Sequence[Hashable]) -> list[Any]:
        loaded = await request.loads.load([(name, args, key) for key in keys])
        request.absorb(loaded, datetime.now(UTC))
        return [loaded[name, args, key] for key in keys]

    return load

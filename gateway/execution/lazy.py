"""Loads one wait at a time, for what no plan covers: payloads of mutations, hand-written fields, and the oracle that the plan is tested against."""

import asyncio
from collections.abc import Callable, Hashable, Sequence
from datetime import UTC, datetime
from typing import Any

from aiodataloader import DataLoader

from gateway.execution.request import Request
from gateway.execution.view import MissingKeys
from gateway.loaders.declaration import LoadKey


async def resolve_lazily(request: Request, resolve: Callable[[], Any]) -> Any:
    """Pick, load what is missing, and pick again until nothing is missing.

    Loads are shielded: when a sibling fails, the library cancels the others, and a cancelled shared future would kill whoever else waits for it.
    """
    value = resolve()
    while isinstance(value, MissingKeys):
        await asyncio.gather(*(asyncio.shield(_load_key(request, key)) for key in value.keys))
        value = resolve()
    return value


def _load_key(request: Request, key: LoadKey) -> asyncio.Future[Any]:
    name, args, wanted = key
    loader = request.lazy_loaders.get((name, args))
    if loader is None:
        loader = request.lazy_loaders[name, args] = DataLoader(_build_batch_function(request, name, args))
    return loader.load(wanted)


def _build_batch_function(request: Request, name: str, args: Hashable) -> Callable[[Sequence[Hashable]], Any]:
    async def load(keys: Sequence[Hashable]) -> list[Any]:
        loaded = await request.loads.load([(name, args, key) for key in keys])
        request.add_results(loaded, datetime.now(UTC))
        return [loaded[name, args, key] for key in keys]

    return load

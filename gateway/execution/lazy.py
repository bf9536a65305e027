"""Lazy loading, field by field, where no plan exists: payloads of mutations and fields with their own resolver.

The differential fuzz test compares the plan with it.
"""

import asyncio
from collections.abc import Callable, Hashable, Sequence
from datetime import UTC, datetime
from typing import Any

from aiodataloader import DataLoader

from gateway.execution.request import RequestState
from gateway.execution.view import MissingKeys
from gateway.loaders.declaration import LoadKey


async def resolve_lazily(request: RequestState, resolve: Callable[[], Any]) -> Any:
    """Call `resolve`, load the keys that it misses, and repeat until none is missing.

    Loads are shielded: if a sibling fails, graphql-core cancels the others, and cancelling a shared future would fail
    every other field that awaits it.
    """
    value = resolve()
    while isinstance(value, MissingKeys):
        await asyncio.gather(*(asyncio.shield(_load_key(request, key)) for key in value.keys))
        value = resolve()
    return value


def _load_key(request: RequestState, key: LoadKey) -> asyncio.Future[Any]:
    name, args, wanted = key
    loader = request.lazy_loaders.get((name, args))
    if loader is None:
        loader = request.lazy_loaders[name, args] = DataLoader(_build_batch_function(request, name, args))
    return loader.load(wanted)


def _build_batch_function(request: RequestState, name: str, args: Hashable) -> Callable[[Sequence[Hashable]], Any]:
    async def load(keys: Sequence[Hashable]) -> list[Any]:
        loaded = await request.record_loader.load([(name, args, key) for key in keys])
        request.add_results(loaded, datetime.now(UTC))
        return [loaded[name, args, key] for key in keys]

    return load

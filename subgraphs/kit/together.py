"""Calls that are made at once and stand or fall together."""

import asyncio
from collections.abc import Callable, Coroutine, Iterable, Sequence
from typing import Any, TypeVar

from subgraphs.kit.identifiers import batches

T = TypeVar("T")


async def together(calls: Iterable[Coroutine[Any, Any, T]]) -> list[T]:
    """Return the answers in order; raise the first error once the other calls have been cancelled: none of them outlives its caller."""
    tasks = [asyncio.ensure_future(call) for call in calls]
    try:
        return await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def in_batches(
    read: Callable[[Sequence[str]], Coroutine[Any, Any, Iterable[T]]], ids: Sequence[str], size: int
) -> list[T]:
    """Read ids at most `size` at a time, at once; return what all the reads gave, in the order of the ids. Of none there is no read."""
    return [each for group in await together(read(batch) for batch in batches(ids, size)) for each in group]

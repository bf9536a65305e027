"""Concurrent calls that succeed or fail as one."""

import asyncio
from collections.abc import Callable, Coroutine, Iterable, Sequence
from typing import Any, TypeVar

from subgraphs.kit.identifiers import split_batches

T = TypeVar("T")


async def gather_all(calls: Iterable[Coroutine[Any, Any, T]]) -> list[T]:
    """Return the results in order; on an error, cancel the other calls, wait for them, and raise the first error."""
    tasks = [asyncio.ensure_future(call) for call in calls]
    try:
        return await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def read_in_batches(
    read: Callable[[Sequence[str]], Coroutine[Any, Any, Iterable[T]]], ids: Sequence[str], size: int
) -> list[T]:
    """Read ids at most `size` at a time, concurrently; return all results in the order of the batches."""
    return [each for group in await gather_all(read(batch) for batch in split_batches(ids, size)) for each in group]

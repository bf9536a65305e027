"""Concurrent calls succeed or fail as one."""

import asyncio
from collections.abc import Sequence

import pytest

from subgraphs.kit.concurrent_calls import gather_all, read_in_batches


async def test_results_have_the_order_of_the_calls() -> None:
    async def return_after(turns: int) -> int:
        for _ in range(turns):
            await asyncio.sleep(0)
        return turns

    assert await gather_all(return_after(turns) for turns in (3, 1, 2)) == [3, 1, 2]


@pytest.mark.parametrize(
    ("ids", "batches"),
    [([], []), (["1", "2"], [["1", "2"]]), (["1", "2", "3", "4", "5"], [["1", "2"], ["3", "4"], ["5"]])],
)
async def test_ids_are_read_in_batches_and_returned_in_order(ids: list[str], batches: list[list[str]]) -> None:
    calls: list[list[str]] = []

    async def read_squares(some: Sequence[str]) -> list[int]:
        calls.append(list(some))
        return [int(each) ** 2 for each in some]

    assert await read_in_batches(read_squares, ids, 2) == [int(each) ** 2 for each in ids]
    assert calls == batches


async def test_the_other_calls_end_before_the_first_error_is_raised() -> None:
    ended = []

    async def wait() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            ended.append("waits")

    async def fail() -> None:
        raise LookupError("gone")

    with pytest.raises(LookupError, match="gone"):
        await gather_all((wait(), fail(), wait()))

    assert ended == ["waits", "waits"]

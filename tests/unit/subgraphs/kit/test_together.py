"""Calls made at once stand or fall together."""

import asyncio
from collections.abc import Sequence

import pytest

from subgraphs.kit.together import in_batches, together


async def test_answers_come_in_the_order_of_the_calls() -> None:
    async def after(turns: int) -> int:
        for _ in range(turns):
            await asyncio.sleep(0)
        return turns

    assert await together(after(turns) for turns in (3, 1, 2)) == [3, 1, 2]


@pytest.mark.parametrize(
    ("ids", "read"),
    [([], []), (["1", "2"], [["1", "2"]]), (["1", "2", "3", "4", "5"], [["1", "2"], ["3", "4"], ["5"]])],
)
async def test_ids_are_read_in_batches_and_answered_in_their_order(ids: list[str], read: list[list[str]]) -> None:
    asked: list[list[str]] = []

    async def squares(some: Sequence[str]) -> list[int]:
        asked.append(list(some))
        return [int(each) ** 2 for each in some]

    assert await in_batches(squares, ids, 2) == [int(each) ** 2 for each in ids]
    assert asked == read


async def test_when_one_fails_the_others_have_ended_before_the_error_is_raised() -> None:
    ended = []

    async def waits() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            ended.append("waits")

    async def fails() -> None:
        raise LookupError("gone")

    with pytest.raises(LookupError, match="gone"):
        await together((waits(), fails(), waits()))

    assert ended == ["waits", "waits"]

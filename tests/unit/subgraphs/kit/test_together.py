"""Calls made at once stand or fall together."""

import asyncio

import pytest

from subgraphs.kit.together import together


async def test_answers_come_in_the_order_of_the_calls() -> None:
    async def after(turns: int) -> int:
        for _ in range(turns):
            await asyncio.sleep(0)
        return turns

    assert await together(after(turns) for turns in (3, 1, 2)) == [3, 1, 2]


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

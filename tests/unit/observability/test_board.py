"""The board tells every change to whoever waits for it, and queues nothing for whoever does not."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing
from datetime import UTC, datetime, timedelta

import pytest

from gateway.canonical.fault import FaultCode
from gateway.observability.board import HealthBoard
from gateway.observability.event import UpstreamCalled
from gateway.observability.health import HealthPolicy, SystemHealth

POLICY = HealthPolicy(grace=0.0, throttled_for=0.1)


def called(connection: str, fault: FaultCode | None = None) -> UpstreamCalled:
    return UpstreamCalled(
        connection=connection,
        operation="read",
        status=None if fault is FaultCode.TIMEOUT else 429 if fault else 200,
        fault=fault,
        seconds=0.1,
        correlation_id=None,
    )


def board() -> HealthBoard:
    return HealthBoard(["crm", "erp"], POLICY)


async def soon(stream: AsyncIterator[str]) -> str:
    async with asyncio.timeout(2):
        return await anext(stream)


async def test_a_reader_is_told_every_connection_at_first_and_then_what_changes() -> None:
    subject = board()
    stream = subject.changes(["crm", "erp"])
    assert [await soon(stream), await soon(stream)] == ["crm", "erp"]

    waiting = asyncio.create_task(soon(stream))
    await asyncio.sleep(0)
    subject.observe(called("erp"))

    assert await waiting == "erp"
    assert subject.get_health("erp") is SystemHealth.UP


async def test_a_reader_is_not_told_of_connections_that_it_did_not_ask_for() -> None:
    subject = board()
    stream = subject.changes(["crm"])
    assert await soon(stream) == "crm"

    subject.observe(called("erp"))
    subject.observe(called("crm"))

    assert await soon(stream) == "crm"
    assert subject.get_health("crm") is SystemHealth.UP


async def test_who_reads_late_is_told_what_is_so_by_then_and_only_once() -> None:
    subject = board()
    stream = subject.changes(["crm"])
    await soon(stream)

    for _ in range(1000):
        for fault in (None, FaultCode.TIMEOUT, FaultCode.TIMEOUT, FaultCode.TIMEOUT):
            subject.observe(called("crm", fault))

    assert await soon(stream) == "crm"
    assert subject.get_health("crm") is SystemHealth.DOWN
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):
            await anext(stream)


async def test_a_change_that_only_time_makes_is_told_too() -> None:
    subject = board()
    subject.observe(called("crm", FaultCode.RATE_LIMITED))
    subject.observe(called("crm"))
    stream = subject.changes(["crm"])
    await soon(stream)
    assert subject.get_health("crm") is SystemHealth.THROTTLED

    assert await soon(stream) == "crm"
    assert subject.get_health("crm") is SystemHealth.UP


async def test_a_hundred_readers_are_told_the_same_and_none_misses_a_change_made_while_it_reads() -> None:
    subject = board()
    told: list[list[SystemHealth]] = [[] for _ in range(100)]

    async def read(place: int) -> None:
        async with aclosing(subject.changes(["crm"])) as stream:
            async for name in stream:
                told[place].append(subject.get_health(name))
                await asyncio.sleep(place % 3 * 0.001)
                if told[place][-1] is SystemHealth.DOWN:
                    return

    readers = [asyncio.create_task(read(place)) for place in range(100)]
    await asyncio.sleep(0.01)
    subject.observe(called("crm"))
    await asyncio.sleep(0.01)
    for _ in range(3):
        subject.observe(called("crm", FaultCode.TIMEOUT))
    async with asyncio.timeout(2):
        await asyncio.gather(*readers)

    assert {tuple(each) for each in told} == {(SystemHealth.UNKNOWN, SystemHealth.UP, SystemHealth.DOWN)}


async def test_what_was_seen_is_reckoned_from_the_given_present() -> None:
    ticks = iter([10.0, 10.0, 14.0, 14.0])
    subject = HealthBoard(["crm"], POLICY, lambda: next(ticks))
    subject.observe(called("crm"))
    noon = datetime(2026, 11, 20, 12, tzinfo=UTC)

    sight = subject.sight("crm", noon)

    assert sight.health is SystemHealth.UP
    assert sight.succeeded_at == noon - timedelta(seconds=4)
    assert sight.failed_at is None


async def test_what_is_told_of_an_unknown_connection_is_left_alone() -> None:
    subject = board()

    subject.observe(called("nobody"))

    assert subject.get_health("crm") is SystemHealth.UNKNOWN

"""The monitor yields every change to waiting consumers and queues nothing for slow ones."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing
from datetime import UTC, datetime, timedelta

import pytest

from gateway.canonical.fault import FaultCode
from gateway.observability.event import UpstreamCalled
from gateway.observability.health_monitor import HealthMonitor
from gateway.observability.health_state import HealthPolicy, SystemHealth

POLICY = HealthPolicy(grace=0.0, throttled_for=0.1)


def build_call(connection: str, fault: FaultCode | None = None) -> UpstreamCalled:
    return UpstreamCalled(
        connection=connection,
        operation="read",
        status=None if fault is FaultCode.TIMEOUT else 429 if fault else 200,
        fault=fault,
        seconds=0.1,
        correlation_id=None,
    )


def create_monitor() -> HealthMonitor:
    return HealthMonitor(["crm", "erp"], POLICY)


async def read_next(stream: AsyncIterator[str]) -> str:
    async with asyncio.timeout(2):
        return await anext(stream)


async def test_a_consumer_receives_every_connection_first_and_then_changes() -> None:
    subject = create_monitor()
    stream = subject.watch_changes(["crm", "erp"])
    assert [await read_next(stream), await read_next(stream)] == ["crm", "erp"]

    waiting = asyncio.create_task(read_next(stream))
    await asyncio.sleep(0)
    subject.observe(build_call("erp"))

    assert await waiting == "erp"
    assert subject.get_health("erp") is SystemHealth.UP


async def test_a_consumer_receives_only_the_requested_connections() -> None:
    subject = create_monitor()
    stream = subject.watch_changes(["crm"])
    assert await read_next(stream) == "crm"

    subject.observe(build_call("erp"))
    subject.observe(build_call("crm"))

    assert await read_next(stream) == "crm"
    assert subject.get_health("crm") is SystemHealth.UP


async def test_a_slow_consumer_receives_only_the_latest_health_once() -> None:
    subject = create_monitor()
    stream = subject.watch_changes(["crm"])
    await read_next(stream)

    for _ in range(1000):
        for fault in (None, FaultCode.TIMEOUT, FaultCode.TIMEOUT, FaultCode.TIMEOUT):
            subject.observe(build_call("crm", fault))

    assert await read_next(stream) == "crm"
    assert subject.get_health("crm") is SystemHealth.DOWN
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):
            await anext(stream)


async def test_a_change_by_time_alone_is_yielded_too() -> None:
    subject = create_monitor()
    subject.observe(build_call("crm", FaultCode.RATE_LIMITED))
    subject.observe(build_call("crm"))
    stream = subject.watch_changes(["crm"])
    await read_next(stream)
    assert subject.get_health("crm") is SystemHealth.THROTTLED

    assert await read_next(stream) == "crm"
    assert subject.get_health("crm") is SystemHealth.UP


async def test_a_hundred_consumers_receive_the_same_changes() -> None:
    subject = create_monitor()
    received: list[list[SystemHealth]] = [[] for _ in range(100)]

    async def consume(place: int) -> None:
        async with aclosing(subject.watch_changes(["crm"])) as stream:
            async for name in stream:
                received[place].append(subject.get_health(name))
                await asyncio.sleep(place % 3 * 0.001)
                if received[place][-1] is SystemHealth.DOWN:
                    return

    consumers = [asyncio.create_task(consume(place)) for place in range(100)]
    await asyncio.sleep(0.01)
    subject.observe(build_call("crm"))
    await asyncio.sleep(0.01)
    for _ in range(3):
        subject.observe(build_call("crm", FaultCode.TIMEOUT))
    async with asyncio.timeout(2):
        await asyncio.gather(*consumers)

    assert {tuple(each) for each in received} == {(SystemHealth.UNKNOWN, SystemHealth.UP, SystemHealth.DOWN)}


async def test_the_times_of_a_snapshot_are_computed_back_from_now() -> None:
    ticks = iter([10.0, 10.0, 14.0, 14.0])
    subject = HealthMonitor(["crm"], POLICY, lambda: next(ticks))
    subject.observe(build_call("crm"))
    noon = datetime(2026, 11, 20, 12, tzinfo=UTC)

    snapshot = subject.take_snapshot("crm", noon)

    assert snapshot.health is SystemHealth.UP
    assert snapshot.succeeded_at == noon - timedelta(seconds=4)
    assert snapshot.failed_at is None


async def test_events_of_unknown_connections_are_ignored() -> None:
    subject = create_monitor()

    subject.observe(build_call("nobody"))

    assert subject.get_health("crm") is SystemHealth.UNKNOWN

"""Systems are read for ever, each in its own task: failures are retried sooner and delay no other system."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import update

from gateway.canonical.fault import FaultCode
from gateway.canonical.records.base import Record
from gateway.canonical.records.crm import CrmAccount
from gateway.canonical.records.hcm import HcmWorker
from gateway.canonical.roles import SystemRole
from gateway.errors import SourceError
from gateway.identity.reference_data import ReferenceData
from gateway.identity.sync import RECHECK_SECONDS, CardSync, FeedResult, choose_wait
from gateway.observability.event import Event, FeedFollowed
from gateway.ports.base import Changes
from gateway.store.engine import Store
from gateway.store.tables import watermark
from tests.unit.identity.systems import MemorySystem, account, worker


class Hanging(MemorySystem):
    """A system that, once told to, never answers; `asked` counts what it was asked since."""

    hangs = False
    asked = 0

    async def changed_since(self, kind: type[Record], watermark: str | None) -> AsyncIterator[Changes[Any]]:
        if self.hangs:
            self.asked += 1
            await asyncio.Event().wait()
        async for page in super().changed_since(kind, watermark):
            yield page


def systems() -> dict[str, Any]:
    return {
        "crm": Hanging("crm", SystemRole.CRM, {CrmAccount: [account("a1", "Aurora", "C-1")]}),
        "hcm": MemorySystem("hcm", SystemRole.HCM, {HcmWorker: [worker("w1", "W-1")]}),
    }


def sync_of(store: Store, ports: dict[str, Any], observe: Callable[[Event], None]) -> CardSync:
    return CardSync(store, "main", ports, ReferenceData([]), b"k" * 32, observe)


@asynccontextmanager
async def kept(sync: CardSync, interval: float) -> AsyncIterator[None]:
    task = asyncio.create_task(sync.keep(interval))
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not holds():  # noqa: ASYNC110 -- what holds is not an event
            await asyncio.sleep(0.005)


async def test_every_round_of_every_feed_is_told(store: Store) -> None:
    told: list[Event] = []
    ports = systems()
    sync = sync_of(store, ports, told.append)

    await sync.run()
    ports["crm"].broken = SourceError(FaultCode.AUTH_EXPIRED, "refused")
    await sync.run(only=["crm"])

    assert told == [
        FeedFollowed(connection="crm", feed="CrmAccount", failure=None),
        FeedFollowed(connection="hcm", feed="HcmWorker", failure=None),
        FeedFollowed(connection="crm", feed="CrmAccount", failure=FaultCode.AUTH_EXPIRED),
    ]


async def test_a_system_that_hangs_holds_no_other_up(store: Store) -> None:
    told: list[Event] = []
    ports = systems()
    async with kept(sync_of(store, ports, told.append), 0.01):
        await until(lambda: len(told) >= 4)
        ports["crm"].hangs = True
        await until(lambda: ports["crm"].asked == 1)
        told.clear()

        await until(lambda: len(told) >= 5)

    assert {event.connection for event in told} == {"hcm"}


async def test_an_error_that_nobody_expects_ends_a_round_and_not_the_watch(store: Store) -> None:
    told: list[Event] = []
    ports = systems()
    async with kept(sync_of(store, ports, told.append), 0.01):
        await until(lambda: len(told) >= 2)
        ports["crm"].broken = ZeroDivisionError("a bug")
        await asyncio.sleep(0.05)
        told.clear()
        ports["crm"].broken = None

        await until(lambda: any(event.connection == "crm" for event in told))


async def test_what_ended_by_an_error_inside_is_named_until_a_round_goes_well(store: Store) -> None:
    ports = systems()
    sync = sync_of(store, ports, lambda _event: None)
    await sync.run()
    ports["crm"].broken = ZeroDivisionError("a full disk, say: the store could not be told")

    async with kept(sync, 0.01):
        await until_true(lambda: named(sync, {"crm": FaultCode.UNKNOWN}))
        ports["crm"].broken = None
        await until_true(lambda: named(sync, {}))


async def named(sync: CardSync, expected: dict[str, FaultCode]) -> bool:
    return {name: fault.code for name, fault in (await sync.faults("correlation")).items()} == expected


async def until_true(holds: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(5):
        while not await holds():  # noqa: ASYNC110 -- what the store holds is not an event
            await asyncio.sleep(0.005)


async def test_a_clock_that_was_ahead_hides_no_failure(store: Store) -> None:
    ports = systems()
    sync = sync_of(store, ports, lambda _event: None)
    await sync.run()
    async with store.writing() as writer:
        await writer.execute(update(watermark).values(succeeded_at=datetime.now(UTC) + timedelta(days=1)))
    ports["crm"].broken = SourceError(FaultCode.TIMEOUT, "no answer")

    await sync.run()

    assert await named(sync, {"crm": FaultCode.TIMEOUT})


async def test_a_feed_in_which_nothing_changes_is_fresh_and_a_failure_before_it_is_over(store: Store) -> None:
    ports = systems()
    sync = sync_of(store, ports, lambda _event: None)
    await sync.run()
    before = (await sync.health())["crm"].succeeded_at
    ports["crm"].broken = SourceError(FaultCode.TIMEOUT, "no answer")
    await sync.run()
    assert set(await sync.faults("correlation")) == {"crm"}
    ports["crm"].broken = None

    await sync.run()

    after = (await sync.health())["crm"]
    assert before is not None
    assert after.succeeded_at is not None
    assert after.succeeded_at > before
    assert after.failed_at is None
    assert await sync.faults("correlation") == {}


def result(failure: FaultCode | None) -> FeedResult:
    return FeedResult(connection="crm", role=SystemRole.CRM, feed="CrmAccount", failure=failure)


@pytest.mark.parametrize(
    ("_case", "failures", "last", "expected"),
    [
        ("all went well", [None, None], 30.0, 30.0),
        ("all went well after a failure", [None], 5.0, 30.0),
        ("the first failure", [None, FaultCode.TIMEOUT], 30.0, RECHECK_SECONDS),
        ("the second", [FaultCode.TIMEOUT], RECHECK_SECONDS, 10.0),
        ("never rarer than a round", [FaultCode.UNAVAILABLE], 20.0, 30.0),
        ("too many calls", [FaultCode.RATE_LIMITED, FaultCode.TIMEOUT], 30.0, 30.0),
    ],
)
def test_what_failed_is_looked_at_sooner_but_not_what_asks_for_patience(
    _case: str, failures: list[FaultCode | None], last: float, expected: float
) -> None:
    assert choose_wait([result(failure) for failure in failures], last, 30.0) == expected


def test_a_short_interval_is_never_made_longer() -> None:
    assert choose_wait([result(FaultCode.TIMEOUT)], 1.0, 1.0) == 1.0

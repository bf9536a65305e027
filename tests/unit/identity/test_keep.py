"""Systems are read without end, each in its own task: failures are retried sooner and delay no other system."""

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
from gateway.identity.reference_data import CodeMappings
from gateway.identity.sync import RECHECK_SECONDS, CardSync, FeedResult, choose_wait
from gateway.observability.event import Event, FeedPolled
from gateway.ports.base import Changes
from gateway.store.database import Store
from gateway.store.tables import watermark
from tests.unit.identity.systems import MemorySystem, build_account, build_worker


class Hanging(MemorySystem):
    """A system that never answers while `hangs` is set; `unanswered` counts the reads since then."""

    hangs = False
    unanswered = 0

    async def list_changes(self, kind: type[Record], watermark: str | None) -> AsyncIterator[Changes[Any]]:
        if self.hangs:
            self.unanswered += 1
            await asyncio.Event().wait()
        async for page in super().list_changes(kind, watermark):
            yield page


def build_systems() -> dict[str, Any]:
    return {
        "crm": Hanging("crm", SystemRole.CRM, {CrmAccount: [build_account("a1", "Aurora", "C-1")]}),
        "hcm": MemorySystem("hcm", SystemRole.HCM, {HcmWorker: [build_worker("w1", "W-1")]}),
    }


def build_sync(store: Store, ports: dict[str, Any], observe: Callable[[Event], None]) -> CardSync:
    return CardSync(store, "main", ports, CodeMappings([]), b"k" * 32, observe)


@asynccontextmanager
async def keep_running(sync: CardSync, interval: float) -> AsyncIterator[None]:
    task = asyncio.create_task(sync.keep(interval))
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def wait_until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(30):
        while not holds():  # noqa: ASYNC110 -- the condition sends no event
            await asyncio.sleep(0.005)


async def test_every_round_of_every_feed_sends_an_event(store: Store) -> None:
    events: list[Event] = []
    ports = build_systems()
    sync = build_sync(store, ports, events.append)

    await sync.run()
    ports["crm"].broken = SourceError(FaultCode.AUTH_EXPIRED, "refused")
    await sync.run(only=["crm"])

    assert events == [
        FeedPolled(connection="crm", feed="CrmAccount", failure=None),
        FeedPolled(connection="hcm", feed="HcmWorker", failure=None),
        FeedPolled(connection="crm", feed="CrmAccount", failure=FaultCode.AUTH_EXPIRED),
    ]


async def test_a_system_that_hangs_delays_no_other(store: Store) -> None:
    events: list[Event] = []
    ports = build_systems()
    async with keep_running(build_sync(store, ports, events.append), 0.01):
        await wait_until(lambda: len(events) >= 4)
        ports["crm"].hangs = True
        await wait_until(lambda: ports["crm"].unanswered == 1)
        events.clear()

        await wait_until(lambda: len(events) >= 5)

    assert {event.connection for event in events} == {"hcm"}


async def test_a_second_process_reports_the_outcomes_without_a_call_and_takes_over_when_the_first_ends(
    store: Store,
) -> None:
    events: list[Event] = []
    first, second = build_systems(), build_systems()
    second["crm"].hangs = True
    other = Store(store.url)
    async with keep_running(build_sync(store, first, lambda _event: None), 0.05):
        await wait_until_true(lambda: is_filled(store, first))
        async with keep_running(build_sync(other, second, events.append), 0.05):
            await wait_until(lambda: {event.connection for event in events} == {"crm", "hcm"})
            first["hcm"].broken = SourceError(FaultCode.TIMEOUT, "no answer")
            failed = FeedPolled(connection="hcm", feed="HcmWorker", failure=FaultCode.TIMEOUT)
            await wait_until(lambda: failed in events)
    calls_of_the_second = second["crm"].unanswered
    async with keep_running(build_sync(other, second, events.append), 0.05):
        await wait_until(lambda: second["crm"].unanswered == 1)
    await other.aclose()

    assert calls_of_the_second == 0


async def is_filled(store: Store, ports: dict[str, Any]) -> bool:
    health = await build_sync(store, ports, lambda _event: None).load_health()
    return all(each.filled for each in health.values())


async def test_an_unexpected_error_ends_the_round_and_not_the_task(store: Store) -> None:
    events: list[Event] = []
    ports = build_systems()
    async with keep_running(build_sync(store, ports, events.append), 0.01):
        await wait_until(lambda: len(events) >= 2)
        ports["crm"].broken = ZeroDivisionError("a bug")
        await asyncio.sleep(0.05)
        events.clear()
        ports["crm"].broken = None

        await wait_until(lambda: any(event.connection == "crm" for event in events))


async def test_an_internal_error_is_reported_as_a_fault_until_a_round_succeeds(store: Store) -> None:
    ports = build_systems()
    sync = build_sync(store, ports, lambda _event: None)
    await sync.run()
    ports["crm"].broken = ZeroDivisionError("for example a full disk: the outcome cannot be stored")

    async with keep_running(sync, 0.01):
        await wait_until_true(lambda: has_faults(sync, {"crm": FaultCode.UNKNOWN}))
        ports["crm"].broken = None
        await wait_until_true(lambda: has_faults(sync, {}))


async def has_faults(sync: CardSync, expected: dict[str, FaultCode]) -> bool:
    return {name: fault.code for name, fault in (await sync.load_faults("correlation")).items()} == expected


async def wait_until_true(holds: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(30):
        while not await holds():  # noqa: ASYNC110 -- the store sends no event
            await asyncio.sleep(0.005)


async def test_a_clock_that_was_ahead_does_not_hide_a_failure(store: Store) -> None:
    ports = build_systems()
    sync = build_sync(store, ports, lambda _event: None)
    await sync.run()
    async with store.begin() as writer:
        await writer.execute(update(watermark).values(succeeded_at=datetime.now(UTC) + timedelta(days=1)))
    ports["crm"].broken = SourceError(FaultCode.TIMEOUT, "no answer")

    await sync.run()

    assert await has_faults(sync, {"crm": FaultCode.TIMEOUT})


async def test_a_successful_round_without_changes_clears_the_failure(store: Store) -> None:
    ports = build_systems()
    sync = build_sync(store, ports, lambda _event: None)
    await sync.run()
    before = (await sync.load_health())["crm"].succeeded_at
    ports["crm"].broken = SourceError(FaultCode.TIMEOUT, "no answer")
    await sync.run()
    assert set(await sync.load_faults("correlation")) == {"crm"}
    ports["crm"].broken = None

    await sync.run()

    after = (await sync.load_health())["crm"]
    assert before is not None
    assert after.succeeded_at is not None
    assert after.succeeded_at > before
    assert after.failed_at is None
    assert await sync.load_faults("correlation") == {}


def build_result(failure: FaultCode | None) -> FeedResult:
    return FeedResult(connection="crm", role=SystemRole.CRM, feed="CrmAccount", failure=failure)


@pytest.mark.parametrize(
    ("_case", "failures", "last", "expected"),
    [
        ("success", [None, None], 30.0, 30.0),
        ("success after a failure", [None], 5.0, 30.0),
        ("the first failure", [None, FaultCode.TIMEOUT], 30.0, RECHECK_SECONDS),
        ("the second", [FaultCode.TIMEOUT], RECHECK_SECONDS, 10.0),
        ("never longer than the interval", [FaultCode.UNAVAILABLE], 20.0, 30.0),
        ("rate limited", [FaultCode.RATE_LIMITED, FaultCode.TIMEOUT], 30.0, 30.0),
    ],
)
def test_failures_shorten_the_wait_except_for_rate_limits(
    _case: str, failures: list[FaultCode | None], last: float, expected: float
) -> None:
    assert choose_wait([build_result(failure) for failure in failures], last, 30.0) == expected


def test_a_short_interval_is_never_exceeded() -> None:
    assert choose_wait([build_result(FaultCode.TIMEOUT)], 1.0, 1.0) == 1.0

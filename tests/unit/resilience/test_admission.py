"""Admission: a limit of operations, a queue that the deadline bounds, and turns between callers."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from gateway.resilience.admission import Admission, OverloadedError
from gateway.resilience.concurrency_limiter import AdaptiveLimit


class Workload:
    """Operations that run until they are released."""

    def __init__(self, admission: Admission) -> None:
        self.admission = admission
        self.admitted: list[str] = []
        self.release = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self, *names: str) -> None:
        """Start operations; the caller is the first letter of the name."""
        self._tasks += [asyncio.create_task(self._run(name)) for name in names]
        await asyncio.sleep(0)
        await asyncio.sleep(0)

    async def _run(self, name: str) -> None:
        async with self.admission.admit(name[0]):
            self.admitted.append(name)
            await self.release.wait()

    async def finish(self) -> None:
        self.release.set()
        await asyncio.gather(*self._tasks)


@asynccontextmanager
async def run_workload(limit: int, deadline: float = 10.0) -> AsyncIterator[Workload]:
    workload = Workload(Admission(deadline, AdaptiveLimit(limit, 1)))
    yield workload
    await workload.finish()


async def take(admission: Admission, seconds: float) -> None:
    async with admission.admit("x"):
        await asyncio.sleep(seconds)


async def test_operations_over_the_limit_wait_and_callers_take_turns() -> None:
    async with run_workload(1) as work:
        await work.start("a1", "a2", "a3", "a4", "b1", "c1")
        assert work.admitted == ["a1"]
        assert work.admission.waiting == 5

    assert work.admitted[:3] in (["a1", "b1", "c1"], ["a1", "c1", "b1"])
    assert work.admitted[3:] == ["a2", "a3", "a4"]
    assert work.admission.waiting == 0


async def test_an_operation_that_would_miss_the_deadline_is_refused_at_once() -> None:
    admission = Admission(0.5, AdaptiveLimit(1, 1))
    for _ in range(12):
        await take(admission, 0.05)  # an operation takes about 50 ms

    first = [asyncio.create_task(take(admission, 0.05)) for _ in range(40)]
    results = await asyncio.gather(*first, return_exceptions=True)

    refused = [each for each in results if isinstance(each, OverloadedError)]
    assert 0 < results.count(None) < 20
    assert len(refused) + results.count(None) == 40
    assert all(each.retry_after >= 1 for each in refused)
    await take(admission, 0)


async def test_the_caller_that_fills_the_queue_is_named_and_another_one_is_admitted_next() -> None:
    admission = Admission(0.5, AdaptiveLimit(1, 1))
    for _ in range(12):
        await take(admission, 0.05)

    async with run_workload(1) as work:
        work.admission = admission
        own = [asyncio.create_task(take(admission, 0.05)) for _ in range(40)]
        await asyncio.sleep(0)
        await work.start("b1")
        work.release.set()
        results = await asyncio.gather(*own, return_exceptions=True)

    refused = [each for each in results if isinstance(each, OverloadedError)]
    assert work.admitted == ["b1"]
    assert refused
    assert any(each.is_caused_by_caller for each in refused)


async def test_an_operation_that_waits_too_long_is_refused() -> None:
    async with run_workload(1, deadline=0.2) as work:
        await work.start("a1")

        with pytest.raises(OverloadedError):
            await take(work.admission, 0)

        assert work.admission.waiting == 0


async def test_an_operation_whose_client_leaves_frees_its_place() -> None:
    async with run_workload(1) as work:
        await work.start("a1")
        leaving = asyncio.create_task(take(work.admission, 0))
        await asyncio.sleep(0)
        await work.start("b1")
        leaving.cancel()
        await asyncio.gather(leaving, return_exceptions=True)
        assert work.admission.waiting == 1

    assert work.admitted == ["a1", "b1"]


async def test_the_limit_decreases_while_the_event_loop_is_late_and_recovers() -> None:
    admission = Admission(10.0, AdaptiveLimit(8, 1, decrease_interval=0.0))

    async with admission.admit("a"):
        await asyncio.sleep(0.15)  # the first timer is on time
        loop = asyncio.get_running_loop()
        until = loop.time() + 0.5
        while loop.time() < until:
            pass
    assert admission.limit == 5

    await asyncio.sleep(1.1)  # the delay is older than a second
    for _ in range(10):
        await asyncio.gather(*(take(admission, 0.001) for _ in range(admission.limit)))
    assert admission.limit > 5

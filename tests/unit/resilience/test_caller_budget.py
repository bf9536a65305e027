"""The budget of a caller: what it allows per minute, how it refills, and that callers do not share it."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.resilience.caller_budget import CallerBudget, Usage
from gateway.resilience.cpu_time import CpuMeter

ALLOWANCE = Usage(requests=60, cost=6000, cpu_seconds=6)


@pytest.mark.parametrize(
    ("used", "wait"),
    [
        (Usage(requests=59), 0.0),
        (Usage(requests=60), 1.0),
        (Usage(cost=6000), 0.0),
        (Usage(cost=6100), 1.0),
        (Usage(cpu_seconds=7), 10.0),
        (Usage(requests=60, cost=6200, cpu_seconds=6.1), 2.0),
    ],
)
def test_a_caller_waits_until_its_smallest_balance_has_refilled(used: Usage, wait: float) -> None:
    budget = CallerBudget(ALLOWANCE)

    budget.charge("a", used, now=100.0)

    assert budget.compute_wait("a", now=100.0) == pytest.approx(wait)
    assert budget.compute_wait("a", now=100.0 + wait) == pytest.approx(0.0, abs=1e-6)
    assert budget.compute_wait("b", now=100.0) == 0.0


def test_an_unused_budget_does_not_grow_beyond_a_minute() -> None:
    budget = CallerBudget(ALLOWANCE)
    budget.charge("a", Usage(requests=1), now=0.0)

    budget.charge("a", Usage(requests=60), now=3600.0)

    assert budget.compute_wait("a", now=3600.0) == pytest.approx(1.0)


def test_the_memory_of_callers_is_bounded() -> None:
    budget = CallerBudget(ALLOWANCE, max_callers=2)
    for caller in ("a", "b", "c"):
        budget.charge(caller, Usage(requests=60), now=0.0)

    assert budget.compute_wait("b", now=0.0) == pytest.approx(1.0)
    assert budget.compute_wait("c", now=0.0) == pytest.approx(1.0)
    assert budget.compute_wait("a", now=0.0) == 0.0


@given(st.lists(st.floats(min_value=0.0, max_value=0.5), min_size=200, max_size=400))
def test_a_caller_that_waits_as_told_never_gets_more_than_two_minutes_worth_in_a_minute(steps: list[float]) -> None:
    budget, now, served = CallerBudget(ALLOWANCE), 0.0, []
    for step in steps:
        now += step
        if budget.compute_wait("a", now) == 0.0:
            budget.charge("a", Usage(requests=1), now)
            served.append(now)

    assert max(sum(start <= each < start + 60 for each in served) for start in served) <= 120


async def test_only_the_steps_of_a_coroutine_count_as_its_processor_time() -> None:
    async def work() -> str:
        await asyncio.sleep(0.2)
        return "done"

    meter = CpuMeter()

    assert await meter.run(work()) == "done"
    assert 0 < meter.seconds < 0.1


async def test_a_cancellation_and_an_error_reach_the_measured_coroutine() -> None:
    ended: list[str] = []

    async def wait() -> None:
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            ended.append("cancelled")
            raise

    async def fail() -> None:
        await asyncio.sleep(0)
        raise LookupError("own")

    task = asyncio.create_task(CpuMeter().run(wait()))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    with pytest.raises(LookupError, match="own"):
        await CpuMeter().run(fail())

    assert ended == ["cancelled"]

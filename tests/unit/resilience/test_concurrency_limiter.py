import asyncio

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from gateway.resilience.concurrency_limiter import AdaptiveLimit, ConcurrencyLimiter, QueueFullError


def test_overload_lowers_the_limit_and_full_use_raises_it_again():
    limit = AdaptiveLimit(maximum=10)
    for _ in range(10):
        assert limit.try_acquire()
    limit.release(overloaded=True, now=0.0)
    assert limit.limit == 7

    for now in range(1, 60):
        while limit.try_acquire():
            pass
        limit.release(overloaded=False, now=float(now))

    assert limit.limit == 10


def test_a_burst_of_overloads_lowers_the_limit_once():
    limit = AdaptiveLimit(maximum=10)
    for _ in range(10):
        limit.try_acquire()

    for _ in range(10):
        limit.release(overloaded=True, now=0.5)

    assert limit.limit == 7


@pytest.mark.parametrize(("maximum", "minimum"), [(10, 2), (2, 2), (1, 1)])
def test_the_limit_never_falls_below_its_minimum(maximum, minimum):
    limit = AdaptiveLimit(maximum=maximum)

    for now in range(50):
        limit.try_acquire()
        limit.release(overloaded=True, now=float(now * 2))

    assert limit.limit == minimum


class LimitMachine(RuleBasedStateMachine):
    """The limit stays between minimum and maximum, and no call is admitted beyond it."""

    def __init__(self):
        super().__init__()
        self.limit = AdaptiveLimit(maximum=8)
        self.acquired = 0
        self.now = 0.0

    @rule()
    def acquire(self):
        before = self.limit.limit
        if self.limit.try_acquire():
            self.acquired += 1
            assert self.acquired <= before

    @precondition(lambda self: self.acquired)
    @rule(overloaded=st.booleans(), wait=st.floats(0, 3))
    def release(self, overloaded, wait):
        self.now += wait
        self.acquired -= 1
        self.limit.release(overloaded=overloaded, now=self.now)

    @invariant()
    def check_bounds(self):
        assert 2 <= self.limit.limit <= 8
        assert self.limit.in_flight == self.acquired


TestLimitMachine = LimitMachine.TestCase


async def test_slots_are_granted_in_order_of_arrival():
    limiter, order = ConcurrencyLimiter(AdaptiveLimit(maximum=1), pending=10), []

    async def call(name):
        await limiter.acquire()
        order.append(name)
        await asyncio.sleep(0)
        limiter.release(overloaded=False)

    await asyncio.gather(*(call(name) for name in "abcde"))

    assert order == list("abcde")


async def test_a_full_queue_refuses_at_once():
    limiter = ConcurrencyLimiter(AdaptiveLimit(maximum=1), pending=1)
    await limiter.acquire()
    waiting = asyncio.create_task(limiter.acquire())
    await asyncio.sleep(0)

    with pytest.raises(QueueFullError):
        await limiter.acquire()

    limiter.release(overloaded=False)
    await waiting


async def test_cancelled_waiters_neither_keep_nor_lose_a_slot():
    limit = AdaptiveLimit(maximum=1)
    limiter = ConcurrencyLimiter(limit, pending=10)
    await limiter.acquire()
    waiters = [asyncio.create_task(limiter.acquire()) for _ in range(3)]
    await asyncio.sleep(0)

    # The first is cancelled while it waits, the second at the moment it gets the slot.
    waiters[0].cancel()
    limiter.release(overloaded=False)
    waiters[1].cancel()
    results = await asyncio.gather(*waiters, return_exceptions=True)

    assert [type(result) for result in results] == [asyncio.CancelledError, asyncio.CancelledError, type(None)]
    assert limit.in_flight == 1


async def test_a_hundred_tasks_cancelled_at_random_leak_no_slot():
    limit = AdaptiveLimit(maximum=3)
    limiter = ConcurrencyLimiter(limit, pending=100)

    async def call(number):
        await limiter.acquire()
        try:
            await asyncio.sleep(0)
        finally:
            limiter.release(overloaded=number % 7 == 0)

    tasks = [asyncio.create_task(call(number)) for number in range(100)]
    for number, task in enumerate(tasks):
        await asyncio.sleep(0)
        if number % 3 == 0:
            task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)

    assert limit.in_flight == 0

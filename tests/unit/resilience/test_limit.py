import asyncio

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from gateway.resilience.limit import AdaptiveLimit, QueueFullError, Turnstile


def test_overload_cuts_and_full_use_creeps_back():
    limit = AdaptiveLimit(ceiling=10)
    for _ in range(10):
        assert limit.enter()
    limit.leave(overloaded=True, now=0.0)
    assert limit.limit == 7

    for now in range(1, 60):
        while limit.enter():
            pass
        limit.leave(overloaded=False, now=float(now))

    assert limit.limit == 10


def test_one_burst_of_refusals_cuts_once():
    limit = AdaptiveLimit(ceiling=10)
    for _ in range(10):
        limit.enter()

    for _ in range(10):
        limit.leave(overloaded=True, now=0.5)

    assert limit.limit == 7


@pytest.mark.parametrize(("ceiling", "floor"), [(10, 2), (2, 2), (1, 1)])
def test_a_floor_remains(ceiling, floor):
    limit = AdaptiveLimit(ceiling=ceiling)

    for now in range(50):
        limit.enter()
        limit.leave(overloaded=True, now=float(now * 2))

    assert limit.limit == floor


class LimitMachine(RuleBasedStateMachine):
    """The limit stays between floor and ceiling, and nobody enters beyond it."""

    def __init__(self):
        super().__init__()
        self.limit = AdaptiveLimit(ceiling=8)
        self.inside = 0
        self.now = 0.0

    @rule()
    def enter(self):
        before = self.limit.limit
        if self.limit.enter():
            self.inside += 1
            assert self.inside <= before

    @precondition(lambda self: self.inside)
    @rule(overloaded=st.booleans(), wait=st.floats(0, 3))
    def leave(self, overloaded, wait):
        self.now += wait
        self.inside -= 1
        self.limit.leave(overloaded=overloaded, now=self.now)

    @invariant()
    def bounded(self):
        assert 2 <= self.limit.limit <= 8
        assert self.limit.in_flight == self.inside


TestLimitMachine = LimitMachine.TestCase


async def test_places_are_given_in_order_of_arrival():
    turnstile, order = Turnstile(AdaptiveLimit(ceiling=1), pending=10), []

    async def visit(name):
        await turnstile.enter()
        order.append(name)
        await asyncio.sleep(0)
        turnstile.leave(overloaded=False)

    await asyncio.gather(*(visit(name) for name in "abcde"))

    assert order == list("abcde")


async def test_too_long_a_queue_refuses_at_once():
    turnstile = Turnstile(AdaptiveLimit(ceiling=1), pending=1)
    await turnstile.enter()
    waiting = asyncio.create_task(turnstile.enter())
    await asyncio.sleep(0)

    with pytest.raises(QueueFullError):
        await turnstile.enter()

    turnstile.leave(overloaded=False)
    await waiting


async def test_cancelled_waiters_neither_keep_nor_lose_a_place():
    limit = AdaptiveLimit(ceiling=1)
    turnstile = Turnstile(limit, pending=10)
    await turnstile.enter()
    waiters = [asyncio.create_task(turnstile.enter()) for _ in range(3)]
    await asyncio.sleep(0)

    # The first is cancelled while it waits; the second in the moment in which it is handed the place.
    waiters[0].cancel()
    turnstile.leave(overloaded=False)
    waiters[1].cancel()
    results = await asyncio.gather(*waiters, return_exceptions=True)

    assert [type(result) for result in results] == [asyncio.CancelledError, asyncio.CancelledError, type(None)]
    assert limit.in_flight == 1


async def test_a_hundred_tasks_cancelled_at_random_leak_no_place():
    limit = AdaptiveLimit(ceiling=3)
    turnstile = Turnstile(limit, pending=100)

    async def visit(number):
        await turnstile.enter()
        try:
            await asyncio.sleep(0)
        finally:
            turnstile.leave(overloaded=number % 7 == 0)

    tasks = [asyncio.create_task(visit(number)) for number in range(100)]
    for number, task in enumerate(tasks):
        await asyncio.sleep(0)
        if number % 3 == 0:
            task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)

    assert limit.in_flight == 0

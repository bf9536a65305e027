import asyncio

import pytest

from gateway.resilience.single_flight import SingleFlight


class Work:
    """Work that ends when it is told to."""

    def __init__(self):
        self.starts = 0
        self.cancelled = False
        self.go = asyncio.Event()

    async def __call__(self):
        self.starts += 1
        try:
            await self.go.wait()
        except asyncio.CancelledError:
            self.cancelled = True
            raise
        return self.starts


async def test_concurrent_calls_share_one_run():
    flights, work = SingleFlight(), Work()
    calls = [asyncio.create_task(flights.run("k", work)) for _ in range(20)]
    await asyncio.sleep(0)

    work.go.set()

    assert await asyncio.gather(*calls) == [1] * 20


async def test_later_calls_run_again():
    flights, work = SingleFlight(), Work()
    work.go.set()

    assert [await flights.run("k", work), await flights.run("k", work)] == [1, 2]


async def test_other_keys_fly_apart():
    flights, work = SingleFlight(), Work()
    work.go.set()

    await asyncio.gather(flights.run("a", work), flights.run("b", work))

    assert work.starts == 2


async def test_every_waiter_gets_the_error():
    flights = SingleFlight()

    async def broken():
        await asyncio.sleep(0)
        raise ValueError("broken")

    results = await asyncio.gather(*(flights.run("k", broken) for _ in range(3)), return_exceptions=True)

    assert [str(result) for result in results] == ["broken"] * 3


async def test_one_waiter_leaves_alone():
    flights, work = SingleFlight(), Work()
    first, second = (asyncio.create_task(flights.run("k", work)) for _ in range(2))
    await asyncio.sleep(0)

    first.cancel()
    await asyncio.sleep(0)
    work.go.set()

    assert await second == 1
    assert not work.cancelled
    with pytest.raises(asyncio.CancelledError):
        await first


async def test_the_last_waiter_takes_the_work_with_it():
    flights, work = SingleFlight(), Work()
    waiters = [asyncio.create_task(flights.run("k", work)) for _ in range(2)]
    await asyncio.sleep(0)

    for waiter in waiters:
        waiter.cancel()
    await asyncio.gather(*waiters, return_exceptions=True)
    await asyncio.sleep(0)

    assert work.cancelled


async def test_who_comes_after_an_abandoned_flight_starts_another():
    flights, work = SingleFlight(), Work()
    waiter = asyncio.create_task(flights.run("k", work))
    await asyncio.sleep(0)
    waiter.cancel()
    await asyncio.gather(waiter, return_exceptions=True)

    work.go.set()

    assert await flights.run("k", work) == 2

import asyncio

import pytest

from gateway.resilience.single_flight import SingleFlight


class Work:
    """Work that ends when the test sets `go`."""

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
    single_flight, work = SingleFlight[str, int](), Work()
    calls = [asyncio.create_task(single_flight.run("k", work)) for _ in range(20)]
    await asyncio.sleep(0)

    work.go.set()

    assert await asyncio.gather(*calls) == [1] * 20


async def test_later_calls_start_a_new_run():
    single_flight, work = SingleFlight[str, int](), Work()
    work.go.set()

    assert [await single_flight.run("k", work), await single_flight.run("k", work)] == [1, 2]


async def test_other_keys_have_runs_of_their_own():
    single_flight, work = SingleFlight[str, int](), Work()
    work.go.set()

    await asyncio.gather(single_flight.run("a", work), single_flight.run("b", work))

    assert work.starts == 2


async def test_every_waiter_receives_the_error():
    single_flight = SingleFlight[str, int]()

    async def fail():
        await asyncio.sleep(0)
        raise ValueError("broken")

    results = await asyncio.gather(*(single_flight.run("k", fail) for _ in range(3)), return_exceptions=True)

    assert [str(result) for result in results] == ["broken"] * 3


async def test_a_cancelled_waiter_does_not_cancel_the_others():
    single_flight, work = SingleFlight[str, int](), Work()
    first, second = (asyncio.create_task(single_flight.run("k", work)) for _ in range(2))
    await asyncio.sleep(0)

    first.cancel()
    await asyncio.sleep(0)
    work.go.set()

    assert await second == 1
    assert not work.cancelled
    with pytest.raises(asyncio.CancelledError):
        await first


async def test_cancelling_the_last_waiter_cancels_the_work():
    single_flight, work = SingleFlight[str, int](), Work()
    waiters = [asyncio.create_task(single_flight.run("k", work)) for _ in range(2)]
    await asyncio.sleep(0)

    for waiter in waiters:
        waiter.cancel()
    await asyncio.gather(*waiters, return_exceptions=True)
    await asyncio.sleep(0)

    assert work.cancelled


async def test_a_call_after_a_cancelled_run_starts_another():
    single_flight, work = SingleFlight[str, int](), Work()
    waiter = asyncio.create_task(single_flight.run("k", work))
    await asyncio.sleep(0)
    waiter.cancel()
    await asyncio.gather(waiter, return_exceptions=True)

    work.go.set()

    assert await single_flight.run("k", work) == 2

import asyncio

import msgspec
import pytest
from starlette.responses import Response as Answer

from gateway.canonical.fault import FaultCode
from gateway.errors import SourceError
from gateway.net.message import Request
from gateway.net.upstream import Limits
from gateway.observability.event import CircuitClosed, UpstreamCalled
from gateway.resilience.breaker import BreakerPolicy
from gateway.resilience.deadline import until

READ = Request(method="GET", path="items", operation="items", safe=True)
WRITE = msgspec.structs.replace(READ, method="POST", safe=False)


async def outcomes(calls):
    return await asyncio.gather(*calls, return_exceptions=True)


async def outcomes_once_inside(vendor, many, calls):
    """Hold what arrives until so many are inside, then let all go."""
    vendor.gate.clear()
    running = asyncio.ensure_future(outcomes(calls))
    await vendor.holds(many)
    vendor.gate.set()
    return await running


def codes(results):
    return [result.code for result in results if isinstance(result, SourceError)]


async def test_no_more_calls_are_in_flight_than_the_vendor_allows(vendor, reach):
    upstream = reach(concurrency=3)

    results = await outcomes_once_inside(vendor, 3, (upstream.fetch(READ) for _ in range(12)))

    assert codes(results) == []
    assert vendor.most_at_once == 3
    assert len(vendor.seen) == 12


async def test_too_many_waiting_calls_are_refused_unsent(vendor, reach):
    upstream = reach(concurrency=1, limits=Limits(pending=2))

    results = await outcomes_once_inside(vendor, 1, (upstream.fetch(READ) for _ in range(5)))

    assert codes(results) == [FaultCode.RATE_LIMITED, FaultCode.RATE_LIMITED]
    assert len(vendor.seen) == 3


async def test_a_call_that_waits_past_its_deadline_is_never_sent(vendor, reach):
    vendor.gate.clear()
    upstream = reach(concurrency=1)
    first = asyncio.create_task(upstream.fetch(READ))
    await vendor.holds(1)

    with until(asyncio.get_running_loop().time() + 0.1), pytest.raises(SourceError) as late:
        await upstream.fetch(READ)

    vendor.gate.set()
    await first
    assert late.value.code is FaultCode.TIMEOUT
    assert len(vendor.seen) == 1


async def test_complaints_of_overload_lower_the_number_of_calls(vendor, reach):
    vendor.answer = lambda _request, number: Answer("{}", 429 if number == 1 else 200)
    upstream = reach(concurrency=10)
    with pytest.raises(SourceError):
        await upstream.fetch(WRITE)

    # One more than fits: answers to a longer queue would raise the limit again.
    results = await outcomes_once_inside(vendor, 7, (upstream.fetch(READ) for _ in range(8)))

    assert codes(results) == []
    assert vendor.most_at_once == 7


async def test_a_cancelled_call_gives_its_place_back(vendor, reach):
    vendor.gate.clear()
    upstream = reach(concurrency=1)
    call = asyncio.create_task(upstream.fetch(READ))
    await vendor.holds(1)
    call.cancel()
    await asyncio.gather(call, return_exceptions=True)
    vendor.gate.set()

    assert (await upstream.fetch(READ)).status == 200


async def test_a_failing_system_is_left_alone(vendor, reach):
    vendor.answer = lambda _request, _number: Answer("{}", 500)
    upstream = reach()
    for _ in range(20):
        with pytest.raises(SourceError):
            await upstream.fetch(WRITE)

    with pytest.raises(SourceError) as refused:
        await upstream.fetch(WRITE)

    assert refused.value.code is FaultCode.CIRCUIT_OPEN
    assert refused.value.retry_after is not None
    assert 3.5 <= refused.value.retry_after.total_seconds() <= 5.0
    assert len(vendor.seen) == 20


async def test_a_breaker_that_opens_and_closes_is_told_once_each(vendor, reach):
    policy = BreakerPolicy(first_open=1.0)
    vendor.answer = lambda _request, number: Answer("{}", 500 if number <= 20 else 200)
    told = []
    upstream = reach(limits=Limits(breaker=policy), observe=told.append)

    for _ in range(22):
        with pytest.raises(SourceError):
            await upstream.fetch(WRITE)
    await asyncio.sleep(1.05)
    for _ in range(5):
        await upstream.fetch(WRITE)

    opened, closed = [event for event in told if not isinstance(event, UpstreamCalled)]
    assert told.index(opened) == 20
    assert (opened.connection, opened.calls) == ("vendor-main", "WRITE")
    assert 0.7 <= opened.seconds <= 1.0
    assert closed == CircuitClosed(connection="vendor-main", calls="WRITE")
    assert told.index(closed) == 24


async def test_reads_go_on_while_writes_are_left_alone(vendor, reach):
    vendor.answer = lambda request, _number: Answer("{}", 500 if request.method == "POST" else 200)
    upstream = reach()
    for _ in range(21):
        with pytest.raises(SourceError):
            await upstream.fetch(WRITE)

    assert (await upstream.fetch(READ)).status == 200


async def test_a_recovered_system_is_probed_and_taken_back(vendor, reach):
    policy = BreakerPolicy(first_open=0.2)
    vendor.answer = lambda _request, number: Answer("{}", 500 if number <= 20 else 200)
    upstream = reach(limits=Limits(breaker=policy))
    for _ in range(20):
        with pytest.raises(SourceError):
            await upstream.fetch(WRITE)
    await asyncio.sleep(0.25)

    results = await outcomes_once_inside(vendor, 3, (upstream.fetch(WRITE) for _ in range(10)))

    assert codes(results) == [FaultCode.CIRCUIT_OPEN] * 7
    assert len(vendor.seen) == 23
    assert (await upstream.fetch(WRITE)).status == 200


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 429])
async def test_what_the_caller_does_wrong_never_opens_the_breaker(vendor, reach, status):
    vendor.answer = lambda _request, _number: Answer("{}", status)
    upstream = reach()

    for _ in range(30):
        with pytest.raises(SourceError) as refused:
            await upstream.fetch(WRITE)
        assert refused.value.code is not FaultCode.CIRCUIT_OPEN

    assert len(vendor.seen) == 30


async def test_slow_answers_open_the_breaker(vendor, reach):
    vendor.hold = 0.03
    upstream = reach(limits=Limits(breaker=BreakerPolicy(slow_after=0.01)), concurrency=20)
    await outcomes(upstream.fetch(READ) for _ in range(20))

    with pytest.raises(SourceError) as refused:
        await upstream.fetch(READ)

    assert refused.value.code is FaultCode.CIRCUIT_OPEN

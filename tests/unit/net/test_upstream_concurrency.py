import asyncio
from typing import Any

import msgspec
import pytest
from starlette.responses import Response as Answer

from gateway.canonical.fault import FaultCode
from gateway.errors import SourceError
from gateway.net.message import UpstreamRequest
from gateway.net.upstream import CallLimits
from gateway.observability.event import CircuitClosed, UpstreamCalled
from gateway.resilience.breaker import BreakerPolicy
from gateway.resilience.deadline import apply_deadline

READ = UpstreamRequest(method="GET", path="items", operation="items", safe=True)
WRITE = msgspec.structs.replace(READ, method="POST", safe=False)


async def gather_results(calls):
    return await asyncio.gather(*calls, return_exceptions=True)


async def gather_once_in_flight(vendor, many, calls):
    """Block calls until this number is in flight, then release all."""
    vendor.gate.clear()
    running = asyncio.ensure_future(gather_results(calls))
    await vendor.wait_for_calls(many)
    vendor.gate.set()
    return await running


def list_codes(results):
    return [result.code for result in results if isinstance(result, SourceError)]


async def test_the_concurrency_limit_bounds_the_calls_in_flight(vendor, connect):
    upstream = connect(concurrency=3)

    results = await gather_once_in_flight(vendor, 3, (upstream.fetch(READ) for _ in range(12)))

    assert list_codes(results) == []
    assert vendor.max_in_flight == 3
    assert len(vendor.seen) == 12


async def test_calls_beyond_the_queue_limit_are_refused_unsent(vendor, connect):
    upstream = connect(concurrency=1, limits=CallLimits(max_pending=2))

    results = await gather_once_in_flight(vendor, 1, (upstream.fetch(READ) for _ in range(5)))

    assert list_codes(results) == [FaultCode.RATE_LIMITED, FaultCode.RATE_LIMITED]
    assert len(vendor.seen) == 3


async def test_a_call_still_queued_at_its_deadline_is_never_sent(vendor, connect):
    vendor.gate.clear()
    upstream = connect(concurrency=1)
    first = asyncio.create_task(upstream.fetch(READ))
    await vendor.wait_for_calls(1)

    with apply_deadline(asyncio.get_running_loop().time() + 0.1), pytest.raises(SourceError) as late:
        await upstream.fetch(READ)

    vendor.gate.set()
    await first
    assert late.value.code is FaultCode.TIMEOUT
    assert len(vendor.seen) == 1


async def test_a_rate_limit_response_lowers_the_concurrency_limit(vendor, connect):
    vendor.answer = lambda _request, number: Answer("{}", 429 if number == 1 else 200)
    upstream = connect(concurrency=10)
    with pytest.raises(SourceError):
        await upstream.fetch(WRITE)

    # One more than the limit: responses to a longer queue would raise the limit again.
    results = await gather_once_in_flight(vendor, 7, (upstream.fetch(READ) for _ in range(8)))

    assert list_codes(results) == []
    assert vendor.max_in_flight == 7


async def test_a_cancelled_call_releases_its_slot(vendor, connect):
    vendor.gate.clear()
    upstream = connect(concurrency=1)
    call = asyncio.create_task(upstream.fetch(READ))
    await vendor.wait_for_calls(1)
    call.cancel()
    await asyncio.gather(call, return_exceptions=True)
    vendor.gate.set()

    assert (await upstream.fetch(READ)).status == 200


async def test_a_failing_system_is_no_longer_called(vendor, connect):
    vendor.answer = lambda _request, _number: Answer("{}", 500)
    upstream = connect()
    for _ in range(20):
        with pytest.raises(SourceError):
            await upstream.fetch(WRITE)

    with pytest.raises(SourceError) as refused:
        await upstream.fetch(WRITE)

    assert refused.value.code is FaultCode.CIRCUIT_OPEN
    assert refused.value.retry_after is not None
    assert 3.5 <= refused.value.retry_after.total_seconds() <= 5.0
    assert len(vendor.seen) == 20


async def test_breaker_opening_and_closing_are_each_reported_once(vendor, connect):
    policy = BreakerPolicy(initial_open=1.0)
    vendor.answer = lambda _request, number: Answer("{}", 500 if number <= 20 else 200)
    events: list[Any] = []
    upstream = connect(limits=CallLimits(breaker=policy), observe=events.append)

    for _ in range(22):
        with pytest.raises(SourceError):
            await upstream.fetch(WRITE)
    await asyncio.sleep(1.05)
    for _ in range(5):
        await upstream.fetch(WRITE)

    opened, closed = [event for event in events if not isinstance(event, UpstreamCalled)]
    assert events.index(opened) == 20
    assert (opened.connection, opened.calls) == ("vendor-main", "WRITE")
    assert 0.7 <= opened.seconds <= 1.0
    assert closed == CircuitClosed(connection="vendor-main", calls="WRITE")
    assert events.index(closed) == 24


async def test_reads_continue_while_the_write_breaker_is_open(vendor, connect):
    vendor.answer = lambda request, _number: Answer("{}", 500 if request.method == "POST" else 200)
    upstream = connect()
    for _ in range(21):
        with pytest.raises(SourceError):
            await upstream.fetch(WRITE)

    assert (await upstream.fetch(READ)).status == 200


async def test_a_recovered_system_is_probed_and_called_again(vendor, connect):
    policy = BreakerPolicy(initial_open=0.2)
    vendor.answer = lambda _request, number: Answer("{}", 500 if number <= 20 else 200)
    upstream = connect(limits=CallLimits(breaker=policy))
    for _ in range(20):
        with pytest.raises(SourceError):
            await upstream.fetch(WRITE)
    await asyncio.sleep(0.25)

    results = await gather_once_in_flight(vendor, 3, (upstream.fetch(WRITE) for _ in range(10)))

    assert list_codes(results) == [FaultCode.CIRCUIT_OPEN] * 7
    assert len(vendor.seen) == 23
    assert (await upstream.fetch(WRITE)).status == 200


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 429])
async def test_client_errors_never_open_the_breaker(vendor, connect, status):
    vendor.answer = lambda _request, _number: Answer("{}", status)
    upstream = connect()

    for _ in range(30):
        with pytest.raises(SourceError) as refused:
            await upstream.fetch(WRITE)
        assert refused.value.code is not FaultCode.CIRCUIT_OPEN

    assert len(vendor.seen) == 30


async def test_slow_responses_open_the_breaker(vendor, connect):
    vendor.hold = 0.03
    upstream = connect(limits=CallLimits(breaker=BreakerPolicy(slow_after=0.01)), concurrency=20)
    await gather_results(upstream.fetch(READ) for _ in range(20))

    with pytest.raises(SourceError) as refused:
        await upstream.fetch(READ)

    assert refused.value.code is FaultCode.CIRCUIT_OPEN

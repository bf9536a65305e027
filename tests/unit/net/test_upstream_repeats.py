import asyncio
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import msgspec
import pytest
from starlette.responses import Response as Answer

from gateway.canonical.fault import FaultCode
from gateway.errors import SourceError
from gateway.net.message import Request
from gateway.net.upstream import Limits, opener
from gateway.resilience.deadline import until
from subgraphs.kit.failures import by_status
from tests.unit.net.conftest import KeyAuth

READ = Request(method="GET", path="items", operation="items", safe=True)
WRITE = msgspec.structs.replace(READ, method="POST", safe=False)


def failing(times, status=503, headers=None):
    return lambda _request, number: Answer("{}", status if number <= times else 200, headers)


async def test_a_safe_call_is_sent_again_until_it_succeeds(vendor, reach):
    vendor.answer = failing(2)

    assert (await reach().fetch(READ)).status == 200
    assert len(vendor.seen) == 3


async def test_three_attempts_are_the_most(vendor, reach):
    vendor.answer = failing(99)

    with pytest.raises(SourceError) as failed:
        await reach().fetch(READ)

    assert failed.value.code is FaultCode.UNAVAILABLE
    assert len(vendor.seen) == 3


async def test_an_unsafe_call_is_never_sent_again(vendor, reach):
    vendor.answer = failing(1)

    with pytest.raises(SourceError):
        await reach().fetch(WRITE)

    assert len(vendor.seen) == 1


@pytest.mark.parametrize("status", [400, 403, 404, 422])
async def test_a_refusal_that_will_not_change_is_not_repeated(vendor, reach, status):
    vendor.answer = failing(1, status)

    with pytest.raises(SourceError):
        await reach().fetch(READ)

    assert len(vendor.seen) == 1


async def test_the_vendors_wish_is_waited_for(vendor, reach):
    vendor.answer = failing(1, 429, {"Retry-After": "1"})
    started = time.monotonic()

    await reach().fetch(READ)

    assert time.monotonic() - started >= 1.0
    assert len(vendor.seen) == 2


@pytest.mark.parametrize(
    "form", ["30", format_datetime(datetime.now(UTC) + timedelta(days=400), usegmt=True)], ids=["seconds", "date"]
)
async def test_a_wish_beyond_the_deadline_is_told_at_once(vendor, reach, form):
    vendor.answer = failing(1, 429, {"Retry-After": form})

    with until(asyncio.get_running_loop().time() + 5), pytest.raises(SourceError) as limited:
        await reach().fetch(READ)

    assert limited.value.code is FaultCode.RATE_LIMITED
    assert limited.value.retry_after is not None
    assert limited.value.retry_after >= timedelta(seconds=30)
    assert len(vendor.seen) == 1


async def test_retries_are_a_small_share_of_the_calls(vendor, reach):
    vendor.answer = failing(10_000)
    upstream = reach()

    for _ in range(15):
        with pytest.raises(SourceError):
            await upstream.fetch(READ)

    # Fifteen calls and 3 + 15 // 10 retries; the breaker would need twenty.
    assert len(vendor.seen) == 15 + 4


async def test_nobody_listening_is_unavailable(serve_bytes):
    async with serve_bytes(None) as base_url:
        pass
    upstream = opener("gone", base_url, ())(KeyAuth(), by_status, 1)

    with pytest.raises(SourceError) as failed:
        await upstream.fetch(WRITE)

    await upstream.aclose()
    assert (failed.value.code, failed.value.retryable) == (FaultCode.UNAVAILABLE, True)


@pytest.mark.parametrize(
    ("_case", "sent"),
    [
        ("closed without an answer", b""),
        ("not HTTP", b"220 mail.example ESMTP\r\n\r\n"),
        ("cut in the head", b"HTTP/1.1 200 OK\r\nContent-Le"),
        ("cut in the body", b'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"a":'),
        ("cut in a chunk", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n20\r\nabc"),
    ],
)
async def test_half_an_answer_is_unavailable_and_repeated_only_when_safe(serve_bytes, _case, sent):
    calls = []

    async def respond(_reader, writer):
        calls.append(1)
        writer.write(sent)
        await writer.drain()

    async with serve_bytes(respond) as base_url:
        upstream = opener("broken", base_url, ())(KeyAuth(), by_status, 1)
        with pytest.raises(SourceError) as written:
            await upstream.fetch(WRITE)
        writes = len(calls)
        with pytest.raises(SourceError) as read:
            await upstream.fetch(READ)
        await upstream.aclose()

    assert (written.value.code, read.value.code) == (FaultCode.UNAVAILABLE, FaultCode.UNAVAILABLE)
    assert (writes, len(calls)) == (1, 4)


async def test_silence_ends_with_the_limit_of_one_call(vendor, reach):
    vendor.hold = 1.0
    started = time.monotonic()

    with pytest.raises(SourceError) as late:
        await reach(limits=Limits(seconds=0.2)).fetch(WRITE)

    assert late.value.code is FaultCode.TIMEOUT
    assert time.monotonic() - started < 0.9


async def test_silence_ends_with_the_deadline_whatever_the_retries(vendor, reach):
    vendor.hold = 1.0
    started = time.monotonic()

    with until(asyncio.get_running_loop().time() + 0.3), pytest.raises(SourceError) as late:
        await reach().fetch(READ)

    assert late.value.code is FaultCode.TIMEOUT
    assert time.monotonic() - started < 0.9
    assert len(vendor.seen) == 1


async def test_after_the_deadline_nothing_is_sent(vendor, reach):
    with until(asyncio.get_running_loop().time() - 1), pytest.raises(SourceError) as late:
        await reach().fetch(READ)

    assert late.value.code is FaultCode.TIMEOUT
    assert vendor.seen == []

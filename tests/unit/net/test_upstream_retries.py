import asyncio
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import msgspec
import pytest
from starlette.responses import Response as Answer

from gateway.canonical.fault import FaultCode
from gateway.errors import SourceError
from gateway.net.message import UpstreamRequest
from gateway.net.upstream import CallLimits, create_opener
from gateway.resilience.deadline import apply_deadline
from subgraphs.kit.failures import classify_status
from tests.unit.net.conftest import KeyAuth

READ = UpstreamRequest(method="GET", path="items", operation="items", safe=True)
WRITE = msgspec.structs.replace(READ, method="POST", safe=False)


def respond_failing(times, status=503, headers=None):
    return lambda _request, number: Answer("{}", status if number <= times else 200, headers)


async def test_a_safe_call_is_retried_until_it_succeeds(vendor, connect):
    vendor.answer = respond_failing(2)

    assert (await connect().fetch(READ)).status == 200
    assert len(vendor.seen) == 3


async def test_a_call_has_at_most_three_attempts(vendor, connect):
    vendor.answer = respond_failing(99)

    with pytest.raises(SourceError) as failed:
        await connect().fetch(READ)

    assert failed.value.code is FaultCode.UNAVAILABLE
    assert len(vendor.seen) == 3


async def test_an_unsafe_call_is_never_retried(vendor, connect):
    vendor.answer = respond_failing(1)

    with pytest.raises(SourceError):
        await connect().fetch(WRITE)

    assert len(vendor.seen) == 1


@pytest.mark.parametrize("status", [400, 403, 404, 422])
async def test_client_errors_are_not_retried(vendor, connect, status):
    vendor.answer = respond_failing(1, status)

    with pytest.raises(SourceError):
        await connect().fetch(READ)

    assert len(vendor.seen) == 1


async def test_the_retry_waits_for_retry_after(vendor, connect):
    vendor.answer = respond_failing(1, 429, {"Retry-After": "1"})
    started = time.monotonic()

    await connect().fetch(READ)

    assert time.monotonic() - started >= 1.0
    assert len(vendor.seen) == 2


@pytest.mark.parametrize(
    "form", ["30", format_datetime(datetime.now(UTC) + timedelta(days=400), usegmt=True)], ids=["seconds", "date"]
)
async def test_a_retry_after_beyond_the_deadline_fails_at_once(vendor, connect, form):
    vendor.answer = respond_failing(1, 429, {"Retry-After": form})

    with apply_deadline(asyncio.get_running_loop().time() + 5), pytest.raises(SourceError) as limited:
        await connect().fetch(READ)

    assert limited.value.code is FaultCode.RATE_LIMITED
    assert limited.value.retry_after is not None
    assert limited.value.retry_after >= timedelta(seconds=30)
    assert len(vendor.seen) == 1


async def test_retries_are_limited_by_the_retry_budget(vendor, connect):
    vendor.answer = respond_failing(10_000)
    upstream = connect()

    for _ in range(15):
        with pytest.raises(SourceError):
            await upstream.fetch(READ)

    # Fifteen calls and 3 + 15 // 10 retries; the breaker opens at twenty.
    assert len(vendor.seen) == 15 + 4


async def test_a_refused_connection_is_unavailable(serve_bytes):
    async with serve_bytes(None) as base_url:
        pass
    upstream = create_opener("gone", base_url, ())(KeyAuth(), classify_status, 1)

    with pytest.raises(SourceError) as failed:
        await upstream.fetch(WRITE)

    await upstream.aclose()
    assert (failed.value.code, failed.value.retryable) == (FaultCode.UNAVAILABLE, True)


@pytest.mark.parametrize(
    ("_case", "sent"),
    [
        ("closed without a response", b""),
        ("not HTTP", b"220 mail.example ESMTP\r\n\r\n"),
        ("truncated in the header", b"HTTP/1.1 200 OK\r\nContent-Le"),
        ("truncated in the body", b'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"a":'),
        ("truncated in a chunk", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n20\r\nabc"),
    ],
)
async def test_an_incomplete_response_is_unavailable_and_retried_only_when_safe(serve_bytes, _case, sent):
    calls = []

    async def respond(_reader, writer):
        calls.append(1)
        writer.write(sent)
        await writer.drain()

    async with serve_bytes(respond) as base_url:
        upstream = create_opener("broken", base_url, ())(KeyAuth(), classify_status, 1)
        with pytest.raises(SourceError) as written:
            await upstream.fetch(WRITE)
        writes = len(calls)
        with pytest.raises(SourceError) as read:
            await upstream.fetch(READ)
        await upstream.aclose()

    assert (written.value.code, read.value.code) == (FaultCode.UNAVAILABLE, FaultCode.UNAVAILABLE)
    assert (writes, len(calls)) == (1, 4)


async def test_a_call_without_a_response_ends_at_its_timeout(vendor, connect):
    vendor.hold = 1.0
    started = time.monotonic()

    with pytest.raises(SourceError) as late:
        await connect(limits=CallLimits(timeout_seconds=0.2)).fetch(WRITE)

    assert late.value.code is FaultCode.TIMEOUT
    assert time.monotonic() - started < 0.9


async def test_a_call_without_a_response_ends_at_the_deadline(vendor, connect):
    vendor.hold = 1.0
    started = time.monotonic()

    with apply_deadline(asyncio.get_running_loop().time() + 0.3), pytest.raises(SourceError) as late:
        await connect().fetch(READ)

    assert late.value.code is FaultCode.TIMEOUT
    assert time.monotonic() - started < 0.9
    assert len(vendor.seen) == 1


async def test_nothing_is_sent_after_the_deadline(vendor, connect):
    with apply_deadline(asyncio.get_running_loop().time() - 1), pytest.raises(SourceError) as late:
        await connect().fetch(READ)

    assert late.value.code is FaultCode.TIMEOUT
    assert vendor.seen == []

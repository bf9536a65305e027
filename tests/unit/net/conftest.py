"""A vendor over real HTTP that records requests and responds as the test defines."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from starlette.requests import Request
from starlette.responses import Response as Answer

from gateway.net.upstream import HttpUpstream, create_opener
from subgraphs.kit.failures import classify_status
from subgraphs.kit.twin.server import serve

Answerer = Callable[[Request, int], Answer]


@dataclass
class RecordedRequest:
    """One request as received."""

    method: str
    path: str
    query: list[tuple[str, str]]
    headers: dict[str, str]
    body: bytes


@dataclass
class Vendor:
    """A vendor: `answer(request, n)` responds to the n-th data call (from 1).

    `hold` delays the response, a cleared `gate` blocks it; `/token` grants tokens t1, t2, ... of `life` seconds.
    """

    answer: Answerer = lambda _request, _number: Answer("{}", media_type="application/json")
    hold: float = 0.0
    life: Any = 3600
    token_status: int = 200
    base_url: str = ""
    seen: list[RecordedRequest] = field(default_factory=list)
    tokens: int = 0
    max_in_flight: int = 0
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    _in_flight: int = 0
    _changed: asyncio.Condition = field(default_factory=asyncio.Condition)

    def __post_init__(self):
        self.gate.set()

    async def wait_for_calls(self, calls: int) -> None:
        """Wait until this number of calls is in flight."""
        async with asyncio.timeout(10), self._changed:
            await self._changed.wait_for(lambda: self._in_flight == calls)

    async def __call__(self, scope, receive, send):
        request = Request(scope, receive)
        body = await request.body()
        if request.url.path == "/token":
            self.tokens += 1
            granted = json.dumps({"access_token": f"t{self.tokens}", "expires_in": self.life})
            await asyncio.sleep(self.hold)
            await Answer(granted, self.token_status, media_type="application/json")(scope, receive, send)
            return
        self.seen.append(
            RecordedRequest(
                request.method,
                scope["raw_path"].decode(),
                request.query_params.multi_items(),
                dict(request.headers),
                body,
            )
        )
        number = len(self.seen)
        self._in_flight += 1
        self.max_in_flight = max(self.max_in_flight, self._in_flight)
        try:
            async with self._changed:
                self._changed.notify_all()
            await self.gate.wait()
            await asyncio.sleep(self.hold)
            await self.answer(request, number)(scope, receive, send)
        finally:
            self._in_flight -= 1


class KeyAuth:
    """A static credential."""

    def build_token_request(self):
        return None

    def read_token(self, response):
        raise AssertionError(response)

    def apply(self, request, token):
        assert token == ""
        return request


@pytest.fixture
async def vendor() -> AsyncIterator[Vendor]:
    subject = Vendor()
    async with serve(subject) as base_url:
        subject.base_url = base_url
        yield subject


@pytest.fixture
async def connect(vendor: Vendor):
    """Create clients of the vendor."""
    opened: list[HttpUpstream] = []

    def open_(auth=None, classify=classify_status, concurrency=10, path="", **options) -> HttpUpstream:
        upstream = create_opener("vendor-main", vendor.base_url + path, (), **options)(
            auth or KeyAuth(), classify, concurrency
        )
        opened.append(upstream)
        return upstream

    yield open_
    for upstream in opened:
        await upstream.aclose()


@asynccontextmanager
async def run_raw_server(respond: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Any]) -> AsyncIterator[str]:
    """Serve raw bytes instead of HTTP."""

    async def handle(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        await respond(reader, writer)
        writer.close()

    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"


@pytest.fixture
def serve_bytes():
    return run_raw_server

"""Local proxies in front of a system: one refuses every call but logins, one forwards every call."""

import json
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp

from gateway.ports.connection import Connection
from subgraphs.kit.conformance import ErrorAnswer, RunningSystem
from subgraphs.kit.twin.server import serve
from tests.contract.live import LiveTenant
from tests.contract.systems import reroute

METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND"]


@dataclass
class AnswerCounter:
    """The number of calls that got the refusal; 0 means that the port did not use the proxy."""

    count: int = 0


@asynccontextmanager
async def serve_refusal(
    running: RunningSystem | LiveTenant, refusal: ErrorAnswer
) -> AsyncIterator[tuple[Connection, AnswerCounter]]:
    """Yield the connection through a proxy that forwards logins and answers every other call with `refusal`."""
    target, token_path, answers = running.connection.base_url, running.token_path, AnswerCounter()
    async with httpx.AsyncClient(base_url=target, trust_env=False) as client:

        async def answer(request: Request) -> Response:
            if request.url.path != token_path:
                answers.count += 1
                return Response(refusal.body, refusal.status, media_type=refusal.media_type)
            return await forward(client, request)

        app = Starlette(routes=[Route("/{path:path}", answer, methods=METHODS)])
        async with serve(app) as base_url:
            yield reroute(running.connection, base_url), answers


@asynccontextmanager
async def forward_calls(running: RunningSystem, watch: Callable[[ASGIApp], ASGIApp]) -> AsyncIterator[Connection]:
    """Yield the connection through a proxy that forwards every call, with the middleware `watch` around it."""
    async with httpx.AsyncClient(base_url=running.connection.base_url, trust_env=False) as client:

        async def answer(request: Request) -> Response:
            return await forward(client, request)

        app = Starlette(routes=[Route("/{path:path}", answer, methods=METHODS)])
        async with serve(watch(app)) as base_url:
            yield reroute(running.connection, base_url)


async def forward(client: httpx.AsyncClient, request: Request) -> Response:
    """Forward a call to the system, Host header included: some systems compare a login with its address."""
    answer = await client.request(
        request.method,
        request.url.path,
        params=request.url.query,
        headers=request.headers.raw,
        content=await request.body(),
    )
    return Response(answer.content, answer.status_code, media_type=answer.headers.get("content-type"))


def build_closed_connection(connection: Connection) -> Connection:
    """Return the connection to a port of this machine on which no server listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{free.getsockname()[1]}"
    return reroute(connection, address)


def extract_sentences(body: bytes) -> set[str]:
    """Return the sentences of a refusal: every text of several words in its body, or the body itself."""
    try:
        return {text for text in _find_texts(json.loads(body)) if " " in text}
    except ValueError:
        return {body.decode("utf-8", "replace")} if body else set()


def _find_texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from _find_texts(each)
    elif isinstance(value, list):
        for each in value:
            yield from _find_texts(each)

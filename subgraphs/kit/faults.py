"""Fault switches of a twin: what a vendor does when it is not well. `POST /__control` sets them, `GET /__control` tells what was called.

Body, all optional: `{"latency_ms": 200, "times": 3, "status": 503, "path": "suiteql", "after_commit": true, "retry_after": 2, "garbage": true,
"truncate": true, "expire_tokens": true, "reset": true}`. A fault strikes the next `times` calls (1 unless given) whose path contains `path`;
`after_commit` lets the call do its work first. `latency_ms` holds until it is set again.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

CONTROL = "/__control"
TOO_MANY = 429
Refuse = Callable[[int, Mapping[str, str]], Response]
"""(status, headers) -> how the vendor words a refusal of that status."""


class Switch(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """One setting of the switches."""

    latency_ms: int | None = None
    times: int = 1
    status: int | None = None
    path: str = ""
    after_commit: bool = False
    retry_after: int | None = None
    garbage: bool = False
    truncate: bool = False
    expire_tokens: bool = False
    reset: bool = False


class Faults:
    """ASGI middleware: counts calls, holds the concurrency limit, and strikes where it was told to.

    `expire` ends every token, `refuse` words refusals; calls to `login` are not counted against `concurrency`; `called` names a call for the count.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        expire: Callable[[], Any],
        refuse: Refuse,
        login: str,
        concurrency: int,
        called: Callable[[Scope], str] = lambda scope: str(scope["path"]).rsplit("/", 1)[-1],
    ) -> None:
        self._app = app
        self._expire = expire
        self._refuse = refuse
        self._login = login
        self._concurrency = concurrency
        self._called = called
        self._running = 0
        self._latency = 0.0
        self._armed: list[Switch] = []
        self._calls: Counter[str] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
        elif scope["path"] == CONTROL:
            await (await self._control(Request(scope, receive)))(scope, receive, send)
        else:
            await self._serve(scope, receive, send)

    async def _control(self, request: Request) -> Response:
        if request.method == "POST":
            try:
                switch = msgspec.json.decode(await request.body(), type=Switch)
            except msgspec.DecodeError as error:
                return JSONResponse({"error": str(error)}, 400)
            self._set(switch)
        return JSONResponse({"calls": dict(self._calls), "armed": len(self._armed)})

    def _set(self, switch: Switch) -> None:
        if switch.reset:
            self._armed.clear()
            self._calls.clear()
            self._latency = 0.0
        if switch.latency_ms is not None:
            self._latency = switch.latency_ms / 1000
        if switch.expire_tokens:
            self._expire()
        if switch.status is not None or switch.garbage or switch.truncate:
            self._armed.append(switch)

    def _struck(self, path: str) -> Switch | None:
        for switch in self._armed:
            if switch.path in path:
                switch.times -= 1
                if switch.times <= 0:
                    self._armed.remove(switch)
                return switch
        return None

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        path: str = scope["path"]
        self._calls[self._called(scope)] += 1
        counted = path != self._login
        self._running += counted
        try:
            if counted and self._running > self._concurrency:
                await self._refuse(TOO_MANY, {})(scope, receive, send)
                return
            if self._latency:
                await asyncio.sleep(self._latency)
            await self._answer(self._struck(path), scope, receive, send)
        finally:
            self._running -= counted

    async def _answer(self, switch: Switch | None, scope: Scope, receive: Receive, send: Send) -> None:
        if switch is None:
            await self._app(scope, receive, send)
        elif switch.garbage:
            await Response(b"<html>not json", media_type="application/json")(scope, receive, send)
        elif switch.truncate:
            await self._app(scope, receive, _truncating(send))
        else:
            if switch.after_commit:
                await self._app(scope, receive, _discard)
            headers = {} if switch.retry_after is None else {"retry-after": str(switch.retry_after)}
            await self._refuse(switch.status or 500, headers)(scope, receive, send)


async def _discard(_: Message) -> None:
    """Lose an answer that was already worked for."""


def _truncating(send: Send) -> Send:
    async def cut(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = [(name, value) for name, value in message["headers"] if name != b"content-length"]
            message = {**message, "headers": headers}
        elif message["type"] == "http.response.body":
            body: bytes = message.get("body", b"")
            message = {**message, "body": body[: len(body) // 2]}
        await send(message)

    return cut

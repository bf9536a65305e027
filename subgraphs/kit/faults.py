"""The fault switches of a twin, the same for every vendor: what it does when it is not well, and what it received.

- `POST /__control` sets a switch, such as `{"kind": "unavailable", "path": "suiteql", "times": 3}`; the kinds are those of `switches.py`. What is not one
  is refused with 400 and `{"error", "field"}`.
- `GET /__control` tells `{"calls": {operation: count}, "armed": [switch]}`: the calls that arrived since the reset, answered or not, logins as `token`.
- `DELETE /__control` takes every switch away, starts the count anew, and brings a static token back. Rows stay as they have become.

All three answer with what `GET` tells. By hand: `curl -d '{"kind": "latency", "milliseconds": 2000}' ADDRESS/__control`, where `systems.json` beside the
demo's settings has the addresses.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Collection, Mapping
from typing import Final, Protocol

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from subgraphs.kit.switches import (
    BadSwitchError,
    Before,
    Change,
    Garbage,
    Instead,
    Latency,
    Locked,
    Refusal,
    RowsChanged,
    SilentAfterCommit,
    Throttled,
    TokenExpired,
    Truncated,
    Unavailable,
    UnavailableAfterCommit,
    read_switch,
)

CONTROL: Final = "/__control"
_NO_JSON: Final = b"<html>not json</html>"
Wording = Mapping[Refusal, Callable[[Mapping[str, str]], Response]]
"""By refusal: headers -> the answer. A vendor without words for a refusal never gives it."""


class Vendor(Protocol):
    """What a twin supplies: its words, and how its rows change."""

    @property
    def login(self) -> str:
        """The path of the token endpoint; empty for static tokens."""

    @property
    def concurrency(self) -> int | None:
        """How many calls may run at once, logins apart; None for any number."""

    @property
    def wording(self) -> Wording:
        """How it refuses."""

    @property
    def objects(self) -> Collection[str]:
        """The objects whose rows can change, by the vendor's own names."""

    def called(self, scope: Scope) -> str:
        """Name a call for the count."""

    def expire(self) -> None:
        """End every token."""

    def restore(self) -> None:
        """Bring a static token back."""

    def change(self, name: str, change: Change) -> None:
        """Change the first row of an object, or put another like it before it; nothing where there is no row."""


class Faults:
    """ASGI middleware: counts calls, holds the concurrency limit, and strikes where it was told to."""

    def __init__(self, app: ASGIApp, vendor: Vendor) -> None:
        self._app = app
        self._vendor = vendor
        self._running = 0
        self._armed: list[Before | Instead] = []
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
                self._arm(read_switch(await request.body()))
            except BadSwitchError as error:
                return _json({"error": str(error), "field": error.field}, 400)
        elif request.method == "DELETE":
            self._armed.clear()
            self._calls.clear()
            self._vendor.restore()
        elif request.method != "GET":
            return Response(status_code=405, headers={"allow": "GET, POST, DELETE"})
        return _json({"calls": dict(self._calls), "armed": self._armed})

    def _arm(self, switch: Before | Instead) -> None:
        if isinstance(switch, Locked) and Refusal.LOCKED not in self._vendor.wording:
            raise BadSwitchError("This vendor locks no rows.", "kind")
        if isinstance(switch, RowsChanged) and switch.object not in self._vendor.objects:
            known = ", ".join(sorted(self._vendor.objects))
            raise BadSwitchError(f"There is no object {switch.object}; there are {known}.", "object")
        if isinstance(switch, Latency):
            self._armed = [each for each in self._armed if not (isinstance(each, Latency) and each.path == switch.path)]
            if switch.milliseconds == 0:
                return
        self._armed.append(switch)

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        login = scope["path"] == self._vendor.login
        self._calls[self._vendor.called(scope)] += 1
        self._running += not login
        try:
            limit = self._vendor.concurrency
            if not login and limit is not None and self._running > limit:
                await self._vendor.wording[Refusal.THROTTLED]({})(scope, receive, send)
                return
            before, instead = self._struck(scope["path"], login=login)
            if before:
                receive = await _read(receive)
            for switch in before:
                await self._befall(switch)
            await self._answer(instead, scope, receive, send)
        finally:
            self._running -= not login

    def _struck(self, path: str, *, login: bool) -> tuple[list[Before], Instead | None]:
        """Return what happens before the answer to a call, and what comes instead of it."""
        before: list[Before] = []
        instead: Instead | None = None
        for switch in self._armed:
            if isinstance(switch, Before):
                if switch.due(path, login=login):
                    before.append(switch)
            elif instead is None and switch.due(path, login=login):
                instead = switch
        self._armed = [switch for switch in self._armed if switch.times != 0]
        return before, instead

    async def _befall(self, switch: Before) -> None:
        match switch:
            case Latency():
                await asyncio.sleep(switch.milliseconds / 1000)
            case TokenExpired():
                self._vendor.expire()
            case RowsChanged():
                self._vendor.change(switch.object, switch.change)

    async def _answer(self, switch: Instead | None, scope: Scope, receive: Receive, send: Send) -> None:
        match switch:
            case None:
                await self._app(scope, receive, send)
            case Garbage():
                await Response(_NO_JSON, media_type="application/json")(scope, receive, send)
            case Truncated():
                await self._app(scope, receive, _truncating(send))
            case SilentAfterCommit():
                await self._app(scope, receive, _discard)
                await _gone(receive)
            case UnavailableAfterCommit():
                await self._app(scope, receive, _discard)
                await self._vendor.wording[Refusal.UNAVAILABLE]({})(scope, receive, send)
            case Throttled() | Unavailable():
                headers = {} if switch.retry_after is None else {"retry-after": str(switch.retry_after)}
                kind = Refusal.THROTTLED if isinstance(switch, Throttled) else Refusal.UNAVAILABLE
                await self._vendor.wording[kind](headers)(scope, receive, send)
            case Locked():
                await self._vendor.wording[Refusal.LOCKED]({})(scope, receive, send)


def _json(told: object, status: int = 200) -> Response:
    return Response(msgspec.json.encode(told), status, media_type="application/json")


async def _read(receive: Receive) -> Receive:
    """Take a call in whole, so that it is served even when its caller does not wait for it; return what tells it once more."""
    told: list[Message] = []
    while not told or told[-1].get("more_body", False):
        told.append(await receive())
    waiting = iter(told)

    async def again() -> Message:
        return next(waiting, None) or await receive()

    return again


async def _discard(_: Message) -> None:
    """Lose an answer that was already worked for."""


async def _gone(receive: Receive) -> None:
    """Wait until the caller has given up."""
    while (await receive())["type"] != "http.disconnect":
        pass


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

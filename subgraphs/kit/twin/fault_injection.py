"""The control endpoint of a twin, the same for every vendor: it injects faults and counts calls.

- `POST /__control` injects a fault, such as `{"kind": "unavailable", "path": "suiteql", "times": 3}`; `faults.py`
  lists the kinds. An invalid body is rejected with 400 and `{"error", "field"}`.
- `GET /__control` returns `{"calls": {operation: count}, "faults": [fault]}`: the calls that arrived since the last
  clear, answered or not, with logins as `token`, and the active faults.
- `DELETE /__control` clears all faults, resets the counts and restores a static token. Changed rows stay changed.

All three return what `GET` returns. Example: `curl -d '{"kind": "latency", "milliseconds": 2000}' ADDRESS/__control`,
where `systems.json` beside the demo's settings has the addresses.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Collection, Mapping
from typing import Final, Protocol

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from subgraphs.kit.twin.faults import (
    AnswerFault,
    InvalidFaultError,
    InvalidJson,
    Latency,
    LostAnswer,
    RateLimit,
    Reset,
    RowChange,
    RowLocked,
    RowsChanged,
    SideEffect,
    TokenExpired,
    Truncated,
    Unavailable,
    UnavailableAfterCommit,
    VendorError,
    parse_fault,
)
from subgraphs.kit.twin.server import reset_connection

CONTROL_PATH: Final = "/__control"
_NO_JSON: Final = b"<html>not json</html>"
ErrorAnswers = Mapping[VendorError, Callable[[Mapping[str, str]], Response]]
"""Per error: headers -> the vendor's answer. A vendor that never gives an error has no entry for it."""


class FaultHooks(Protocol):
    """What a twin supplies: its error answers, and how its rows change."""

    @property
    def login(self) -> str:
        """The path of the token endpoint; empty for static tokens."""

    @property
    def concurrency(self) -> int | None:
        """The maximum number of concurrent calls, logins excluded; None for no limit."""

    @property
    def error_answers(self) -> ErrorAnswers:
        """The vendor's error answers."""

    @property
    def objects(self) -> Collection[str]:
        """The objects whose rows can change, by the vendor's names."""

    def get_operation(self, scope: Scope) -> str:
        """Return the operation under which a call is counted."""

    def expire(self) -> None:
        """Expire all tokens."""

    def restore(self) -> None:
        """Restore a static token."""

    def change(self, name: str, change: RowChange) -> None:
        """Change the first row of an object, or insert a copy before it; do nothing if there is no row."""


class FaultInjector:
    """ASGI middleware: counts calls, enforces the concurrency limit and applies injected faults."""

    def __init__(self, app: ASGIApp, vendor: FaultHooks) -> None:
        self._app = app
        self._vendor = vendor
        self._running = 0
        self._faults: list[SideEffect | AnswerFault] = []
        self._calls: Counter[str] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
        elif scope["path"] == CONTROL_PATH:
            await (await self._handle_control(Request(scope, receive)))(scope, receive, send)
        else:
            await self._serve(scope, receive, send)

    async def _handle_control(self, request: Request) -> Response:
        if request.method == "POST":
            try:
                self._inject(parse_fault(await request.body()))
            except InvalidFaultError as error:
                return _build_json_response({"error": str(error), "field": error.field}, 400)
        elif request.method == "DELETE":
            self._faults.clear()
            self._calls.clear()
            self._vendor.restore()
        elif request.method != "GET":
            return Response(status_code=405, headers={"allow": "GET, POST, DELETE"})
        return _build_json_response({"calls": dict(self._calls), "faults": self._faults})

    def _inject(self, fault: SideEffect | AnswerFault) -> None:
        if isinstance(fault, RowLocked) and VendorError.ROW_LOCKED not in self._vendor.error_answers:
            raise InvalidFaultError("This vendor does not lock rows.", "kind")
        if isinstance(fault, RowsChanged) and fault.object not in self._vendor.objects:
            known = ", ".join(sorted(self._vendor.objects))
            raise InvalidFaultError(f"Unknown object {fault.object}; choose one of {known}.", "object")
        if isinstance(fault, Latency):
            self._faults = [
                each for each in self._faults if not (isinstance(each, Latency) and each.path == fault.path)
            ]
            if fault.milliseconds == 0:
                return
        self._faults.append(fault)

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        login = scope["path"] == self._vendor.login
        self._calls[self._vendor.get_operation(scope)] += 1
        self._running += not login
        try:
            limit = self._vendor.concurrency
            if not login and limit is not None and self._running > limit:
                await self._vendor.error_answers[VendorError.RATE_LIMIT]({})(scope, receive, send)
                return
            effects, replacement = self._select_faults(scope["path"], login=login)
            if effects:
                receive = await _buffer_request(receive)
            for fault in effects:
                await self._apply(fault)
            await self._answer(replacement, scope, receive, send)
        finally:
            self._running -= not login

    def _select_faults(self, path: str, *, login: bool) -> tuple[list[SideEffect], AnswerFault | None]:
        """Return the side effects that are due for a call, and the fault that replaces its answer."""
        effects: list[SideEffect] = []
        replacement: AnswerFault | None = None
        for fault in self._faults:
            if isinstance(fault, SideEffect):
                if fault.consume(path, login=login):
                    effects.append(fault)
            elif replacement is None and fault.consume(path, login=login):
                replacement = fault
        self._faults = [fault for fault in self._faults if fault.times != 0]
        return effects, replacement

    async def _apply(self, fault: SideEffect) -> None:
        match fault:
            case Latency():
                await asyncio.sleep(fault.milliseconds / 1000)
            case TokenExpired():
                self._vendor.expire()
            case RowsChanged():
                self._vendor.change(fault.object, fault.change)

    async def _answer(self, fault: AnswerFault | None, scope: Scope, receive: Receive, send: Send) -> None:
        match fault:
            case None:
                await self._app(scope, receive, send)
            case Reset():
                reset_connection(scope)
                await _wait_for_disconnect(receive)
            case InvalidJson():
                await Response(_NO_JSON, media_type="application/json")(scope, receive, send)
            case Truncated():
                await self._app(scope, receive, _truncate(send))
            case LostAnswer():
                await self._app(scope, receive, _discard)
                await _wait_for_disconnect(receive)
            case UnavailableAfterCommit():
                await self._app(scope, receive, _discard)
                await self._vendor.error_answers[VendorError.UNAVAILABLE]({})(scope, receive, send)
            case RateLimit() | Unavailable():
                headers = {} if fault.retry_after is None else {"retry-after": str(fault.retry_after)}
                kind = VendorError.RATE_LIMIT if isinstance(fault, RateLimit) else VendorError.UNAVAILABLE
                await self._vendor.error_answers[kind](headers)(scope, receive, send)
            case RowLocked():
                await self._vendor.error_answers[VendorError.ROW_LOCKED]({})(scope, receive, send)


def _build_json_response(content: object, status: int = 200) -> Response:
    return Response(msgspec.json.encode(content), status, media_type="application/json")


async def _buffer_request(receive: Receive) -> Receive:
    """Read the whole request, so that it is executed even if its caller gives up; return its replay."""
    messages: list[Message] = []
    while not messages or messages[-1].get("more_body", False):
        messages.append(await receive())
    replay = iter(messages)

    async def replay_or_receive() -> Message:
        return next(replay, None) or await receive()

    return replay_or_receive


async def _discard(_: Message) -> None:
    """Drop a part of the answer."""


async def _wait_for_disconnect(receive: Receive) -> None:
    """Wait until the connection is closed."""
    while (await receive())["type"] != "http.disconnect":
        pass


def _truncate(send: Send) -> Send:
    async def send_half(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = [(name, value) for name, value in message["headers"] if name != b"content-length"]
            message = {**message, "headers": headers}
        elif message["type"] == "http.response.body":
            body: bytes = message.get("body", b"")
            message = {**message, "body": body[: len(body) // 2]}
        await send(message)

    return send_half

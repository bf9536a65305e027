"""What arrives at a system: method, path and, where one path serves several purposes, the operation."""

import json
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple
from urllib.parse import parse_qs, unquote, urlsplit

from starlette.types import ASGIApp, Message, Receive, Scope, Send

_FIRST_ERROR = 400


class Arrival(NamedTuple):
    """One call. The operation of a login is its grant; a sub-request of a composite call is a call of its own."""

    method: str
    path: str
    operation: str = ""


def record_calls(seen: list[Arrival]) -> Callable[[ASGIApp], ASGIApp]:
    """Return what wraps an application so that every call that it did not refuse is noted in `seen`."""

    def wrapped(app: ASGIApp) -> ASGIApp:
        async def served(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] != "http" or "/__control" in scope["path"]:
                await app(scope, receive, send)
                return
            body, answered, statuses = bytearray(), bytearray(), [_FIRST_ERROR]

            async def read() -> Message:
                message = await receive()
                body.extend(message.get("body", b""))
                return message

            async def answer(message: Message) -> None:
                if message["type"] == "http.response.start":
                    statuses.append(message["status"])
                answered.extend(message.get("body", b""))
                await send(message)

            await app(scope, read, answer)
            if statuses[-1] < _FIRST_ERROR:
                seen.extend(_parse_calls(scope["method"], scope["path"], bytes(body), bytes(answered)))

        return served

    return wrapped


def _parse_calls(method: str, path: str, body: bytes, answered: bytes) -> Iterator[Arrival]:
    grants = parse_qs(body.decode(errors="replace")).get("grant_type", [])
    yield Arrival(method, path, grants[0] if grants else "")
    if path.endswith("/composite"):
        asked: list[dict[str, Any]] = json.loads(body)["compositeRequest"]
        answers: list[dict[str, Any]] = json.loads(answered)["compositeResponse"]
        for request, response in zip(asked, answers, strict=True):
            if response["httpStatusCode"] < _FIRST_ERROR:
                yield Arrival(request["method"], unquote(urlsplit(request["url"]).path))

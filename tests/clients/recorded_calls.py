"""Records the calls that a system receives: method, path and, if a path serves several purposes, the operation."""

import json
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple
from urllib.parse import parse_qs, unquote, urlsplit

from starlette.types import ASGIApp, Message, Receive, Scope, Send

_FIRST_ERROR = 400


class RecordedCall(NamedTuple):
    """One call. The operation of a login is its grant type; each sub-request of a composite call is a call."""

    method: str
    path: str
    operation: str = ""


def record_calls(recorded: list[RecordedCall]) -> Callable[[ASGIApp], ASGIApp]:
    """Return a wrapper of an application that appends every successful call to `recorded`."""

    def wrap(app: ASGIApp) -> ASGIApp:
        async def call(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] != "http" or "/__control" in scope["path"]:
                await app(scope, receive, send)
                return
            request_body, response_body, statuses = bytearray(), bytearray(), [_FIRST_ERROR]

            async def record_request() -> Message:
                message = await receive()
                request_body.extend(message.get("body", b""))
                return message

            async def record_response(message: Message) -> None:
                if message["type"] == "http.response.start":
                    statuses.append(message["status"])
                response_body.extend(message.get("body", b""))
                await send(message)

            await app(scope, record_request, record_response)
            if statuses[-1] < _FIRST_ERROR:
                recorded.extend(_parse_calls(scope["method"], scope["path"], bytes(request_body), bytes(response_body)))

        return call

    return wrap


def _parse_calls(method: str, path: str, request_body: bytes, response_body: bytes) -> Iterator[RecordedCall]:
    grants = parse_qs(request_body.decode(errors="replace")).get("grant_type", [])
    yield RecordedCall(method, path, grants[0] if grants else "")
    if path.endswith("/composite"):
        requests: list[dict[str, Any]] = json.loads(request_body)["compositeRequest"]
        responses: list[dict[str, Any]] = json.loads(response_body)["compositeResponse"]
        for request, response in zip(requests, responses, strict=True):
            if response["httpStatusCode"] < _FIRST_ERROR:
                yield RecordedCall(request["method"], unquote(urlsplit(request["url"]).path))

"""Reads a request's body: capped while it arrives, of one media type, nested no deeper than a cap."""

import asyncio
from typing import Annotated, Any

import msgspec
from starlette.requests import Request

from gateway.http.problems import ProblemError

MAX_BODY_BYTES = 1024 * 1024
MAX_NESTING = 32
MAX_NAME_LENGTH = 200
BACKSLASH, QUOTE = b'\\"'


class GraphQLBody(msgspec.Struct, frozen=True):
    """A GraphQL-over-HTTP request."""

    query: str
    variables: dict[str, Any] | None = None
    operationName: Annotated[str, msgspec.Meta(max_length=MAX_NAME_LENGTH)] | None = None  # noqa: N815 -- the wire's name
    extensions: dict[str, Any] | None = None


_DECODER = msgspec.json.Decoder(GraphQLBody)


def require_json(request: Request) -> None:
    """Raise ProblemError 415 for a body of any other media type: no form of a browser's page can send this one."""
    told = request.headers.getlist("content-type")
    if len(told) != 1 or told[0].split(";", 1)[0].strip().lower() != "application/json":
        raise ProblemError(415, "UNSUPPORTED_MEDIA_TYPE", "Send the request as application/json.")


async def read_body(request: Request, seconds: float) -> GraphQLBody:
    """Return the parsed body, which has so many seconds to arrive; raises ProblemError 408, 413 or 400. Nothing is parsed before the cap is known to hold."""
    try:
        async with asyncio.timeout(seconds):
            body = await _read_stream(request)
    except TimeoutError:
        raise ProblemError(408, "BODY_TOO_SLOW", "The body did not arrive in time.", {"Connection": "close"}) from None
    if is_nested_too_deep(body):
        raise ProblemError(400, "BODY_TOO_DEEP", f"JSON may be nested {MAX_NESTING} deep.")
    if body.lstrip()[:1] == b"[":
        raise ProblemError(400, "NO_BATCHES", "Send one operation per request.")
    try:
        return _DECODER.decode(body)
    except msgspec.MsgspecError:
        raise ProblemError(400, "MALFORMED_BODY", "The body is not a GraphQL request in JSON.") from None


async def _read_stream(request: Request) -> bytes:
    chunks: list[bytes] = []
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > MAX_BODY_BYTES:
            raise ProblemError(413, "BODY_TOO_LARGE", f"The body may have {MAX_BODY_BYTES} bytes.")
        chunks.append(chunk)
    return b"".join(chunks)


def is_nested_too_deep(body: bytes) -> bool:
    """Tell whether brackets outside strings are nested deeper than the cap, without parsing."""
    depth = 0
    quoted = escaped = False
    for byte in body:
        if quoted:
            if escaped:
                escaped = False
            elif byte == BACKSLASH:
                escaped = True
            elif byte == QUOTE:
                quoted = False
        elif byte == QUOTE:
            quoted = True
        elif byte in b"[{":
            depth += 1
            if depth > MAX_NESTING:
                return True
        elif byte in b"]}":
            depth -= 1
    return False

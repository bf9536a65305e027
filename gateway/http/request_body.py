"""The body of a request: limited in size while it arrives, in media type and in nesting."""

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
    """A request of GraphQL over HTTP."""

    query: str
    variables: dict[str, Any] | None = None
    operationName: Annotated[str, msgspec.Meta(max_length=MAX_NAME_LENGTH)] | None = None  # noqa: N815 -- the wire's name
    extensions: dict[str, Any] | None = None


_DECODER = msgspec.json.Decoder(GraphQLBody)


def require_json(request: Request) -> None:
    """Raise ProblemError 415 unless the media type is JSON, which an HTML form of another site cannot send (CSRF)."""
    media_types = request.headers.getlist("content-type")
    if len(media_types) != 1 or media_types[0].split(";", 1)[0].strip().lower() != "application/json":
        raise ProblemError(415, "UNSUPPORTED_MEDIA_TYPE", "Send the request as application/json.")


async def read_body(request: Request, seconds: float) -> GraphQLBody:
    """Return the parsed body, which must arrive within `seconds`. Raise ProblemError 408, 413 or 400.

    Size and nesting are checked before parsing.
    """
    try:
        async with asyncio.timeout(seconds):
            body = await _read_stream(request)
    except TimeoutError:
        detail = f"The body did not arrive within {seconds:g} seconds; send it faster or make it smaller."
        raise ProblemError(408, "REQUEST_TIMEOUT", detail, {"Connection": "close"}) from None
    if is_nested_too_deep(body):
        raise ProblemError(400, "BODY_TOO_DEEP", f"The JSON is nested more than {MAX_NESTING} levels deep.")
    if body.lstrip()[:1] == b"[":
        raise ProblemError(400, "BATCHING_NOT_SUPPORTED", "Batches are not supported; send one operation per request.")
    try:
        return _DECODER.decode(body)
    except msgspec.MsgspecError:
        detail = "The body is not a GraphQL request in JSON; send an object with a string `query`."
        raise ProblemError(400, "MALFORMED_BODY", detail) from None


async def _read_stream(request: Request) -> bytes:
    chunks: list[bytes] = []
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > MAX_BODY_BYTES:
            raise ProblemError(413, "BODY_TOO_LARGE", f"The body is larger than {MAX_BODY_BYTES} bytes.")
        chunks.append(chunk)
    return b"".join(chunks)


def is_nested_too_deep(body: bytes) -> bool:
    """Return whether brackets outside strings are nested too deep, without parsing the body."""
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

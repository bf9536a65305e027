"""The GraphQL request in a body or a URL: limited in size while it arrives, in media type, in nesting and in values."""

import asyncio
import re
from typing import Annotated, Any, Final

import msgspec
from starlette.requests import Request

from gateway.http.problems import ProblemError

MAX_BODY_BYTES: Final = 1024 * 1024
MAX_NESTING: Final = 32
MAX_CONTAINERS: Final = 10_000
MAX_NAME_LENGTH: Final = 200
_STRING: Final = re.compile(rb'"(?:[^"\\]++|\\.)*+(?:"|\\?\Z)', re.DOTALL)
_NO_BRACKETS: Final = bytes(set(range(256)) - set(b"[]{}"))
_PARAMETERS: Final = ("query", "variables", "operationName", "extensions")


class GraphQLBody(msgspec.Struct, frozen=True):
    """A request of GraphQL over HTTP; `query` is missing if the client sends only the hash of a persisted query."""

    query: str | None = None
    variables: dict[str, Any] | None = None
    operationName: Annotated[str, msgspec.Meta(max_length=MAX_NAME_LENGTH)] | None = None  # noqa: N815 -- the wire's name
    extensions: dict[str, Any] | None = None

    def __post_init__(self) -> None:
        """Raise ValueError, which the decoder reports, if there is neither a query nor the hash of one."""
        if self.query is None and "persistedQuery" not in (self.extensions or {}):
            raise ValueError("query is missing")


_DECODER: Final = msgspec.json.Decoder(GraphQLBody)
_OBJECT_DECODER: Final = msgspec.json.Decoder(dict[str, Any] | None)


def require_json(request: Request) -> None:
    """Raise ProblemError 415 unless the body is plain JSON in UTF-8.

    An HTML form of another site cannot send that media type (CSRF).
    """
    media_types = request.headers.getlist("content-type")
    name, *parameters = (part.strip().lower() for part in (media_types[0] if media_types else "").split(";"))
    charsets = {value.strip('"') for key, _, value in (each.partition("=") for each in parameters) if key == "charset"}
    if len(media_types) != 1 or name != "application/json" or not charsets <= {"utf-8", "utf8"}:
        raise ProblemError(415, "UNSUPPORTED_MEDIA_TYPE", "Send the request as application/json in UTF-8.")
    encodings = {each.strip().lower() for each in ",".join(request.headers.getlist("content-encoding")).split(",")}
    if not encodings <= {"", "identity"}:
        detail = "Compressed requests are not supported; send the body without Content-Encoding."
        raise ProblemError(415, "UNSUPPORTED_CONTENT_ENCODING", detail, {"Accept-Encoding": "identity"})


async def read_body(request: Request, seconds: float) -> GraphQLBody:
    """Return the parsed body, which must arrive within `seconds`. Raise ProblemError 408, 413 or 400.

    Size, nesting and the number of lists and objects are checked before parsing.
    """
    try:
        async with asyncio.timeout(seconds):
            body = await _read_stream(request)
    except TimeoutError:
        detail = f"The body did not arrive within {seconds:g} seconds; send it faster or make it smaller."
        raise ProblemError(408, "REQUEST_TIMEOUT", detail, {"Connection": "close"}) from None
    _check_structure(body)
    if body.lstrip()[:1] == b"[":
        raise ProblemError(400, "BATCHING_NOT_SUPPORTED", "Batches are not supported; send one operation per request.")
    try:
        return _DECODER.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        detail = "The body is not a GraphQL request in JSON; send an object with a string `query`, in UTF-8."
        raise ProblemError(400, "MALFORMED_BODY", detail) from None


def read_parameters(request: Request) -> GraphQLBody:
    """Return the request in the parameters of a URL (GraphQL over HTTP, 5.3.2). Raise ProblemError 400."""
    found = {name: request.query_params.getlist(name) for name in _PARAMETERS}
    values = {name: given[0] for name, given in found.items() if given}
    for name in ("variables", "extensions"):
        _check_structure(values.get(name, "").encode(errors="replace"))
    try:
        if any(len(given) > 1 for given in found.values()):
            raise ValueError("a parameter is repeated")  # noqa: TRY301 -- as any other mistake
        objects = {
            name: _OBJECT_DECODER.decode(values[name]) if values.get(name) else None
            for name in ("variables", "extensions")
        }
        return msgspec.convert({**values, **objects}, GraphQLBody)
    except (msgspec.MsgspecError, ValueError):
        detail = "The URL is not a GraphQL request; send `query`, and `variables` as a JSON object, once each."
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


def _check_structure(json: bytes) -> None:
    if is_nested_too_deep(json):
        limits = f"more than {MAX_NESTING} levels deep, or has more than {MAX_CONTAINERS} lists, objects or strings"
        raise ProblemError(400, "BODY_TOO_DEEP", f"The JSON is nested {limits}.")


def is_nested_too_deep(json: bytes) -> bool:
    """Return whether the lists and objects of a JSON text are nested too deep or too many, or its strings too many.

    It is not parsed: strings and values are removed by two scans, and only the allowed number of brackets is counted.
    """
    if json.count(b'"') - json.count(b'\\"') > 4 * MAX_CONTAINERS:
        return True
    brackets = _STRING.sub(b"", json).translate(None, _NO_BRACKETS)
    if len(brackets) > 2 * MAX_CONTAINERS:
        return True
    depth = 0
    for bracket in brackets:
        depth += 1 if bracket in b"[{" else -1
        if depth > MAX_NESTING:
            return True
    return False

"""The messages of graphql-transport-ws (github.com/enisdenjo/graphql-ws, PROTOCOL.md), and the codes that a connection is closed with."""

from enum import IntEnum
from typing import Annotated, Any, Final

import msgspec
import orjson

from gateway.http.body import MAX_BODY_BYTES, GraphQLBody, nested_too_deep

PROTOCOL: Final = "graphql-transport-ws"
_MAX_REASON_BYTES = 123
"""What a close frame has place for (RFC 6455, 5.5)."""


class Code(IntEnum):
    """Why a connection is closed: 10xx are WebSocket's own (RFC 6455, 7.4.1), 44xx those of the sub-protocol."""

    GOING_AWAY = 1001
    TOO_SLOW = 1008
    TOO_LARGE = 1009
    FAILED = 1011
    TRY_LATER = 1013
    MALFORMED = 4400
    UNAUTHORIZED = 4401
    EXPIRED = 4403
    PROTOCOL_NOT_ACCEPTABLE = 4406
    SILENT = 4408
    DUPLICATE_ID = 4409
    INITIALISED_TWICE = 4429


class Closing(Exception):  # noqa: N818 -- an end, not an error
    """The connection is to be closed; `reason` goes to the client."""

    def __init__(self, code: Code, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason.encode()[:_MAX_REASON_BYTES].decode(errors="ignore")


class Init(msgspec.Struct, frozen=True, tag_field="type", tag="connection_init"):
    """The first message; its payload says who asks."""

    payload: dict[str, Any] | None = None


class Ping(msgspec.Struct, frozen=True, tag_field="type", tag="ping"):
    """Asks for a sign of life."""

    payload: dict[str, Any] | None = None


class Pong(msgspec.Struct, frozen=True, tag_field="type", tag="pong"):
    """Gives one."""

    payload: dict[str, Any] | None = None


class Subscribe(msgspec.Struct, frozen=True, tag_field="type", tag="subscribe"):
    """Asks for an operation: a query, a mutation or a subscription."""

    id: Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
    payload: GraphQLBody


class Complete(msgspec.Struct, frozen=True, tag_field="type", tag="complete"):
    """Ends an operation."""

    id: str


Incoming = Init | Ping | Pong | Subscribe | Complete
_DECODER: Final = msgspec.json.Decoder(Incoming)


def read(text: str) -> Incoming:
    """Return a message of a client; raises Closing for what is none."""
    raw = text.encode()
    if len(raw) > MAX_BODY_BYTES:
        raise Closing(Code.TOO_LARGE, f"A message may have {MAX_BODY_BYTES} bytes")
    if nested_too_deep(raw):
        raise Closing(Code.MALFORMED, "The message is nested too deep")
    try:
        message: Incoming = _DECODER.decode(raw)
    except msgspec.MsgspecError:
        raise Closing(Code.MALFORMED, "Not a message of graphql-transport-ws") from None
    return message


def written(kind: str, operation: str | None = None, payload: Any = None) -> str:
    """Write a message to a client; bytes as payload are JSON already."""
    body: dict[str, Any] = {"type": kind}
    if operation is not None:
        body["id"] = operation
    if payload is not None:
        body["payload"] = orjson.Fragment(payload) if isinstance(payload, bytes) else payload
    return orjson.dumps(body).decode()

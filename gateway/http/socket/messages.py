"""The messages and close codes of graphql-transport-ws (github.com/enisdenjo/graphql-ws, PROTOCOL.md)."""

from enum import IntEnum
from typing import Annotated, Any, Final

import msgspec
import orjson

from gateway.http.request_body import MAX_BODY_BYTES, GraphQLBody, is_nested_too_deep

PROTOCOL: Final = "graphql-transport-ws"
_MAX_REASON_BYTES = 123
"""The limit of the reason in a close frame (RFC 6455, 5.5)."""


class CloseCode(IntEnum):
    """Close codes: 10xx are WebSocket's (RFC 6455, 7.4.1), 44xx those of the sub-protocol."""

    GOING_AWAY = 1001
    TOO_SLOW = 1008
    TOO_LARGE = 1009
    INTERNAL_ERROR = 1011
    TRY_LATER = 1013
    MALFORMED = 4400
    UNAUTHORIZED = 4401
    EXPIRED = 4403
    PROTOCOL_NOT_ACCEPTABLE = 4406
    TIMEOUT = 4408
    DUPLICATE_ID = 4409
    INITIALISED_TWICE = 4429


class CloseConnection(Exception):  # noqa: N818 -- an end, not an error
    """A request to close the connection; `reason` is sent to the client."""

    def __init__(self, code: CloseCode, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason.encode()[:_MAX_REASON_BYTES].decode(errors="ignore")


class ConnectionInit(msgspec.Struct, frozen=True, tag_field="type", tag="connection_init"):
    """The first message; its payload carries the access token."""

    payload: dict[str, Any] | None = None


class Ping(msgspec.Struct, frozen=True, tag_field="type", tag="ping"):
    """A keep-alive check; it is answered with a pong."""

    payload: dict[str, Any] | None = None


class Pong(msgspec.Struct, frozen=True, tag_field="type", tag="pong"):
    """The answer to a ping."""

    payload: dict[str, Any] | None = None


class Subscribe(msgspec.Struct, frozen=True, tag_field="type", tag="subscribe"):
    """The start of an operation: a query, a mutation or a subscription."""

    id: Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
    payload: GraphQLBody


class Complete(msgspec.Struct, frozen=True, tag_field="type", tag="complete"):
    """The end of an operation."""

    id: str


ClientMessage = ConnectionInit | Ping | Pong | Subscribe | Complete
_DECODER: Final = msgspec.json.Decoder(ClientMessage)


def parse_message(text: str) -> ClientMessage:
    """Return a client's message. Raise CloseConnection if it is too large or malformed."""
    raw = text.encode()
    if len(raw) > MAX_BODY_BYTES:
        raise CloseConnection(CloseCode.TOO_LARGE, f"The message is larger than {MAX_BODY_BYTES} bytes")
    if is_nested_too_deep(raw):
        raise CloseConnection(CloseCode.MALFORMED, "The message is nested too deep")
    try:
        message: ClientMessage = _DECODER.decode(raw)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        raise CloseConnection(CloseCode.MALFORMED, "Not a message of graphql-transport-ws") from None
    return message


def encode_message(kind: str, operation: str | None = None, payload: Any = None) -> str:
    """Return a message to a client as JSON; a payload of bytes must be JSON already."""
    body: dict[str, Any] = {"type": kind}
    if operation is not None:
        body["id"] = operation
    if payload is not None:
        body["payload"] = orjson.Fragment(payload) if isinstance(payload, bytes) else payload
    return orjson.dumps(body).decode()

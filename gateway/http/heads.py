"""Bounds the head of a request: how large it may be, and how long it may take to arrive. The server's parser has no bounds of its own."""

import asyncio
from typing import Any, Final

from starlette.types import Scope
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from gateway.http.problems import ProblemError

MAX_HEAD_BYTES: Final = 32 * 1024
MAX_HEADER_SECONDS: Final = 10.0
_HEADER_OVERHEAD: Final = len(b": \r\n")
_ERROR_RESPONSE: Final = b"HTTP/1.1 %s\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"


def check_header_size(scope: Scope) -> ProblemError | None:
    """Return the refusal of a request whose address and headers have too many bytes; None for any other."""
    size = len(scope.get("raw_path") or b"") + len(scope["query_string"])
    size += sum(len(name) + len(value) + _HEADER_OVERHEAD for name, value in scope["headers"])
    if size <= MAX_HEAD_BYTES:
        return None
    told = f"Address and headers may have {MAX_HEAD_BYTES} bytes."
    return ProblemError(431, "HEAD_TOO_LARGE", told, {"Connection": "close"})


class BoundedHeads(HttpToolsProtocol):
    """A connection that is closed when a head is still arriving and too large, or late: what has arrived is held by the parser, for anybody, before any token."""

    header_timeout = MAX_HEADER_SECONDS

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self._header_bytes: int | None = 0
        self._timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as in the base class
        """Wait for the first head: who says nothing at all is late, too."""
        super().connection_made(transport)
        self._start_timer()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no longer."""
        self._stop_timer()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Count what belongs to a head."""
        if self._header_bytes is not None:
            self._header_bytes += len(data)
            if self._timer is None:
                self._start_timer()
        super().data_received(data)
        if self._header_bytes is not None and self._header_bytes > MAX_HEAD_BYTES:
            self._refuse(b"431 Request Header Fields Too Large")

    def on_headers_complete(self) -> None:
        """The head is there; what follows is its body."""
        self._header_bytes = None
        self._stop_timer()
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """The next bytes are another head."""
        super().on_message_complete()
        self._header_bytes = 0

    def _start_timer(self) -> None:
        self._timer = self.loop.call_later(self.header_timeout, self._refuse, b"408 Request Timeout")

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _refuse(self, status: bytes) -> None:
        self._stop_timer()
        if self.transport.is_closing():
            return
        answering: RequestResponseCycle | None = self.cycle
        if answering is None or answering.response_complete:  # else it would stand in the middle of an answer
            self.transport.write(_ERROR_RESPONSE % status)
        self.transport.close()

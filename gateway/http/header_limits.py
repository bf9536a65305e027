"""Limits on the headers of a request: their size and the time they take to arrive. uvicorn's parser has none itself."""

import asyncio
from typing import Any, Final

from starlette.types import Scope
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from gateway.http.problems import ProblemError

MAX_HEADER_BYTES: Final = 32 * 1024
MAX_HEADER_SECONDS: Final = 10.0
_HEADER_OVERHEAD: Final = len(b": \r\n")
_ERROR_RESPONSE: Final = b"HTTP/1.1 %s\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"


def check_headers(scope: Scope) -> ProblemError | None:
    """Return the problem of a request with several `Host` headers or with too large ones, else None."""
    if sum(name == b"host" for name, _ in scope["headers"]) > 1:
        # Proxies and the gateway may each choose another one (RFC 9112, 3.2).
        return ProblemError(400, "AMBIGUOUS_HOST", "The request has more than one Host header.")
    size = len(scope.get("raw_path") or b"") + len(scope["query_string"])
    size += sum(len(name) + len(value) + _HEADER_OVERHEAD for name, value in scope["headers"])
    if size <= MAX_HEADER_BYTES:
        return None
    detail = f"The URL and the headers are larger than {MAX_HEADER_BYTES} bytes."
    return ProblemError(431, "HEADERS_TOO_LARGE", detail, {"Connection": "close"})


class HeaderLimitProtocol(HttpToolsProtocol):
    """Close a connection whose headers are too large or too slow while they arrive.

    The parser keeps what has arrived in memory before any token is checked, so any client could fill it.
    """

    header_timeout = MAX_HEADER_SECONDS

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._header_bytes: int | None = 0
        self._timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as in the base class
        """Start the timer for the first headers: a client that sends nothing times out, too."""
        super().connection_made(transport)
        self._start_timer()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop the timer."""
        self._stop_timer()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Count the bytes of headers."""
        if self._header_bytes is not None:
            self._header_bytes += len(data)
            if self._timer is None:
                self._start_timer()
        super().data_received(data)
        if self._header_bytes is not None and self._header_bytes > MAX_HEADER_BYTES:
            self._refuse(b"431 Request Header Fields Too Large")

    def on_headers_complete(self) -> None:
        """Stop counting: the body follows."""
        self._header_bytes = None
        self._stop_timer()
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """Start counting again: the headers of the next request follow."""
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
        cycle: RequestResponseCycle | None = self.cycle
        if cycle is None or cycle.response_complete:  # else it would be written into another response
            self.transport.write(_ERROR_RESPONSE % status)
        self.transport.close()

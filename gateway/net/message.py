"""Requests and responses as adapters see them: plain values, no client library."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """One call to a vendor.

    `path` is relative to the connection's base URL unless it is absolute (then its host must be allowed for the connection). `query` keeps order and may
    repeat names. At most one of `json` (encoded with Decimals as numbers), `form` and `content` is set. `safe` says that sending it twice changes nothing: only
    such requests are retried. `operation` is a short constant word for metrics, e.g. "query".
    """

    method: str
    path: str
    operation: str
    query: Sequence[tuple[str, str]] = ()
    headers: Mapping[str, str] = {}
    json: Any = None
    form: Sequence[tuple[str, str]] | None = None
    content: bytes | None = None
    safe: bool = False


class Response(msgspec.Struct, frozen=True, kw_only=True):
    """What came back, whole: bodies are capped, header names are lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def media_type(self) -> str:
        """The content type without parameters, lower case; empty when not told."""
        return self.headers.get("content-type", "").split(";", 1)[0].strip().lower()

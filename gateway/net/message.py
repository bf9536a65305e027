"""Upstream requests and responses as plain values, independent of the HTTP library."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec


class UpstreamRequest(msgspec.Struct, frozen=True, kw_only=True):
    """One call to a vendor.

    `path` is relative to the connection's base URL, or absolute on a host that the connection allows. `query` keeps
    order and may repeat names. At most one of `json` (Decimals become numbers), `form` and `content` is set. Only
    `safe` requests are retried: sending one twice changes nothing. `operation` is a short constant for metrics, e.g.
    "query".
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


class UpstreamResponse(msgspec.Struct, frozen=True, kw_only=True):
    """A complete response: the body is capped, header names are lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def media_type(self) -> str:
        """The content type without parameters, lower case; empty when missing."""
        return self.headers.get("content-type", "").split(";", 1)[0].strip().lower()

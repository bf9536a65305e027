"""Encode request bodies; read response bodies completely, up to a size cap."""

import zlib
from collections.abc import AsyncIterator
from typing import Final
from urllib.parse import urlencode

import msgspec

from gateway.canonical.fault import FaultCode
from gateway.errors import SourceError
from gateway.net.message import UpstreamRequest

ACCEPT_ENCODING: Final = "gzip"

_JSON: Final = msgspec.json.Encoder(decimal_format="number")
_GZIP: Final = 16 + zlib.MAX_WBITS


def encode_body(request: UpstreamRequest) -> bytes | None:
    """Return the body of a request; Decimals become JSON numbers with the same digits."""
    if request.json is not None:
        return _JSON.encode(request.json)
    if request.form is not None:
        return urlencode(request.form).encode("ascii")
    return request.content


def get_content_type(request: UpstreamRequest) -> str | None:
    """Return the content type of `encode_body`; None for raw `content`, whose type the adapter sets."""
    if request.json is not None:
        return "application/json"
    return None if request.form is None else "application/x-www-form-urlencoded"


async def read_body(chunks: AsyncIterator[bytes], content_encoding: str, cap: int) -> bytes:
    """Read a body to its end and decompress it.

    Raise SourceError when it exceeds `cap` bytes, compressed or decompressed, or cannot be decompressed.
    """
    if content_encoding in {"", "identity"}:
        return await _read_plain(chunks, cap)
    if content_encoding not in {"gzip", "x-gzip"}:
        raise SourceError(FaultCode.CONTRACT_MISMATCH, "the response has a content encoding that was not requested")
    return await _read_gzip(chunks, cap)


async def _read_plain(chunks: AsyncIterator[bytes], cap: int) -> bytes:
    parts: list[bytes] = []
    size = 0
    async for chunk in chunks:
        size += len(chunk)
        if size > cap:
            raise _build_size_error(cap)
        parts.append(chunk)
    return b"".join(parts)


async def _read_gzip(chunks: AsyncIterator[bytes], cap: int) -> bytes:
    inflate = zlib.decompressobj(_GZIP)
    parts: list[bytes] = []
    size = 0
    try:
        async for chunk in chunks:
            # One byte over the cap is enough to refuse it, so a compression bomb is never decompressed.
            parts.append(inflate.decompress(chunk, cap - size + 1))
            size += len(parts[-1])
            if size > cap:
                raise _build_size_error(cap)
    except zlib.error:
        raise SourceError(FaultCode.CONTRACT_MISMATCH, "the response is not valid gzip") from None
    if not inflate.eof and size + len(parts):
        raise SourceError(FaultCode.UNAVAILABLE, "the response is truncated", retryable=True)
    return b"".join(parts)


def _build_size_error(cap: int) -> SourceError:
    return SourceError(FaultCode.CONTRACT_MISMATCH, f"the response is larger than {cap} bytes")

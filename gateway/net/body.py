"""Request bodies out, response bodies in: encoded exactly, read whole and never beyond the cap."""

import zlib
from collections.abc import AsyncIterator
from typing import Final
from urllib.parse import urlencode

import msgspec

from gateway.canonical.fault import FaultCode
from gateway.errors import SourceError
from gateway.net.message import Request

ACCEPT_ENCODING: Final = "gzip"

_JSON: Final = msgspec.json.Encoder(decimal_format="number")
_GZIP: Final = 16 + zlib.MAX_WBITS


def encoded(request: Request) -> bytes | None:
    """Return the body of a request; Decimals become JSON numbers with exactly their digits."""
    if request.json is not None:
        return _JSON.encode(request.json)
    if request.form is not None:
        return urlencode(request.form).encode("ascii")
    return request.content


def media_type(request: Request) -> str | None:
    """Return the content type that goes with `encoded`; bytes given ready are the adapter's matter."""
    if request.json is not None:
        return "application/json"
    return None if request.form is None else "application/x-www-form-urlencoded"


async def whole(chunks: AsyncIterator[bytes], content_encoding: str, cap: int) -> bytes:
    """Read a body to its end and unpack it; raise SourceError when it is larger than `cap` bytes, packed or unpacked, or packed wrongly."""
    if content_encoding in {"", "identity"}:
        return await _plain(chunks, cap)
    if content_encoding not in {"gzip", "x-gzip"}:
        raise SourceError(FaultCode.CONTRACT_MISMATCH, "the answer has a content encoding that was not asked for")
    return await _unpacked(chunks, cap)


async def _plain(chunks: AsyncIterator[bytes], cap: int) -> bytes:
    parts: list[bytes] = []
    size = 0
    async for chunk in chunks:
        size += len(chunk)
        if size > cap:
            raise _too_large(cap)
        parts.append(chunk)
    return b"".join(parts)


async def _unpacked(chunks: AsyncIterator[bytes], cap: int) -> bytes:
    inflate = zlib.decompressobj(_GZIP)
    parts: list[bytes] = []
    size = 0
    try:
        async for chunk in chunks:
            # One byte more than is allowed is enough to know, so a bomb never unfolds.
            parts.append(inflate.decompress(chunk, cap - size + 1))
            size += len(parts[-1])
            if size > cap:
                raise _too_large(cap)
    except zlib.error:
        raise SourceError(FaultCode.CONTRACT_MISMATCH, "the answer is not valid gzip") from None
    if not inflate.eof and size + len(parts):
        raise SourceError(FaultCode.UNAVAILABLE, "the answer ends in the middle", retryable=True)
    return b"".join(parts)


def _too_large(cap: int) -> SourceError:
    return SourceError(FaultCode.CONTRACT_MISMATCH, f"the answer is larger than {cap} bytes")

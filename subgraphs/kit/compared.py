"""A change feed for what has no time of change: everything is told again when anything is different, and nothing when nothing is."""

import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Final, TypeVar

import msgspec

from gateway.canonical.fault import FaultCode
from gateway.canonical.records.base import Record
from gateway.errors import SourceError
from gateway.ports.base import Changes

RowT = TypeVar("RowT")
RecordT = TypeVar("RecordT", bound=Record)

_DIGEST: Final = "digest:"


def is_digest(watermark: str | None) -> bool:
    """Whether such a feed has given this watermark."""
    return watermark is not None and watermark.startswith(_DIGEST)


def require_digest(watermark: str | None) -> None:
    """Raise SourceError for a watermark that no such feed has given."""
    if watermark is not None and not is_digest(watermark):
        raise SourceError(FaultCode.CONTRACT_MISMATCH, "a watermark that is none of this feed's")


async def themselves(records: Sequence[RecordT]) -> Sequence[RecordT]:
    """Build nothing: for rows that are records already."""
    return records


async def compared(
    rows: Sequence[RowT],
    watermark: str | None,
    build: Callable[[Sequence[RowT]], Awaitable[Sequence[RecordT]]],
    size: int,
) -> AsyncIterator[Changes[RecordT]]:
    """Yield all rows, so many to a page, unless their digest is that of the watermark; the last page brings the new digest, and that these were all."""
    digest = _DIGEST + hashlib.sha256(msgspec.json.encode(rows)).hexdigest()
    if digest == watermark:
        yield Changes(rows=(), watermark=digest, total=0)
        return
    present: list[str] = []
    for start in range(0, len(rows), size) or (0,):
        built = await build(rows[start : start + size])
        present += [record.native.id for record in built]
        if start + size >= len(rows):
            yield Changes(rows=tuple(built), present=tuple(present), watermark=digest, total=len(rows))
        else:
            yield Changes(rows=tuple(built), watermark=_DIGEST, total=len(rows))

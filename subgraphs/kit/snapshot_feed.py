"""A change feed for records without a time of change: all of them if any has changed, nothing otherwise."""

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
    """Return whether a watermark is one of such a feed."""
    return watermark is not None and watermark.startswith(_DIGEST)


def require_digest(watermark: str | None) -> None:
    """Raise SourceError(CONTRACT_MISMATCH) for a watermark of another feed."""
    if watermark is not None and not is_digest(watermark):
        raise SourceError(FaultCode.CONTRACT_MISMATCH, "a watermark of another feed")


async def return_unchanged(records: Sequence[RecordT]) -> Sequence[RecordT]:
    """Return the records unchanged: the `build` of rows that are records already."""
    return records


async def list_snapshot_changes(
    rows: Sequence[RowT],
    watermark: str | None,
    build: Callable[[Sequence[RowT]], Awaitable[Sequence[RecordT]]],
    size: int,
) -> AsyncIterator[Changes[RecordT]]:
    """Yield all rows in pages of `size`, or an empty page if their digest equals the watermark.

    The last page has the new digest and the ids of all records.
    """
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

"""Reads complete lists by offset while other clients change them.

Plain offsets lose rows when earlier rows are deleted, and double rows when some are inserted. Here every page starts
with the last row of the page before: an unknown first row shows that rows have moved up, and the read steps back. At
the end, the number of rows read must be at least the service's count. The service must keep the order of the remaining
rows.
"""

from collections.abc import Awaitable, Callable, Hashable, Sequence
from typing import Final, TypeVar

from gateway.canonical.fault import FaultCode
from gateway.errors import SourceError

R = TypeVar("R")
ReadPage = Callable[[int], Awaitable[tuple[Sequence[R], int]]]
"""offset -> the page of rows from there on, and the number of all rows."""

_REPEATS: Final = 3


async def read_with_overlap(read: ReadPage[R], key: Callable[[R], Hashable], size: int) -> list[R]:
    """Return every row of a list once, as it was read last.

    Costs 1 + ceil((rows - size) / (size - 1)) calls for more rows than the `size` of a page, and more if rows move.
    Raises SourceError(UNAVAILABLE), retryable, for a list that still changes after three steps back.
    """
    seen: dict[Hashable, R] = {}
    offset = repeats = 0
    while repeats <= _REPEATS:
        rows, count = await read(offset)
        if offset and (not rows or key(rows[0]) not in seen):
            offset, repeats = max(0, offset - size + 1), repeats + 1
            continue
        seen |= {key(row): row for row in rows}
        if rows and offset + len(rows) < count:
            offset += max(1, len(rows) - 1)
        elif len(seen) >= count:
            return list(seen.values())
        else:
            offset, repeats = 0, repeats + 1
    raise SourceError(FaultCode.UNAVAILABLE, "rows changed between pages", retryable=True)

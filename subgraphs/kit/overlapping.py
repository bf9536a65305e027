"""Reading a whole list by offsets while others work on it.

A page by its offset alone loses rows when rows before it go, and doubles them when others come. Here every page starts with the last row of the one before:
a first row that was not seen yet tells that rows have moved up past it, and the read steps back. At its end all rows that the service counts must have been
seen. The service must keep the order of the rows that stay.
"""

from collections.abc import Awaitable, Callable, Hashable, Sequence
from typing import Final, TypeVar

from gateway.canonical.fault import FaultCode
from gateway.errors import SourceError

R = TypeVar("R")
ReadPage = Callable[[int], Awaitable[tuple[Sequence[R], int]]]
"""offset -> the rows from there on, as many as a page has, and how many rows the list has."""

_REPEATS: Final = 3


async def overlapping(read: ReadPage[R], key: Callable[[R], Hashable], size: int) -> list[R]:
    """Return every row of a list once, as it was read last: 1 + ceil((rows - size) / (size - 1)) calls for more rows than the `size` of a page.

    Rows that move cost further calls. A list that does not stand still is given up after three steps back: raises SourceError(UNAVAILABLE), retryable.
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

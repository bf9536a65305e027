"""Keyset cursors, and pages of merged reads."""

import base64
import binascii
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TypeVar

import msgspec

from gateway.canonical.page import Page
from gateway.errors import BadInputError

R = TypeVar("R")


def encode_cursor(*position: str) -> str:
    """Return the cursor of a row from the values that order it, the last one unique."""
    return base64.urlsafe_b64encode(json.dumps(position).encode()).decode().rstrip("=")


def decode_cursor(cursor: str) -> tuple[str, ...]:
    """Return the position of a cursor; raise BadInputError for an invalid one."""
    try:
        values = msgspec.json.decode(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)), type=list[str])
    except (ValueError, RecursionError, binascii.Error):
        values = []
    if not values:
        raise BadInputError("The cursor is not one of this list.", field="after")
    return tuple(values)


def build_page(rows: Sequence[R], first: int, position: Callable[[R], Sequence[str]], *, after: str | None) -> Page[R]:
    """Return a page of the first `first` rows after the cursor; one more row shows that there is a next page."""
    page = tuple(rows[:first])
    return Page(
        rows=page,
        cursors=tuple(encode_cursor(*position(row)) for row in page),
        has_next=len(rows) > first,
        has_previous=after is not None,
    )


def build_pages(
    parents: Sequence[str],
    rows: Mapping[str, Sequence[R]],
    first: int,
    position: Callable[[R], Sequence[str]],
    *,
    after: str | None,
) -> dict[str, Page[R]]:
    """Return a page per parent from the first rows of each; a parent without rows has an empty page."""
    return {parent: build_page(rows.get(parent, ()), first, position, after=after) for parent in parents}


ReadOn = Callable[[Sequence[str], R | None], Awaitable[tuple[Sequence[R], bool]]]
"""(parents, last row or None) -> rows of all those parents after that row, in order, and whether more follow."""


async def read_merged(
    parents: Sequence[str], first: int, read: ReadOn[R], parent_of: Callable[[R], str]
) -> dict[str, list[R]]:
    """Read the rows of many parents together, until every parent has `first` + 1 rows or there are no more.

    Each call continues after the last row for the parents that still lack rows. All calls but the last return a full
    page: with a page cap of c, at most floor(rows read / c) + 1 calls. Parents without rows have an empty list.
    """
    rows: dict[str, list[R]] = {parent: [] for parent in parents}
    waiting, last = list(rows), None
    while waiting:
        page, more = await read(waiting, last)
        for row in page:
            # A row that has just been moved to another parent is none of these.
            if parent_of(row) in rows:
                rows[parent_of(row)].append(row)
        if not more or not page:
            break
        last = page[-1]
        waiting = [parent for parent in waiting if len(rows[parent]) <= first]
    return rows

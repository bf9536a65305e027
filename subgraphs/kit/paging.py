"""Keyset cursors, and pages cut out of merged reads."""

import base64
import binascii
import json
from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from gateway.canonical.page import Page
from gateway.errors import BadInputError

R = TypeVar("R")


def encode_cursor(*position: str) -> str:
    """Return the opaque position of a row: the values that it is ordered by, the last one unique."""
    return base64.urlsafe_b64encode(json.dumps(position).encode()).decode().rstrip("=")


def decode_cursor(cursor: str) -> tuple[str, ...]:
    """Return the position that a cursor stands for; raises BadInputError for one that no page gave."""
    try:
        values = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, binascii.Error):
        values = None
    if not isinstance(values, list) or not values or not all(isinstance(value, str) for value in values):
        raise BadInputError("The cursor is not one of this list.", field="after")
    return tuple(values)


def page_of(rows: Sequence[R], first: int, position: Callable[[R], Sequence[str]], *, after: str | None) -> Page[R]:
    """Cut a page out of at most `first` + 1 rows that follow the cursor, in the declared order."""
    shown = tuple(rows[:first])
    return Page(
        rows=shown,
        cursors=tuple(encode_cursor(*position(row)) for row in shown),
        has_next=len(rows) > first,
        has_previous=after is not None,
    )


def pages_by_parent(
    parents: Sequence[str],
    rows: Mapping[str, Sequence[R]],
    first: int,
    position: Callable[[R], Sequence[str]],
    *,
    after: str | None,
) -> dict[str, Page[R]]:
    """Return a page per parent out of a merged read that holds each parent's first rows; a parent without rows has an empty page."""
    return {parent: page_of(rows.get(parent, ()), first, position, after=after) for parent in parents}

"""Pages as loaders return them: rows, whether more follow, and the sources that could not contribute."""

from typing import Generic, TypeVar

import msgspec

from gateway.canonical.fault import Fault

Row = TypeVar("Row")


class Page(msgspec.Struct, Generic[Row], frozen=True, kw_only=True):
    """A page of a list in its declared order.

    `cursors[i]` is the opaque keyset cursor of `rows[i]`: it stays valid while rows before it are added or removed.
    `end_cursor` is where the next page starts if that is not after the last row.
    `total` is None if the source cannot count cheaply. `faults` names the sources whose rows may be missing.
    """

    rows: tuple[Row, ...]
    cursors: tuple[str, ...]
    has_next: bool = False
    has_previous: bool = False
    total: int | None = None
    faults: tuple[Fault, ...] = ()
    end_cursor: str | None = None

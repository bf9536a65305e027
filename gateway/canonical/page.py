"""Pages as loaders return them: rows or card ids, whether more follow, and who could not contribute."""

from typing import Generic, TypeVar

import msgspec

from gateway.canonical.fault import Fault

Row = TypeVar("Row")


class Page(msgspec.Struct, Generic[Row], frozen=True, kw_only=True):
    """A slice of a list in its declared order.

    `cursors[i]` is the opaque keyset position of `rows[i]`: it stays valid while rows before it come and go.
    `total` is None where the source cannot count cheaply. `faults` names the sources whose rows may be missing.
    """

    rows: tuple[Row, ...]
    cursors: tuple[str, ...]
    has_next: bool = False
    has_previous: bool = False
    total: int | None = None
    faults: tuple[Fault, ...] = ()

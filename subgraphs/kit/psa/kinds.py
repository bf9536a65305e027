"""How a record class is read from a vendor's lists: the resource, its associations, and the builder of its records."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from gateway.canonical.records.base import Record

RecordT = TypeVar("RecordT", bound=Record)
Parameters = Sequence[tuple[str, str]]
"""Query parameters."""
Build = Callable[[Any], Awaitable[Sequence[RecordT]]]
"""Builds records from a vendor's listing."""


class ListClient(Protocol):
    """Reads a vendor's lists. A listing is the vendor's own type: it is passed on to the kind's `build`."""

    async def read_all(self, resource: str, parameters: Parameters, include: str = "") -> Any:
        """Return a complete list as a listing."""

    async def read_first(self, resource: str, parameters: Parameters, include: str = "") -> tuple[Any, int]:
        """Return the first page of a list as a listing, and the number of all its rows, in one call."""

    async def count(self, resource: str) -> int:
        """Return the number of rows of a list, in one call."""


@dataclass(frozen=True, kw_only=True)
class Kind(Generic[RecordT]):
    """One record class. `parameters` go with every read, such as one that includes archived rows."""

    resource: str
    build: Build[RecordT]
    include: str = ""
    parameters: Parameters = ()

    def select_include(self) -> str:
        """Return the associations to include for the current request."""
        return self.include

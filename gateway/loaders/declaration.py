"""What a loader is: a batched read with a name, a system, and a limit on keys per call."""

from collections.abc import Awaitable, Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from gateway.canonical.roles import SystemRole
from gateway.ports.base import SystemPort


class Call(Protocol):
    """(sources, keys, args) -> what was found per key; a key that is not in the answer has nothing.

    Keys that are NativeIds all belong to one connection. Raises SourceError or ClientError for the whole call; a value may be a SourceError of its own.
    """

    def __call__(self, sources: Any, keys: Sequence[Any], args: Mapping[str, Any], /) -> Awaitable[Mapping[Any, Any]]:
        """Read."""


@dataclass(frozen=True, kw_only=True)
class Loader:
    """One batched read. `batch` is the largest number of keys of a call: fixed, or taken from the port's capabilities."""

    name: str
    system: SystemRole
    call: Call
    batch: int | Callable[[SystemPort], int] = 100


LoadKey = tuple[str, Hashable, Hashable]
"""(loader name, frozen arguments, key): what identifies one loaded result in a request."""

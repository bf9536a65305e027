"""The declaration of a loader: a batched read with a name, a system and a limit on keys per call."""

from collections.abc import Awaitable, Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from gateway.canonical.roles import SystemRole
from gateway.ports.base import SystemPort

ROW_ID = "id"
"""The `row_key` of loaders whose keys are the records themselves."""


class LoaderCall(Protocol):
    """(sources, keys, args) -> result per key; a key without a result is missing from the mapping.

    Keys that are NativeIds all belong to one connection. Raises SourceError or ClientError for the whole call; a single
    value may be a SourceError.
    """

    def __call__(self, sources: Any, keys: Sequence[Any], args: Mapping[str, Any], /) -> Awaitable[Mapping[Any, Any]]:
        """Load the keys."""


@dataclass(frozen=True, kw_only=True)
class Loader:
    """One batched read.

    `batch` is the largest number of keys of a call: fixed, or taken from the port's capabilities. `row_key` says which
    keys a record that could not be read concerns: `ROW_ID` those without a value, with the record's id if it is known;
    an attribute, such as `project_id`, those that the record may belong to; None all keys of the call.
    """

    name: str
    system: SystemRole
    call: LoaderCall
    batch: int | Callable[[SystemPort], int] = 100
    row_key: str | None = None


LoadKey = tuple[str, Hashable, Hashable]
"""(loader name, frozen arguments, key): identifies one result in a request."""

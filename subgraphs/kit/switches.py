"""What can go wrong at a twin: the closed vocabulary of its fault switches, as they are written to `POST /__control`.

| kind | what the next calls get |
|---|---|
| `latency` | their answer, `milliseconds` late; holds until reset unless `times` is given, 0 ends it |
| `throttled` | the vendor's own way of saying "too many calls"; `retry_after` seconds as a header, which no vendor here sends by itself |
| `unavailable` | 503, nothing done |
| `unavailable_after_commit` | 503, though the call did its work |
| `silent_after_commit` | nothing, though the call did its work: the connection hangs until the caller gives up |
| `token_expired` | a refusal, as every token is dead before they are looked at; a new one may be asked for, a static one comes back with the reset |
| `rows_changed` | their answer, after the first row of `object` (the vendor's own name) was `touched` or `deleted`, or another was `inserted` before it |
| `garbage` | 200 and no JSON |
| `truncated` | 200 and half of the answer |
| `locked` | the vendor's refusal of a row that another holds; Salesforce alone has it |

Every switch takes `path`, a part of the paths that it strikes (all but the token endpoint without it); `skip`, how many calls it lets pass first, which puts
a fault in mid-page; and `times`, how many it strikes (1; null: until reset). One call meets all delays, expiries and changes that are due, and the first
of the other switches.
"""

import re
from enum import StrEnum
from typing import Annotated, Final

import msgspec
from msgspec import Meta

_FIELD: Final = re.compile(r"field `(\w+)`|`\$\.(\w+)`")
_Seconds = Annotated[int, Meta(ge=0, le=86_400)]


class Refusal(StrEnum):
    """What a vendor has its own words for."""

    THROTTLED = "throttled"
    UNAVAILABLE = "unavailable"
    LOCKED = "locked"


class Change(StrEnum):
    """What happens to the first row of an object."""

    TOUCHED = "touched"
    INSERTED = "inserted"
    DELETED = "deleted"


class BadSwitchError(Exception):
    """A switch that there is not; `field` is the part of the body that is wrong, None for what is no JSON object."""

    def __init__(self, message: str, field: str | None) -> None:
        super().__init__(message)
        self.field = field


class Switch(msgspec.Struct, kw_only=True, forbid_unknown_fields=True, tag_field="kind"):
    """What every switch says: whom it strikes."""

    path: str = ""
    skip: Annotated[int, Meta(ge=0)] = 0
    times: Annotated[int, Meta(ge=1)] | None = 1

    def due(self, path: str, *, login: bool) -> bool:
        """Tell whether a call is struck, and count it; a call for a token only by a switch that names its path."""
        if self.path not in path or (login and not self.path) or self.times == 0:
            return False
        if self.skip > 0:
            self.skip -= 1
            return False
        if self.times is not None:
            self.times -= 1
        return True


class Latency(Switch, kw_only=True, tag="latency"):
    """Answers come late."""

    milliseconds: Annotated[int, Meta(ge=0, le=600_000)]
    times: Annotated[int, Meta(ge=1)] | None = None


class TokenExpired(Switch, tag="token_expired"):
    """Every token dies."""


class RowsChanged(Switch, kw_only=True, tag="rows_changed"):
    """Somebody works with the vendor meanwhile."""

    object: str
    change: Change


class Throttled(Switch, tag="throttled"):
    """Too many calls."""

    retry_after: _Seconds | None = None


class Unavailable(Switch, tag="unavailable"):
    """Down."""

    retry_after: _Seconds | None = None


class UnavailableAfterCommit(Switch, tag="unavailable_after_commit"):
    """Done, and the answer lost behind a 503."""


class SilentAfterCommit(Switch, tag="silent_after_commit"):
    """Done, and never answered."""


class Garbage(Switch, tag="garbage"):
    """Not JSON."""


class Truncated(Switch, tag="truncated"):
    """Half an answer."""


class Locked(Switch, tag="locked"):
    """A row is held by somebody else."""


Before = Latency | TokenExpired | RowsChanged
"""What happens before a call is answered."""
Instead = Throttled | Unavailable | UnavailableAfterCommit | SilentAfterCommit | Garbage | Truncated | Locked
"""What happens to the answer."""


def read_switch(body: bytes) -> Before | Instead:
    """Read the body of a control call; raise BadSwitchError that names the field."""
    try:
        return msgspec.json.decode(body, type=Before | Instead)  # type: ignore[no-any-return] # a union of structs
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        named = _FIELD.search(str(error))
        raise BadSwitchError(str(error), None if named is None else named[1] or named[2]) from error

"""The faults that a twin can inject, as `POST /__control` takes them.

| kind | effect on the next calls |
|---|---|
| `latency` | answered `milliseconds` late, until cleared unless `times` is given; 0 milliseconds clears it |
| `unavailable` | 503; the call is not executed |
| `reset` | the connection is reset without an answer; the call is not executed |
| `invalid-json` | 200 with a body that is not JSON |
| `truncated` | 200 with the first half of the body |
| `rate-limit` | the vendor's own "too many calls"; `retry_after` seconds as a header, which no vendor sends by itself |
| `lost-answer` | the call is executed and never answered: the connection hangs until the caller gives up |
| `unavailable-after-commit` | the call is executed and answered with 503 |
| `token-expired` | all tokens expire before the call; a new login works, a static token is restored by clearing |
| `row-locked` | the vendor's error for a row that another transaction holds; Salesforce only |
| `rows-changed` | the first row of `object` was `touched`, `deleted` or preceded by a copy before the answer |

Every fault takes `path`, a substring of the paths that it affects (default: all but the token endpoint); `skip`, how
many matching calls to let through first, for a fault between two pages; and `times`, how many calls to affect (1; null:
until cleared). All due delays, expiries and row changes apply to one call, and the first due fault of the other kinds.
"""

import re
from enum import StrEnum
from typing import Annotated, Final

import msgspec
from msgspec import Meta

_FIELD: Final = re.compile(r"field `(\w+)`|`\$\.(\w+)`")
_Seconds = Annotated[int, Meta(ge=0, le=86_400)]


class VendorError(StrEnum):
    """The errors that each vendor formats in its own way."""

    RATE_LIMIT = "rate-limit"
    UNAVAILABLE = "unavailable"
    ROW_LOCKED = "row-locked"


class RowChange(StrEnum):
    """What happens to the first row of an object."""

    TOUCHED = "touched"
    INSERTED = "inserted"
    DELETED = "deleted"


class InvalidFaultError(Exception):
    """The body of a control call is invalid; `field` is the invalid part, None for a body that is no JSON object."""

    def __init__(self, message: str, field: str | None) -> None:
        super().__init__(message)
        self.field = field


class InjectedFault(msgspec.Struct, kw_only=True, forbid_unknown_fields=True, tag_field="kind"):
    """The fields of every fault: the calls that it affects."""

    path: str = ""
    skip: Annotated[int, Meta(ge=0)] = 0
    times: Annotated[int, Meta(ge=1)] | None = 1

    def consume(self, path: str, *, login: bool) -> bool:
        """Return whether the fault affects a call, and count the call; a login only if `self.path` matches its path."""
        if self.path not in path or (login and not self.path) or self.times == 0:
            return False
        if self.skip > 0:
            self.skip -= 1
            return False
        if self.times is not None:
            self.times -= 1
        return True


class Latency(InjectedFault, kw_only=True, tag="latency"):
    """Delay the answer."""

    milliseconds: Annotated[int, Meta(ge=0, le=600_000)]
    times: Annotated[int, Meta(ge=1)] | None = None


class TokenExpired(InjectedFault, tag="token-expired"):
    """Expire all tokens."""


class RowsChanged(InjectedFault, kw_only=True, tag="rows-changed"):
    """Change the first row of an object, as another client of the vendor would."""

    object: str
    change: RowChange


class RateLimit(InjectedFault, tag="rate-limit"):
    """Reject the call: too many calls."""

    retry_after: _Seconds | None = None


class Unavailable(InjectedFault, tag="unavailable"):
    """Reject the call with 503."""

    retry_after: _Seconds | None = None


class UnavailableAfterCommit(InjectedFault, tag="unavailable-after-commit"):
    """Execute the call and answer 503."""


class LostAnswer(InjectedFault, tag="lost-answer"):
    """Execute the call and never answer."""


class Reset(InjectedFault, tag="reset"):
    """Reset the connection."""


class InvalidJson(InjectedFault, tag="invalid-json"):
    """Answer with a body that is not JSON."""


class Truncated(InjectedFault, tag="truncated"):
    """Answer with half of the body."""


class RowLocked(InjectedFault, tag="row-locked"):
    """Reject the call: another transaction holds the row."""


SideEffect = Latency | TokenExpired | RowsChanged
"""Faults that apply before the call is answered."""
AnswerFault = (
    RateLimit | Unavailable | UnavailableAfterCommit | LostAnswer | Reset | InvalidJson | Truncated | RowLocked
)
"""Faults that replace the answer."""


def parse_fault(body: bytes) -> SideEffect | AnswerFault:
    """Parse the body of a control call; raise InvalidFaultError with the invalid field."""
    try:
        return msgspec.json.decode(body, type=SideEffect | AnswerFault)  # type: ignore[no-any-return] # a union of structs
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        match = _FIELD.search(str(error))
        raise InvalidFaultError(str(error), None if match is None else match[1] or match[2]) from error

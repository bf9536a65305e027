"""Faults on demand: what goes wrong with the next data calls, set over `/__control`."""

from enum import StrEnum

import msgspec

from subgraphs.crm.salesforce.twin.answers import RefusalError


class FaultKind(StrEnum):
    """What can go wrong."""

    LATENCY = "latency"
    REQUEST_LIMIT = "request_limit"
    UNAVAILABLE = "unavailable"
    LOCKED = "locked"
    EXPIRED = "expired"
    GARBAGE = "garbage"
    LOST_ANSWER = "lost_answer"


class Fault(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """A fault for calls whose path contains `path`, for the next `times` of them (None: until cleared), after letting `skip` of them pass.

    `latency` waits `seconds` and then answers; `lost_answer` does what is asked and then answers 503; the others do nothing else.
    """

    kind: FaultKind
    times: int | None = 1
    skip: int = 0
    path: str = ""
    seconds: float = 0.0

    def take(self, path: str) -> bool:
        """Tell whether this call is hit, and count it."""
        if self.path not in path or self.times == 0:
            return False
        if self.skip > 0:
            self.skip -= 1
            return False
        if self.times is not None:
            self.times -= 1
        return True


REFUSALS = {
    FaultKind.REQUEST_LIMIT: (403, "REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded."),
    FaultKind.UNAVAILABLE: (503, "SERVER_UNAVAILABLE", "The server is temporarily unavailable"),
    FaultKind.LOCKED: (400, "UNABLE_TO_LOCK_ROW", "unable to obtain exclusive access to this record or 1 records"),
    FaultKind.EXPIRED: (401, "INVALID_SESSION_ID", "Session expired or invalid"),
    FaultKind.LOST_ANSWER: (503, "SERVER_UNAVAILABLE", "The server is temporarily unavailable"),
}


def refusal(kind: FaultKind) -> RefusalError:
    """Build the service's refusal for a fault that has one."""
    status, code, message = REFUSALS[kind]
    return RefusalError(status, code, message)


class Faults:
    """The faults that are set, in the order in which they were."""

    def __init__(self) -> None:
        self._set: list[Fault] = []

    def add(self, fault: Fault) -> None:
        """Set a fault."""
        self._set.append(fault)

    def clear(self) -> None:
        """Take all faults away."""
        self._set.clear()

    def hit(self, path: str) -> Fault | None:
        """Return the first fault that hits this call, if one does."""
        return next((fault for fault in self._set if fault.take(path)), None)

"""Implements the fault injection of `subgraphs/kit/twin/fault_injection.py` for an org."""

from collections.abc import Callable, Collection, Mapping
from itertools import count
from typing import Final

from starlette.responses import Response
from starlette.types import Scope

from subgraphs.crm.salesforce.twin.org import Org, build_early_id
from subgraphs.crm.salesforce.twin.responses import RefusalError
from subgraphs.crm.salesforce.twin.tokens import TOKEN_PATH, Sessions
from subgraphs.kit.twin.fault_injection import ErrorAnswers
from subgraphs.kit.twin.faults import RowChange, VendorError


def build_session_expired() -> RefusalError:
    """Return the error for a session that is not open."""
    return RefusalError(401, "INVALID_SESSION_ID", "Session expired or invalid")


def build_quota_exceeded() -> RefusalError:
    """Return the error for a call over the daily limit, which is neither a 429 nor has a Retry-After."""
    return RefusalError(403, "REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.")


def _build_unavailable() -> RefusalError:
    return RefusalError(503, "SERVER_UNAVAILABLE", "The server is temporarily unavailable")


def _build_locked() -> RefusalError:
    message = "unable to obtain exclusive access to this record or 1 records"
    return RefusalError(400, "UNABLE_TO_LOCK_ROW", message, [])


def _build_wording(refusal: Callable[[], RefusalError]) -> Callable[[Mapping[str, str]], Response]:
    return lambda headers: refusal().answer().to_response(headers)


class OrgFaults:
    """The fault injection of one org."""

    login: Final = TOKEN_PATH
    concurrency: Final = None
    error_answers: Final[ErrorAnswers] = {
        VendorError.RATE_LIMIT: _build_wording(build_quota_exceeded),
        VendorError.UNAVAILABLE: _build_wording(_build_unavailable),
        VendorError.ROW_LOCKED: _build_wording(_build_locked),
    }

    def __init__(self, org: Org, sessions: Sessions) -> None:
        self._org = org
        self._sessions = sessions
        self._numbers = count(999_999, -1)

    @property
    def objects(self) -> Collection[str]:
        """The org's object types."""
        return self._org.types.keys()

    def get_operation(self, scope: Scope) -> str:
        """Return the name of a call: query, query_more, composite, deleted or describe; for a row its method."""
        segments: list[str] = scope["path"].strip("/").split("/")
        match segments[3:]:
            case ["query" | "queryAll", _]:
                return "query_more"
            case ["sobjects", _, ("deleted" | "updated" | "describe") as name, *_]:
                return name
            case ["sobjects", _, *_]:
                return f"{scope['method']} row"
        return segments[-1]

    def expire(self) -> None:
        """End all sessions, as a session policy or an administrator does."""
        self._sessions.expire_all()

    def restore(self) -> None:
        """Do nothing, as an ended session stays ended."""

    def change(self, name: str, change: RowChange) -> None:
        """Change the row with the first id, or insert a copy of it, without unique values, under an earlier id."""
        kind = self._org.types[name]
        row = min(self._org.list_rows(kind), key=lambda row: str(row["Id"]), default=None)
        if row is None:
            return
        match change:
            case RowChange.TOUCHED:
                self._org.update(kind, row, {})
            case RowChange.DELETED:
                self._org.delete(row)
            case RowChange.INSERTED:
                unique = {field.name for field in kind.fields.values() if field.unique}
                own = unique | {"Id", "CreatedDate", "LastModifiedDate", "SystemModstamp"}
                values = {field: value for field, value in row.items() if field not in own}
                self._org.put(
                    kind,
                    build_early_id(kind.prefix, next(self._numbers)),
                    values,
                    self._org.clock().replace(microsecond=0),
                )

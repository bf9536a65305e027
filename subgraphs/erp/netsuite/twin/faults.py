"""What fault injection needs to know about the account: error answers, operation names and row changes."""

from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from typing import Final

from starlette.responses import Response
from starlette.types import Scope

from subgraphs.erp.netsuite.twin import refusals
from subgraphs.erp.netsuite.twin.store import Store, format_instant
from subgraphs.erp.netsuite.twin.tables import BY_NAME, TABLES, Table
from subgraphs.erp.netsuite.twin.tokens import TOKEN_PATH, TokenService
from subgraphs.kit.twin.fault_injection import ErrorAnswers
from subgraphs.kit.twin.faults import RowChange, VendorError

_MODIFIED_COLUMNS: Final = frozenset({"lastmodifieddate", "lastmodified"})


def _find_modified_column(table: Table) -> str | None:
    """Return the column of a table's modification time, or None if it has none."""
    return next(
        (column.name for column in table.columns if column.name in _MODIFIED_COLUMNS and table.view is None), None
    )


def _answer_rate_limited(headers: Mapping[str, str]) -> Response:
    return refusals.build_refusal(429, "CONCURRENCY_LIMIT_EXCEEDED", refusals.CONCURRENCY, headers=headers)


def _answer_unavailable(headers: Mapping[str, str]) -> Response:
    return refusals.build_refusal(503, "SERVICE_UNAVAILABLE", "Service unavailable.", headers=headers)


class AccountFaults:
    """What fault injection needs of one account."""

    login: Final = TOKEN_PATH
    error_answers: Final[ErrorAnswers] = {
        VendorError.RATE_LIMIT: _answer_rate_limited,
        VendorError.UNAVAILABLE: _answer_unavailable,
    }

    def __init__(self, store: Store, tokens: TokenService, concurrency: int, now: Callable[[], datetime]) -> None:
        self._store = store
        self._tokens = tokens
        self._now = now
        self.concurrency = concurrency

    @property
    def objects(self) -> Collection[str]:
        """The tables with a modification time, whose rows can be changed."""
        return {table.name for table in TABLES if _find_modified_column(table)}

    def get_operation(self, scope: Scope) -> str:
        """Return the operation of a call: the end of its path, or for records the method."""
        path: str = scope["path"]
        return path.rsplit("/", 1)[-1] if "/record/" not in path else f"{scope['method']} record"

    def expire(self) -> None:
        """Expire all tokens."""
        self._tokens.expire_all()

    def restore(self) -> None:
        """Do nothing: expired tokens stay expired."""

    def change(self, name: str, change: RowChange) -> None:
        """Change or delete the row with the lowest id, or copy it to a lower id without its external id."""
        table, row = BY_NAME[name], next(iter(self._store.find_rows(name)), None)
        if row is None:
            return
        stamp = {str(_find_modified_column(table)): format_instant(self._now())}
        match change:
            case RowChange.TOUCHED:
                self._store.update(name, row["id"], stamp)
            case RowChange.DELETED:
                self._store.delete(name, "id", row["id"])
            case RowChange.INSERTED:
                own = {"externalid"} & row.keys()
                self._store.insert(name, {**row, **dict.fromkeys(own), **stamp, "id": self._find_lowest_id(table) - 1})

    def _find_lowest_id(self, table: Table) -> int:
        """Return the lowest id of the tables that share their ids with this one."""
        family = [each.name for each in TABLES if each is table or (table.family and each.family == table.family)]
        return min(int(row["id"]) for name in family for row in self._store.find_rows(name)[:1])

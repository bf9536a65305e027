"""What the switches of `subgraphs/kit/faults.py` mean here: the account's refusals, the names of calls, and how rows change."""

from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from typing import Final

from starlette.responses import Response
from starlette.types import Scope

from subgraphs.erp.netsuite.twin import refusals
from subgraphs.erp.netsuite.twin.store import Store, stored_instant
from subgraphs.erp.netsuite.twin.tables import BY_NAME, TABLES, Table
from subgraphs.erp.netsuite.twin.tokens import PATH, Tokens
from subgraphs.kit.faults import Wording
from subgraphs.kit.switches import Change, Refusal

_STAMPS: Final = frozenset({"lastmodifieddate", "lastmodified"})


def _stamp(table: Table) -> str | None:
    """Return the column that tells when a row was last changed, None for a table without one."""
    return next((column.name for column in table.columns if column.name in _STAMPS and table.view is None), None)


def _throttled(headers: Mapping[str, str]) -> Response:
    return refusals.refusal(429, "CONCURRENCY_LIMIT_EXCEEDED", refusals.CONCURRENCY, headers=headers)


def _unavailable(headers: Mapping[str, str]) -> Response:
    return refusals.refusal(503, "SERVICE_UNAVAILABLE", "Service unavailable.", headers=headers)


class AccountFaults:
    """The switches' view of one account."""

    login: Final = PATH
    wording: Final[Wording] = {Refusal.THROTTLED: _throttled, Refusal.UNAVAILABLE: _unavailable}

    def __init__(self, store: Store, tokens: Tokens, concurrency: int, now: Callable[[], datetime]) -> None:
        self._store = store
        self._tokens = tokens
        self._now = now
        self.concurrency = concurrency

    @property
    def objects(self) -> Collection[str]:
        """The tables whose rows tell when they were changed."""
        return {table.name for table in TABLES if _stamp(table)}

    def called(self, scope: Scope) -> str:
        """Name a call: by the end of its path, records by their method."""
        path: str = scope["path"]
        return path.rsplit("/", 1)[-1] if "/record/" not in path else f"{scope['method']} record"

    def expire(self) -> None:
        """End every token."""
        self._tokens.expire_all()

    def restore(self) -> None:
        """Do nothing: tokens that have ended stay so."""

    def change(self, name: str, change: Change) -> None:
        """Change the row with the least id, or copy it to an id before it, without its external id."""
        table, row = BY_NAME[name], next(iter(self._store.rows(name)), None)
        if row is None:
            return
        stamp = {str(_stamp(table)): stored_instant(self._now())}
        match change:
            case Change.TOUCHED:
                self._store.update(name, row["id"], stamp)
            case Change.DELETED:
                self._store.delete(name, "id", row["id"])
            case Change.INSERTED:
                own = {"externalid"} & row.keys()
                self._store.insert(name, {**row, **dict.fromkeys(own), **stamp, "id": self._first(table) - 1})

    def _first(self, table: Table) -> int:
        """Return the least id of the tables that share theirs with this one."""
        family = [each.name for each in TABLES if each is table or (table.family and each.family == table.family)]
        return min(int(row["id"]) for name in family for row in self._store.rows(name)[:1])

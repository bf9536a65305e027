"""Implements the fault injection of `subgraphs/kit/twin/fault_injection.py` for a tenant."""

from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Final

from starlette.types import Scope

from subgraphs.hcm.workday.twin.refusals import refuse
from subgraphs.hcm.workday.twin.store import SOURCE, Person, Store, build_updated_column
from subgraphs.hcm.workday.twin.tokens import Tokens
from subgraphs.kit.twin.fault_injection import ErrorAnswers
from subgraphs.kit.twin.faults import RowChange, VendorError


class TenantFaults:
    """The fault injection of one tenant."""

    objects: Final[Collection[str]] = (SOURCE,)
    error_answers: Final[ErrorAnswers] = {
        VendorError.RATE_LIMIT: partial(refuse, 429),
        VendorError.UNAVAILABLE: partial(refuse, 503),
    }

    def __init__(self, store: Store, tokens: Tokens, login: str, concurrency: int, now: Callable[[], datetime]) -> None:
        self._store = store
        self._tokens = tokens
        self._now = now
        self.login = login
        self.concurrency = concurrency

    def get_operation(self, scope: Scope) -> str:
        """Return the name of a call: the last segment of its path."""
        return str(scope["path"]).rsplit("/", 1)[-1]

    def expire(self) -> None:
        """Invalidate all tokens."""
        self._tokens.expire_all()

    def restore(self) -> None:
        """Do nothing, as an invalidated token stays invalid."""

    def change(self, name: str, change: RowChange) -> None:
        """Change or remove the active worker with the first id, or hire another one with an earlier id."""
        assert name == SOURCE  # noqa: S101 -- the only object there is
        people = [person for person in self._store.people.values() if person.active]
        first = min(people, key=lambda person: person.id, default=None)
        if first is None:
            return
        match change:
            case RowChange.TOUCHED:
                self._store.put(replace(first, row={**first.row, **build_updated_column(self._now())}))
            case RowChange.DELETED:
                self._store.remove(first)
            case RowChange.INSERTED:
                self._store.put(self._build_hire(first))

    def _build_hire(self, model: Person) -> Person:
        number = f"W-{len(self._store.people) + 9001}"
        identifier = f"{int(model.id, 16) // 2:032x}"
        row = {**model.row, "workdayID": identifier, "employeeID": number, **build_updated_column(self._now())}
        return Person(replace(model.worker, number=number), identifier, row)

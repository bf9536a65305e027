"""What the switches of `subgraphs/kit/faults.py` mean here: the service's refusals, the names of calls, and how rows change."""

from collections.abc import Callable, Collection
from datetime import datetime
from functools import partial
from typing import Final

from starlette.types import Scope

from subgraphs.kit.faults import Wording
from subgraphs.kit.switches import Change, Refusal
from subgraphs.psa.kantata.twin.gate import Token
from subgraphs.psa.kantata.twin.refusals import refuse
from subgraphs.psa.kantata.twin.seed import stamp
from subgraphs.psa.kantata.twin.tables import ASSOCIATIONS, Tables


class AccountFaults:
    """The switches' view of one account."""

    login: Final = ""
    objects: Final[Collection[str]] = ASSOCIATIONS.keys()
    wording: Final[Wording] = {
        Refusal.THROTTLED: partial(refuse, 429),
        Refusal.UNAVAILABLE: partial(refuse, 503),
    }

    def __init__(self, tables: Tables, token: Token, concurrency: int, now: Callable[[], datetime]) -> None:
        self._tables = tables
        self._token = token
        self._now = now
        self.concurrency = concurrency

    def called(self, scope: Scope) -> str:
        """Name a call by its resource."""
        segments = str(scope["path"]).strip("/").split("/")
        return (segments[2] if len(segments) > 2 else segments[-1]).removesuffix(".json")  # noqa: PLR2004 -- /api/v1/ stand before

    def expire(self) -> None:
        """Revoke the token."""
        self._token.revoked = True

    def restore(self) -> None:
        """Let the token be valid again."""
        self._token.revoked = False

    def change(self, name: str, change: Change) -> None:
        """Change the first record of a resource, or copy it to a place before it, without its references."""
        first = next(iter(self._tables.ids(name)), "")
        row = self._tables.row(name, first)
        if row is None:
            return
        stamped = {**row, "updated_at": stamp(self._now())} if "updated_at" in row else row
        match change:
            case Change.TOUCHED:
                self._tables.replace(name, stamped)
            case Change.DELETED:
                self._tables.remove(name, first)
            case Change.INSERTED:
                self._tables.add_first(name, {**stamped, "external_reference_ids": []})

"""What the switches of `subgraphs/kit/faults.py` mean here: the service's refusals, the names of calls, and how rows change."""

from collections.abc import Callable, Collection
from datetime import datetime
from functools import partial
from typing import Final

from starlette.types import Scope

from subgraphs.kit.faults import Wording
from subgraphs.kit.static_token import StaticToken
from subgraphs.kit.switches import Change, Refusal
from subgraphs.kit.tables import Row, Tables
from subgraphs.psa.kantata.twin.refusals import refuse
from subgraphs.psa.kantata.twin.seed import stamp
from subgraphs.psa.kantata.twin.tables import ASSOCIATIONS


class AccountFaults:
    """The switches' view of one account."""

    login: Final = ""
    objects: Final[Collection[str]] = ASSOCIATIONS.keys()
    wording: Final[Wording] = {
        Refusal.THROTTLED: partial(refuse, 429),
        Refusal.UNAVAILABLE: partial(refuse, 503),
    }

    def __init__(self, tables: Tables, token: StaticToken, concurrency: int, now: Callable[[], datetime]) -> None:
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
        self._tables.change_first(name, change, self._touched, lambda row: {**row, "external_reference_ids": []})

    def _touched(self, row: Row) -> Row:
        return {**row, "updated_at": stamp(self._now())} if "updated_at" in row else row

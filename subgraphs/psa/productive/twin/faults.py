"""What the switches of `subgraphs/kit/faults.py` mean here: the vendor's refusals, the names of calls, and how rows change."""

from collections.abc import Callable, Collection
from datetime import datetime
from functools import partial
from typing import Final

from starlette.types import Scope

from subgraphs.kit.faults import Wording
from subgraphs.kit.static_token import StaticToken
from subgraphs.kit.switches import Change, Refusal
from subgraphs.kit.tables import Row, Tables
from subgraphs.psa.productive.twin.refusals import refuse, throttled
from subgraphs.psa.productive.twin.resources import TYPES
from subgraphs.psa.productive.twin.rows import told


class OrganizationFaults:
    """The switches' view of one organization."""

    login: Final = ""
    concurrency: Final = None
    objects: Final[Collection[str]] = TYPES.keys()
    wording: Final[Wording] = {
        Refusal.THROTTLED: throttled,
        Refusal.UNAVAILABLE: partial(refuse, 503),
    }

    def __init__(self, tables: Tables, token: StaticToken, now: Callable[[], datetime]) -> None:
        self._tables = tables
        self._token = token
        self._now = now

    def called(self, scope: Scope) -> str:
        """Name a call by its type of resource."""
        segments = str(scope["path"]).strip("/").split("/")
        return segments[2] if len(segments) > 2 else segments[-1]  # noqa: PLR2004 -- /api/v2/ stand before

    def expire(self) -> None:
        """Revoke the token."""
        self._token.revoked = True

    def restore(self) -> None:
        """Let the token be valid again."""
        self._token.revoked = False

    def change(self, name: str, change: Change) -> None:
        """Change the first record of a type, or copy it to a place before it."""
        self._tables.change_first(name, change, self._touched, dict)

    def _touched(self, row: Row) -> Row:
        attributes = row["attributes"]
        if "updated_at" not in attributes:
            return row
        return {**row, "attributes": {**attributes, "updated_at": told(self._now())}}

"""Static tokens: for twins whose vendors issue tokens that do not expire."""

import hmac
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from starlette.types import Scope

from subgraphs.kit.twin.faults import RowChange
from subgraphs.kit.twin.table_store import StoredRow, TableStore


@dataclass
class StaticToken:
    """A token that is valid until revoked."""

    value: str = field(repr=False)
    revoked: bool = False

    def is_valid(self, given: str) -> bool:
        """Return whether a given token is this one and not revoked."""
        return hmac.compare_digest(given.encode(), self.value.encode()) and not self.revoked


class StaticTokenFaults(ABC):
    """Base of the faults of a twin with a static token, its rows in tables, and paths `/api/VERSION/RESOURCE`."""

    login: Final = ""

    def __init__(self, tables: TableStore, token: StaticToken, now: Callable[[], datetime]) -> None:
        self._tables = tables
        self._token = token
        self._now = now

    def get_operation(self, scope: Scope) -> str:
        """Return the resource of a call's path."""
        segments = str(scope["path"]).strip("/").split("/")
        return (segments[2] if len(segments) > 2 else segments[-1]).removesuffix(".json")  # noqa: PLR2004 -- /api/VERSION

    def expire(self) -> None:
        """Revoke the token."""
        self._token.revoked = True

    def restore(self) -> None:
        """Make the token valid again."""
        self._token.revoked = False

    def change(self, name: str, change: RowChange) -> None:
        """Change the first row of a resource, or insert a copy before it."""
        self._tables.change_first(name, change, self._touch, self._copy)

    @abstractmethod
    def _touch(self, row: StoredRow) -> StoredRow:
        """Return the row with a new time of change, if it has one."""

    def _copy(self, row: StoredRow) -> StoredRow:
        """Return the copy of a row that is inserted before it."""
        return dict(row)

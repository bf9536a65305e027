"""Kantata's answers to injected faults (`subgraphs/kit/twin/fault_injection.py`), and how its rows change."""

from collections.abc import Callable, Collection
from datetime import datetime
from functools import partial
from typing import Final

from subgraphs.kit.twin.fault_injection import ErrorAnswers
from subgraphs.kit.twin.faults import VendorError
from subgraphs.kit.twin.static_token import StaticToken, StaticTokenFaults
from subgraphs.kit.twin.table_store import StoredRow, TableStore
from subgraphs.psa.kantata.twin.refusals import build_error
from subgraphs.psa.kantata.twin.seed import format_time
from subgraphs.psa.kantata.twin.tables import ASSOCIATIONS


class AccountFaults(StaticTokenFaults):
    """The fault hooks of one account."""

    objects: Final[Collection[str]] = ASSOCIATIONS.keys()
    error_answers: Final[ErrorAnswers] = {
        VendorError.RATE_LIMIT: partial(build_error, 429),
        VendorError.UNAVAILABLE: partial(build_error, 503),
    }

    def __init__(self, tables: TableStore, token: StaticToken, concurrency: int, now: Callable[[], datetime]) -> None:
        super().__init__(tables, token, now)
        self.concurrency = concurrency

    def _touch(self, row: StoredRow) -> StoredRow:
        return {**row, "updated_at": format_time(self._now())} if "updated_at" in row else row

    def _copy(self, row: StoredRow) -> StoredRow:
        return {**row, "external_reference_ids": []}
